import { toWire } from '@/lib/domain/money/decimal'
import type { Exchange } from '../exchange'
import type { BalanceChange, Report } from '../matching/changes'
import type { Execution, Order } from '../matching/order'
import { isOpen, remainingOf } from '../matching/order'
import type { Condition } from '../store/condition'
import { bigNumber, nameOfPair, nanosOf, orderIdOf, stopIdOf, tradeIdOf, wire } from './native'
import { canceledOf, originSizeOf } from './order-shapes'

// Messages of a classic account's private topics, field by field as in KuCoin's documentation.

type OrderReport = Extract<Report, { kind: 'ORDER' }>
export type OrderEvent = {
  order: Order
  type: 'received' | 'open' | 'match' | 'update' | 'filled' | 'canceled'
  fill?: Execution
}

/** The order messages of one command, in order: received, matches, then open, filled or canceled. */
export function orderEventsOf(reports: readonly Report[]): OrderEvent[] {
  const events: OrderEvent[] = []
  const placed = new Map<number, Order>()
  for (const report of reports) {
    if (report.kind !== 'ORDER') continue
    const { order, execution, fill } = report satisfies OrderReport
    if (execution === 'NEW') events.push({ order, type: 'received' })
    if (execution === 'NEW' || placed.has(order.id)) placed.set(order.id, order)
    if (execution === 'TRADE' && fill !== null) {
      events.push({ order, type: 'match', fill })
      if (order.status === 'FILLED') events.push({ order, type: 'filled' })
    }
    if (execution === 'REPLACED') events.push({ order, type: 'update' })
    if (execution === 'CANCELED' || execution === 'EXPIRED') events.push({ order, type: 'canceled' })
  }
  for (const order of placed.values())
    if (isOpen(order) && order.limitPrice !== null) events.push({ order, type: 'open' })
  return events
}

const STATUS = {
  received: 'new',
  open: 'open',
  match: 'match',
  update: 'open',
  filled: 'done',
  canceled: 'done',
} as const

export function orderData(exchange: Exchange, { order, type, fill }: OrderEvent, now: number) {
  const common = {
    clientOid: order.clientOrderId,
    orderId: orderIdOf(order.id),
    orderTime: order.createdTime,
    orderType: order.limitPrice === null ? 'market' : 'limit',
    originSize: wire(originSizeOf(order)),
    side: order.side.toLowerCase(),
    status: type === 'match' && fill?.isMaker === true ? 'open' : STATUS[type],
    symbol: nameOfPair(exchange, order.symbol),
    ts: bigNumber(nanosOf(now)),
    type,
    ...(order.limitPrice === null ? {} : { price: wire(order.limitPrice) }),
    ...(order.quoteQuantity === null ? {} : { originFunds: wire(order.quoteQuantity) }),
  }
  if (type === 'received') return common
  const state = {
    canceledSize: wire(canceledOf(order)),
    filledSize: wire(order.filledQuantity),
    remainSize: isOpen(order) ? wire(remainingOf(order)) : '0',
    size: wire(originSizeOf(order)),
  }
  if (fill === undefined) return { ...common, ...state }
  const liquidity = fill.isMaker ? 'maker' : 'taker'
  const match = { feeType: `${liquidity}Fee`, liquidity, matchPrice: wire(fill.price), matchSize: wire(fill.quantity) }
  return { ...common, ...state, ...match, tradeId: tradeIdOf(fill.id) }
}

export function stopData(
  exchange: Exchange,
  condition: Condition,
  kind: 'open' | 'triggered' | 'cancel',
  now: number,
  error: string | undefined,
) {
  return {
    orderId: stopIdOf(condition.id),
    orderPrice: wire(condition.limitPrice),
    orderType: 'stop',
    side: condition.side.toLowerCase(),
    size: wire(condition.quantity ?? condition.quoteQuantity),
    stop: condition.echo['stop'] ?? 'loss',
    stopPrice: toWire(condition.stopPrice),
    symbol: nameOfPair(exchange, condition.symbol),
    tradeType: 'TRADE',
    type: kind,
    createdAt: condition.createdTime,
    ts: bigNumber(nanosOf(now)),
    ...(kind === 'triggered' ? { triggerSuccess: error === undefined } : {}),
    ...(error === undefined ? {} : { error }),
  }
}

/** One asset of /account/balance; `before` is what was told last. */
export function balanceData(change: BalanceChange, before: BalanceChange | undefined, event: string, now: number) {
  const { accountId, asset, free, locked } = change
  const minus = (name: 'free' | 'locked') => toWire(change[name].minus(before?.[name] ?? 0))
  return {
    accountId: String(accountId),
    currency: asset,
    total: toWire(free.plus(locked)),
    available: toWire(free),
    hold: toWire(locked),
    availableChange: minus('free'),
    holdChange: minus('locked'),
    relationContext: {},
    relationEvent: event,
    relationEventId: String(now),
    time: String(now),
  }
}
