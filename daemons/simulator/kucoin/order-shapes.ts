import type { Amount } from '@/lib/domain/money/decimal'
import { sum, ZERO } from '@/lib/domain/money/decimal'
import type { Exchange } from '../exchange'
import type { Execution, Order } from '../matching/order'
import { isOpen, remainingOf } from '../matching/order'
import { bigNumber, nameOfPair, orderIdOf, tradeIdOf, wire } from './native'

// Orders and executions as the endpoints under /api/v1/hf write them.

const FILLS_ID = 19_000_000_000_000

/** The size asked for, before any part of it was canceled. */
export const originSizeOf = (order: Order): Amount => order.amendments[0]?.from ?? order.quantity

/** What was canceled of an order, in part or at its end. */
export const canceledOf = (order: Order): Amount => {
  const inPart = originSizeOf(order).minus(order.quantity)
  return isOpen(order) ? inPart : inPart.plus(remainingOf(order))
}

const feeOf = (exchange: Exchange, order: Order): Amount =>
  order.filledQuantity.isZero() ? ZERO : sum(exchange.store.executionsOf(order.id).map((fill) => fill.fee))

export function orderShape(exchange: Exchange, order: Order) {
  const rules = exchange.rulesOf(order.symbol)
  const isActive = isOpen(order)
  const isByFunds = order.quoteQuantity !== null
  const funds = order.quoteQuantity ?? order.quantity.times(order.limitPrice ?? ZERO)
  const canceled = canceledOf(order)
  const unspent = funds.minus(order.filledQuoteQuantity)
  return {
    id: orderIdOf(order.id),
    clientOid: order.clientOrderId,
    symbol: nameOfPair(exchange, order.symbol),
    opType: 'DEAL',
    type: order.limitPrice === null ? 'market' : 'limit',
    side: order.side.toLowerCase(),
    price: wire(order.limitPrice),
    size: isByFunds ? '0' : wire(originSizeOf(order)),
    funds: wire(funds),
    dealSize: wire(order.filledQuantity),
    dealFunds: wire(order.filledQuoteQuantity),
    remainSize: isActive ? wire(remainingOf(order)) : '0',
    remainFunds: unspent.isNegative() ? '0' : wire(unspent),
    cancelledSize: isByFunds ? '0' : wire(canceled),
    cancelledFunds: isByFunds && !isActive && !unspent.isNegative() ? wire(unspent) : '0',
    fee: wire(feeOf(exchange, order)),
    feeCurrency: rules?.quoteAsset ?? '',
    stp: order.echo['stp'] ?? null,
    timeInForce: order.echo['timeInForce'] ?? order.timeInForce,
    postOnly: order.isPostOnly,
    hidden: order.echo['hidden'] === 'true',
    iceberg: order.echo['iceberg'] === 'true',
    visibleSize: order.echo['visibleSize'] ?? '0',
    cancelAfter: Number(order.echo['cancelAfter'] ?? 0),
    channel: 'API',
    remark: order.echo['remark'] ?? null,
    tags: order.echo['tags'] ?? null,
    cancelExist: !isActive && !(order.type === 'MARKET' && canceled.isZero()) && order.status !== 'FILLED',
    tradeType: 'TRADE',
    inOrderBook: isActive && order.limitPrice !== null,
    active: isActive,
    tax: '0',
    createdAt: order.createdTime,
    lastUpdatedAt: order.updatedTime,
  }
}

/** Answers of the `/sync` endpoints. */
export const syncShape = (order: Order) => ({
  orderTime: order.createdTime,
  originSize: wire(originSizeOf(order)),
  dealSize: wire(order.filledQuantity),
  remainSize: isOpen(order) ? wire(remainingOf(order)) : '0',
  canceledSize: wire(canceledOf(order)),
  status: isOpen(order) ? 'open' : 'done',
  matchTime: order.updatedTime,
})

export const fillRowId = (fill: Execution): number => FILLS_ID + fill.id

export const fillShape = (exchange: Exchange, fill: Execution, type: string) => ({
  id: fillRowId(fill),
  symbol: nameOfPair(exchange, fill.symbol),
  // As KuCoin writes it: a number that JavaScript cannot hold.
  tradeId: bigNumber(tradeIdOf(fill.id)),
  orderId: orderIdOf(fill.orderId),
  counterOrderId: orderIdOf(0),
  side: fill.side.toLowerCase(),
  liquidity: fill.isMaker ? 'maker' : 'taker',
  forceTaker: false,
  price: wire(fill.price),
  size: wire(fill.quantity),
  funds: wire(fill.quoteQuantity),
  fee: wire(fill.fee),
  feeRate: '0.001',
  feeCurrency: fill.feeAsset,
  stop: '',
  tradeType: 'TRADE',
  type,
  taxRate: '0',
  tax: '0',
  createdAt: fill.time,
})
