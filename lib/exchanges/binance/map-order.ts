import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseDecimal, toWire, ZERO, type Amount } from '@/lib/domain/money/decimal'
import {
  type ExchangeOrder,
  type Fill,
  type OcoRequest,
  ORDER_SIDES,
  type OrderRequest,
  type OrderSide,
  type OrderType,
  type TimeInForce,
  TIMES_IN_FORCE,
} from '@/lib/domain/order/order'
import type { OrderStatus } from '@/lib/domain/order/status'
import type { BinanceOrder, BinanceTrade } from '@/lib/exchanges/binance/schemas'

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

const NATIVE_TYPES: Record<OrderType, string> = {
  MARKET: 'MARKET',
  LIMIT: 'LIMIT',
  STOP_MARKET: 'STOP_LOSS',
  STOP_LIMIT: 'STOP_LOSS_LIMIT',
  TAKE_PROFIT_MARKET: 'TAKE_PROFIT',
  TAKE_PROFIT_LIMIT: 'TAKE_PROFIT_LIMIT',
  TRAILING_STOP: 'STOP_LOSS',
}

/** What `nativeParams` may not replace: the order's identity, and what the request core adds. */
const OURS = new Set(['symbol', 'side', 'newClientOrderId', 'timestamp', 'recvWindow', 'signature'])

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

const wire = (amount: Amount | undefined): string | undefined => (amount === undefined ? undefined : toWire(amount))

/**
 * Parameters of POST /api/v3/order (and the new half of a cancel-replace).
 * @throws TradingError NOT_SENT when `nativeParams` would replace the order's identity, or a trailing stop has no distance.
 */
export function newOrderParams(request: OrderRequest, exchangeSymbol: string): Record<string, string | undefined> {
  const native = request.nativeParams ?? {}
  const taken = Object.keys(native).find((name) => OURS.has(name))
  if (taken !== undefined) {
    throw new TradingError('BAD_REQUEST', `The native parameter ${taken} is set by the bot.`, { outcome: 'NOT_SENT' })
  }
  if (request.type === 'TRAILING_STOP' && native['trailingDelta'] === undefined) {
    throw new TradingError('INVALID_ORDER', 'A trailing stop needs its distance, trailingDelta, in basis points.', {
      outcome: 'NOT_SENT',
      rule: 'TRAILING_DELTA',
    })
  }
  const isMaker = request.type === 'LIMIT' && request.isPostOnly === true
  return {
    symbol: exchangeSymbol,
    side: request.side,
    type: isMaker ? 'LIMIT_MAKER' : NATIVE_TYPES[request.type],
    timeInForce: isMaker || !request.type.endsWith('LIMIT') ? undefined : (request.timeInForce ?? 'GTC'),
    quantity: wire(request.quantity),
    quoteOrderQty: wire(request.quoteQuantity),
    price: wire(request.limitPrice),
    stopPrice: wire(request.stopPrice),
    newClientOrderId: request.clientOrderId,
    newOrderRespType: 'FULL',
    ...native,
  }
}

/** Parameters of POST /api/v3/orderList/oco: the take-profit rests as a maker order, above a sell's market or below a buy's. */
export function ocoParams(request: OcoRequest, exchangeSymbol: string): Record<string, string | undefined> {
  const [profit, stop] = request.side === 'SELL' ? ['above', 'below'] : ['below', 'above']
  const isStopLimit = request.stopLoss.limitPrice !== undefined
  return {
    symbol: exchangeSymbol,
    listClientOrderId: request.clientOrderListId,
    side: request.side,
    quantity: toWire(request.quantity),
    [`${profit}Type`]: 'LIMIT_MAKER',
    [`${profit}ClientOrderId`]: request.takeProfit.clientOrderId,
    [`${profit}Price`]: toWire(request.takeProfit.limitPrice),
    [`${stop}Type`]: isStopLimit ? 'STOP_LOSS_LIMIT' : 'STOP_LOSS',
    [`${stop}ClientOrderId`]: request.stopLoss.clientOrderId,
    [`${stop}StopPrice`]: toWire(request.stopLoss.stopPrice),
    [`${stop}Price`]: wire(request.stopLoss.limitPrice),
    [`${stop}TimeInForce`]: isStopLimit ? 'GTC' : undefined,
    newOrderRespType: 'FULL',
  }
}
