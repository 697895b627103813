import { sum, ZERO } from '@/lib/domain/money/decimal'
import type { Exchange } from '../exchange'
import type { Execution, Order } from '../matching/order'
import { isOpen } from '../matching/order'
import type { Condition } from '../store/condition'
import { bigNumber, nameOfPair, nanosOf, tradeIdOf, unifiedOrderIdOf, unifiedStopIdOf, wire } from './native'
import { canceledOf } from './order-shapes'

// Orders and executions of unified accounts as the endpoints under /api/ua/v1 write them.

/** Order statuses of unified accounts. */
const NOT_TRIGGERED = 0
const TRIGGERED = 1
const LIVE = 2
const FILLED = 3
const PARTIALLY_FILLED = 4
const CANCELED = 5
const PARTIALLY_CANCELED = 6

export function unifiedStatusOf(order: Order): number {
  if (isOpen(order)) return order.filledQuantity.isZero() ? LIVE : PARTIALLY_FILLED
  if (order.status === 'FILLED') return FILLED
  return order.filledQuantity.isZero() ? CANCELED : PARTIALLY_CANCELED
}

const STOP_STATUSES: Record<Condition['status'], number> = {
  WAITING: NOT_TRIGGERED,
  TRIGGERED: TRIGGERED,
  CANCELED,
}
export const unifiedStopStatusOf = (condition: Condition): number => STOP_STATUSES[condition.status]

const NO_EXITS = { tpTriggerPrice: '', tpTriggerPriceType: '', slTriggerPrice: '', slTriggerPriceType: '' }

export function unifiedOrderShape(exchange: Exchange, order: Order) {
  const isByFunds = order.quoteQuantity !== null
  const fills = order.filledQuantity.isZero() ? [] : exchange.store.executionsOf(order.id)
  const average = order.filledQuantity.isZero()
    ? ZERO
    : order.filledQuoteQuantity.div(order.filledQuantity).toDecimalPlaces(12)
  return {
    orderId: unifiedOrderIdOf(order.id),
    symbol: nameOfPair(exchange, order.symbol),
    orderType: order.limitPrice === null ? 'MARKET' : 'LIMIT',
    side: order.side,
    size: isByFunds ? wire(order.quoteQuantity) : wire(order.quantity),
    price: order.limitPrice === null ? '' : wire(order.limitPrice),
    timeInForce: order.echo['timeInForce'] ?? order.timeInForce,
    tags: order.echo['tags'] ?? '',
    orderTime: bigNumber(nanosOf(order.createdTime)),
    stp: order.echo['stp'] ?? '',
    cancelAfter: order.echo['cancelAfter'] === undefined ? null : Number(order.echo['cancelAfter']),
    postOnly: order.isPostOnly,
    reduceOnly: false,
    triggerDirection: '',
    triggerPrice: '',
    triggerPriceType: '',
    ...NO_EXITS,
    filledSize: isByFunds ? wire(order.filledQuoteQuantity) : wire(order.filledQuantity),
    avgPrice: wire(average),
    fee: wire(sum(fills.map((fill) => fill.fee))),
    feeCurrency: exchange.rulesOf(order.symbol)?.quoteAsset ?? '',
    tax: '0',
    updatedTime: bigNumber(nanosOf(order.updatedTime)),
    triggerOrderId: order.echo['triggerOrderId'] ?? '',
    cancelReason: order.status === 'CANCELED' ? 'USER' : '',
    cancelSize: wire(isByFunds ? null : canceledOf(order)),
    clientOid: order.clientOrderId,
    sizeUnit: isByFunds ? 'QUOTECCY' : 'BASECCY',
    tradeType: 'SPOT',
    tradeId: '',
    status: unifiedStatusOf(order),
  }
}

export function unifiedStopShape(exchange: Exchange, condition: Condition) {
  const isByFunds = condition.quoteQuantity !== null
  return {
    orderId: unifiedStopIdOf(condition.id),
    symbol: nameOfPair(exchange, condition.symbol),
    orderType: condition.limitPrice === null ? 'MARKET' : 'LIMIT',
    side: condition.side,
    size: wire(condition.quoteQuantity ?? condition.quantity),
    price: condition.limitPrice === null ? '' : wire(condition.limitPrice),
    timeInForce: condition.echo['timeInForce'] ?? condition.timeInForce,
    tags: condition.echo['tags'] ?? '',
    orderTime: bigNumber(nanosOf(condition.createdTime)),
    stp: '',
    cancelAfter: null,
    postOnly: condition.isPostOnly,
    reduceOnly: false,
    triggerDirection: condition.firesAbove ? 'UP' : 'DOWN',
    triggerPrice: wire(condition.stopPrice),
    triggerPriceType: 'TP',
    ...NO_EXITS,
    filledSize: '0',
    avgPrice: '0',
    fee: '0',
    feeCurrency: exchange.rulesOf(condition.symbol)?.quoteAsset ?? '',
    tax: '0',
    updatedTime: bigNumber(nanosOf(condition.updatedTime)),
    triggerOrderId: '',
    cancelReason: condition.status === 'CANCELED' ? 'USER' : '',
    cancelSize: condition.status === 'CANCELED' && !isByFunds ? wire(condition.quantity) : '0',
    clientOid: condition.clientOrderId,
    sizeUnit: isByFunds ? 'QUOTECCY' : 'BASECCY',
    tradeType: 'SPOT',
    tradeId: '',
    status: unifiedStopStatusOf(condition),
  }
}

export const unifiedFillShape = (exchange: Exchange, fill: Execution, orderType: string) => ({
  orderId: unifiedOrderIdOf(fill.orderId),
  symbol: nameOfPair(exchange, fill.symbol),
  orderType,
  side: fill.side,
  tradeId: tradeIdOf(fill.id),
  size: wire(fill.quantity),
  price: wire(fill.price),
  value: wire(fill.quoteQuantity),
  executionTime: bigNumber(nanosOf(fill.time)),
  fee: wire(fill.fee),
  feeCurrency: fill.feeAsset,
  tax: '',
  liquidityRole: fill.isMaker ? 'MAKER' : 'TAKER',
  fillType: 'NORMAL',
})
