import { sum, toWire } from '@/lib/domain/money/decimal'
import type { Account } from '../matching/account'
import type { Execution, Order } from '../matching/order'
import { hasLimit } from '../matching/order'
import { clientOidOf, createdTimeOf, isPlan, isTpsl, orderIdOf, planIdOf, planStatusOf, tradeIdOf } from './ids'

// Answers about orders, field by field as in Bitget's spot (v2) documentation.

export const userIdOf = (account: Account): string => String(7_264_631_750 + account.record.id)

const STATUSES: Record<Order['status'], string> = {
  ACCEPTED: 'live',
  TRIGGERED: 'live',
  PARTIALLY_FILLED: 'partially_filled',
  FILLED: 'filled',
  CANCELED: 'cancelled',
  EXPIRED: 'cancelled',
  REJECTED: 'cancelled',
}
export const statusOf = (order: Order): string => STATUSES[order.status]
export const sideOf = (order: Pick<Order, 'side'>): string => order.side.toLowerCase()
export const typeOf = (order: Pick<Order, 'type'>): string => (hasLimit(order.type) ? 'limit' : 'market')
export const forceOf = (order: Order): string => (order.isPostOnly ? 'post_only' : order.timeInForce.toLowerCase())
export const averageOf = (order: Order): string =>
  order.filledQuantity.isZero()
    ? '0'
    : order.filledQuoteQuantity.div(order.filledQuantity).toDecimalPlaces(16).toFixed()

/** What was asked for: an amount to spend for a purchase at market, else a quantity. */
export const sizeOf = (order: Order): string => toWire(order.quoteQuantity ?? order.quantity)

/** The fees of an order in one text of JSON, negative as they are taken away; empty before its first execution. */
function feeDetailOf(fills: Execution[]): string {
  const [first] = fills
  if (first === undefined) return ''
  const total = Number(
    sum(fills.map((fill) => fill.fee))
      .negated()
      .toFixed(),
  )
  const coin = { deduction: false, feeCoinCode: first.feeAsset, totalDeductionFee: 0, totalFee: total }
  const newFees = { c: 0, d: 0, deduction: false, r: total, t: total, totalDeductionFee: 0 }
  return JSON.stringify({ newFees, [first.feeAsset]: coin })
}

const identity = (order: Order, account: Account) => ({
  userId: userIdOf(account),
  symbol: order.symbol,
  orderId: orderIdOf(order.id),
  clientOid: clientOidOf(order),
})

const times = (order: Order) => ({ cTime: String(createdTimeOf(order)), uTime: String(order.updatedTime) })

/** orderInfo and history-orders. */
export const orderShape = (order: Order, account: Account, fills: Execution[]) => ({
  ...identity(order, account),
  price: order.limitPrice === null ? '0' : toWire(order.limitPrice),
  size: sizeOf(order),
  orderType: typeOf(order),
  side: sideOf(order),
  status: statusOf(order),
  priceAvg: averageOf(order),
  baseVolume: toWire(order.filledQuantity),
  quoteVolume: toWire(order.filledQuoteQuantity),
  enterPointSource: isPlan(order) ? 'SYS' : 'API',
  feeDetail: feeDetailOf(fills),
  orderSource: order.type === 'MARKET' ? 'market' : 'normal',
  cancelReason: order.status === 'CANCELED' ? 'normal_cancel' : '',
  tpslType: isTpsl(order) ? 'tpsl' : 'normal',
  triggerPrice: order.stopPrice === null || isPlan(order) ? null : toWire(order.stopPrice),
  ...times(order),
})

/** unfilled-orders: here `priceAvg` is the limit and `basePrice` the average of the executions. */
export const unfilledShape = (order: Order, account: Account) => ({
  ...identity(order, account),
  priceAvg: toWire(order.limitPrice ?? order.stopPrice ?? order.reservePrice),
  size: sizeOf(order),
  orderType: typeOf(order),
  side: sideOf(order),
  status: statusOf(order),
  basePrice: averageOf(order),
  baseVolume: toWire(order.filledQuantity),
  quoteVolume: toWire(order.filledQuoteQuantity),
  enterPointSource: 'API',
  orderSource: 'normal',
  presetTakeProfitPrice: order.echo['presetTakeProfitPrice'] ?? '',
  executeTakeProfitPrice: order.echo['executeTakeProfitPrice'] ?? '',
  presetStopLossPrice: order.echo['presetStopLossPrice'] ?? '',
  executeStopLossPrice: order.echo['executeStopLossPrice'] ?? '',
  ...times(order),
  tpslType: isTpsl(order) ? 'tpsl' : 'normal',
  triggerPrice: isTpsl(order) && order.stopPrice !== null ? toWire(order.stopPrice) : null,
})

export const fillShape = (fill: Execution, order: Order, account: Account) => ({
  userId: userIdOf(account),
  symbol: fill.symbol,
  orderId: orderIdOf(fill.orderId),
  tradeId: tradeIdOf(fill.id),
  orderType: typeOf(order),
  side: sideOf(fill),
  priceAvg: toWire(fill.price),
  size: toWire(fill.quantity),
  amount: toWire(fill.quoteQuantity),
  feeDetail: {
    deduction: 'no',
    feeCoin: fill.feeAsset,
    totalDeductionFee: '',
    totalFee: toWire(fill.fee.negated()),
  },
  tradeScope: fill.isMaker ? 'maker' : 'taker',
  cTime: String(fill.time),
  uTime: String(fill.time),
})

/** When its life as a plan order changed last. */
export const planTimeOf = (order: Order): number => order.workingTime ?? order.updatedTime

export const planShape = (order: Order) => ({
  orderId: planIdOf(order.id),
  clientOid: order.clientOrderId,
  symbol: order.symbol,
  size: sizeOf(order),
  planType: order.quoteQuantity === null ? 'amount' : 'total',
  executePrice: order.limitPrice === null ? '0' : toWire(order.limitPrice),
  triggerPrice: order.stopPrice === null ? '0' : toWire(order.stopPrice),
  status: planStatusOf(order),
  orderType: typeOf(order),
  side: sideOf(order),
  triggerType: order.echo['triggerType'] ?? 'fill_price',
  enterPointSource: 'API',
  cTime: String(order.createdTime),
  uTime: String(planTimeOf(order)),
})
