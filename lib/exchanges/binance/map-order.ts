import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseDecimal, ZERO, type Amount } from '@/lib/domain/money/decimal'
import {
  type ExchangeOrder,
  type Fill,
  ORDER_SIDES,
  type OrderSide,
  type OrderType,
  type TimeInForce,
  TIMES_IN_FORCE,
} from '@/lib/domain/order/order'
import type { OrderStatus } from '@/lib/domain/order/status'
import type { BinanceAmended, BinanceOrder, BinanceTrade } from '@/lib/exchanges/binance/schemas'

// Orders between our words and Binance's (binance-spot-api-docs, enums.md and rest-api.md "New order").

const STATUSES: Record<string, OrderStatus> = {
  NEW: 'ACCEPTED',
  PENDING_NEW: 'ACCEPTED',
  PARTIALLY_FILLED: 'PARTIALLY_FILLED',
  FILLED: 'FILLED',
  CANCELED: 'CANCELED',
  PENDING_CANCEL: 'CANCELED',
  REJECTED: 'REJECTED',
  EXPIRED: 'EXPIRED',
  EXPIRED_IN_MATCH: 'EXPIRED',
}

const TYPES: Record<string, OrderType> = {
  MARKET: 'MARKET',
  LIMIT: 'LIMIT',
  LIMIT_MAKER: 'LIMIT',
  STOP_LOSS: 'STOP_MARKET',
  STOP_LOSS_LIMIT: 'STOP_LIMIT',
  TAKE_PROFIT: 'TAKE_PROFIT_MARKET',
  TAKE_PROFIT_LIMIT: 'TAKE_PROFIT_LIMIT',
}

/**
 * Our status for Binance's.
 * @throws TradingError UNKNOWN_OUTCOME for a status that is not known: guessing one could place an order twice.
 */
export function mapStatus(native: string): OrderStatus {
  const status = STATUSES[native]
  if (status !== undefined) return status
  throw new TradingError(
    'UNKNOWN_OUTCOME',
    `Binance reports order status ${JSON.stringify(native)}, which is not known.`,
    {
      outcome: 'UNKNOWN',
      nativeMessage: native,
    },
  )
}

const mapType = (order: BinanceOrder): OrderType => {
  if (order.trailingDelta !== undefined) return 'TRAILING_STOP'
  const type = TYPES[order.type]
  if (type !== undefined) return type
  throw new TradingError(
    'UNKNOWN_OUTCOME',
    `Binance reports order type ${JSON.stringify(order.type)}, which is not known.`,
    {
      outcome: 'UNKNOWN',
      nativeMessage: order.type,
    },
  )
}

const mapSide = (native: string): OrderSide => {
  const side = ORDER_SIDES.find((known) => known === native)
  if (side !== undefined) return side
  throw new TradingError('UNKNOWN_OUTCOME', `Binance reports side ${JSON.stringify(native)}, which is not known.`, {
    outcome: 'UNKNOWN',
    nativeMessage: native,
  })
}

/** A price of zero stands for "none". */
const priceOrNone = (text: string | undefined): Amount | undefined => {
  if (text === undefined) return undefined
  const price = parseDecimal(text)
  return price.isZero() ? undefined : price
}

/** An order of any answer (placed, queried, canceled, in a list). `symbol` is the unified name. */
export function mapOrder(order: BinanceOrder, symbol: string): ExchangeOrder {
  const limitPrice = priceOrNone(order.price)
  const stopPrice = priceOrNone(order.stopPrice)
  const timeInForce: TimeInForce | undefined = TIMES_IN_FORCE.find((known) => known === order.timeInForce)
  const filledQuote = parseDecimal(order.cummulativeQuoteQty)
  const createdTime = order.time ?? order.transactTime ?? order.updateTime ?? 0
  const side = mapSide(order.side)
  return {
    clientOrderId: order.origClientOrderId ?? order.clientOrderId,
    exchangeOrderId: String(order.orderId),
    ...(order.orderListId === undefined || String(order.orderListId) === '-1'
      ? {}
      : { exchangeListId: String(order.orderListId) }),
    symbol,
    side,
    type: mapType(order),
    ...(typeof order.trailingDelta === 'number' ? { trailingDelta: order.trailingDelta } : {}),
    status: mapStatus(order.status),
    ...(timeInForce === undefined ? {} : { timeInForce }),
    quantity: parseDecimal(order.origQty),
    filledQuantity: parseDecimal(order.executedQty),
    // Negative on very old orders: "not available".
    filledQuoteQuantity: filledQuote.isNegative() ? ZERO : filledQuote,
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    createdTime,
    updatedTime: order.updateTime ?? order.transactTime ?? createdTime,
    ...(order.fills === undefined ? {} : { fills: mapImmediateFills(order, order.fills, symbol, side, createdTime) }),
    native: order,
  }
}

/** The order as it is after a change in place; the answer does not tell when it was created. */
export function mapAmended({ transactTime, amendedOrder }: BinanceAmended, target: ExchangeOrder): ExchangeOrder {
  const { qty, cumulativeQuoteQty, ...order } = amendedOrder
  const changed = { ...order, origQty: qty, cummulativeQuoteQty: cumulativeQuoteQty, updateTime: transactTime }
  return { ...mapOrder({ ...changed, time: target.createdTime }, target.symbol), native: amendedOrder }
}

/** Executions in the answer to a new order: it met resting orders, so it was the taker. */
const mapImmediateFills = (
  order: BinanceOrder,
  fills: NonNullable<BinanceOrder['fills']>,
  symbol: string,
  side: OrderSide,
  tradeTime: number,
): Fill[] =>
  fills.map((fill) => {
    const price = parseDecimal(fill.price)
    const quantity = parseDecimal(fill.qty)
    return {
      exchangeTradeId: String(fill.tradeId),
      exchangeOrderId: String(order.orderId),
      symbol,
      side,
      price,
      quantity,
      quoteQuantity: price.times(quantity),
      fee: parseDecimal(fill.commission),
      feeAsset: fill.commissionAsset,
      liquidity: 'TAKER',
      tradeTime,
    }
  })

/** One row of GET /api/v3/myTrades. */
export function mapTrade(trade: BinanceTrade, symbol: string): Fill {
  return {
    exchangeTradeId: String(trade.id),
    exchangeOrderId: String(trade.orderId),
    symbol,
    side: trade.isBuyer ? 'BUY' : 'SELL',
    price: parseDecimal(trade.price),
    quantity: parseDecimal(trade.qty),
    quoteQuantity: parseDecimal(trade.quoteQty),
    fee: parseDecimal(trade.commission),
    feeAsset: trade.commissionAsset,
    liquidity: trade.isMaker ? 'MAKER' : 'TAKER',
    tradeTime: trade.time,
  }
}
