import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal, ZERO } from '@/lib/domain/money/decimal'
import {
  type ExchangeOrder,
  type Fill,
  ORDER_SIDES,
  type OrderRequest,
  type OrderSide,
  type OrderType,
  type TimeInForce,
  TIMES_IN_FORCE,
} from '@/lib/domain/order/order'
import type { OrderStatus } from '@/lib/domain/order/status'
import { symbolOf } from '@/lib/exchanges/kucoin/map-market'
import type { KucoinFill, KucoinOrder, KucoinStopOrder } from '@/lib/exchanges/kucoin/schemas'

// Orders of classic accounts in our words (docs "Get Order By OrderId", "Get Stop Order By OrderId").

const unknown = (what: string, native: string): TradingError =>
  new TradingError('UNKNOWN_OUTCOME', `KuCoin reports ${what} ${JSON.stringify(native)}, which is not known.`, {
    outcome: 'UNKNOWN',
    nativeMessage: native,
  })

/** @throws TradingError UNKNOWN_OUTCOME for a side that is not known. */
export function mapSide(native: string): OrderSide {
  const side = ORDER_SIDES.find((known) => known === native.toUpperCase())
  if (side === undefined) throw unknown('side', native)
  return side
}

/** GTT is a GTC with an end of its own. */
export const mapTimeInForce = (native: string | null | undefined): TimeInForce | undefined =>
  native === 'GTT' ? 'GTC' : TIMES_IN_FORCE.find((known) => known === native)

/** Amounts that are absent, empty or zero stand for "none". */
export const amountOrNone = (text: string | null | undefined): Amount | undefined => {
  if (text === null || text === undefined || text === '') return undefined
  const amount = parseDecimal(text)
  return amount.isZero() ? undefined : amount
}

/** @throws TradingError UNKNOWN_OUTCOME for a type that is not known. */
export function isLimitType(native: string): boolean {
  if (native === 'limit' || native === 'LIMIT') return true
  if (native === 'market' || native === 'MARKET') return false
  throw unknown('order type', native)
}

/** The kind of a conditional order: by where its trigger lies, seen from its side. */
export function conditionalType(side: OrderSide, isAbove: boolean, isLimit: boolean): OrderType {
  const isStop = isAbove === (side === 'BUY')
  if (isStop) return isLimit ? 'STOP_LIMIT' : 'STOP_MARKET'
  return isLimit ? 'TAKE_PROFIT_LIMIT' : 'TAKE_PROFIT_MARKET'
}

/** KuCoin tells only whether an order is active and whether something of it was canceled. */
function statusOf(order: KucoinOrder, filled: Amount): OrderStatus {
  if (order.active) return filled.isZero() ? 'ACCEPTED' : 'PARTIALLY_FILLED'
  return order.cancelExist ? 'CANCELED' : 'FILLED'
}

/**
 * An order of the order store. For a market order by funds the quantity is what was executed. A part that was canceled
 * while the order went on does not count to its quantity.
 */
export function mapOrder(order: KucoinOrder): ExchangeOrder {
  const filledQuantity = parseDecimal(order.dealSize)
  const status = statusOf(order, filledQuantity)
  const asked = amountOrNone(order.size) ?? filledQuantity
  const limitPrice = amountOrNone(order.price)
  const timeInForce = mapTimeInForce(order.timeInForce)
  const canceled = amountOrNone(order.cancelledSize) ?? ZERO
  return {
    clientOrderId: order.clientOid ?? '',
    exchangeOrderId: order.id,
    symbol: symbolOf(order.symbol),
    side: mapSide(order.side),
    type: isLimitType(order.type) ? 'LIMIT' : 'MARKET',
    status,
    ...(timeInForce === undefined ? {} : { timeInForce }),
    quantity: order.active ? asked.minus(canceled) : asked,
    filledQuantity,
    filledQuoteQuantity: parseDecimal(order.dealFunds),
    ...(limitPrice === undefined ? {} : { limitPrice }),
    createdTime: order.createdAt,
    updatedTime: order.lastUpdatedAt ?? order.createdAt,
    native: order,
  }
}

const STOP_STATUSES: Record<string, OrderStatus> = {
  NEW: 'ACCEPTED',
  TRIGGERED: 'TRIGGERED',
  CANCELED: 'CANCELED',
  CANCELLED: 'CANCELED',
  CANCEL: 'CANCELED',
}

/** @throws TradingError UNKNOWN_OUTCOME for a status that is not known: guessing one could place an order twice. */
export function mapStopStatus(native: string): OrderStatus {
  const status = STOP_STATUSES[native]
  if (status === undefined) throw unknown('stop order status', native)
  return status
}

/** An order of the stop store. `loss` triggers fire when the price falls to them, `entry` ones when it rises. */
export function mapStopOrder(order: KucoinStopOrder): ExchangeOrder {
  const side = mapSide(order.side)
  if (order.stop !== 'loss' && order.stop !== 'entry') throw unknown('stop type', order.stop)
  const limitPrice = amountOrNone(order.price)
  const timeInForce = mapTimeInForce(order.timeInForce)
  return {
    clientOrderId: order.clientOid ?? '',
    exchangeOrderId: order.id,
    symbol: symbolOf(order.symbol),
    side,
    type: conditionalType(side, order.stop === 'entry', isLimitType(order.type)),
    status: mapStopStatus(order.status),
    ...(timeInForce === undefined ? {} : { timeInForce }),
    quantity: amountOrNone(order.size) ?? ZERO,
    filledQuantity: ZERO,
    filledQuoteQuantity: ZERO,
    ...(limitPrice === undefined ? {} : { limitPrice }),
    stopPrice: parseDecimal(order.stopPrice),
    createdTime: order.createdAt,
    updatedTime: +(order.stopTriggerTime ?? order.createdAt),
    native: order,
  }
}

/** One row of GET /api/v1/hf/fills. */
export function mapFill(fill: KucoinFill): Fill {
  return {
    exchangeTradeId: String(fill.tradeId),
    exchangeOrderId: fill.orderId,
    symbol: symbolOf(fill.symbol),
    side: mapSide(fill.side),
    price: parseDecimal(fill.price),
    quantity: parseDecimal(fill.size),
    quoteQuantity: parseDecimal(fill.funds),
    fee: parseDecimal(fill.fee),
    feeAsset: fill.feeCurrency,
    liquidity: fill.liquidity === 'maker' ? 'MAKER' : 'TAKER',
    tradeTime: fill.createdAt,
  }
}

/** What is certain right after an order was taken: it is there, under this id. */
export function acceptedOrder(
  request: OrderRequest,
  exchangeOrderId: string,
  time: EpochMs,
  native: unknown,
): ExchangeOrder {
  const { clientOrderId, symbol, side, type, limitPrice, stopPrice, timeInForce } = request
  return {
    clientOrderId,
    exchangeOrderId,
    symbol,
    side,
    type,
    status: 'ACCEPTED',
    ...(timeInForce === undefined ? {} : { timeInForce }),
    quantity: request.quantity ?? ZERO,
    filledQuantity: ZERO,
    filledQuoteQuantity: ZERO,
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    createdTime: time,
    updatedTime: time,
    native,
  }
}
