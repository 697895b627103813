import type { Execution, Order } from '../matching/order'
import { isOpen } from '../matching/order'
import type { Endpoints, SignedContext } from './endpoint'
import { pairOf, signed } from './endpoint'
import { orderIdFrom } from './native'
import { fillRowId, fillShape, orderShape } from './order-shapes'

const DONE_ID = 19_800_000_000_000
const MOST = 20_000

/** Closed orders of a pair and a week, newest first. */
export function closedOrdersOf(context: SignedContext): Order[] {
  const { exchange, account, params, now } = context
  const { from, to } = params.week(now)
  const { symbol } = pairOf(context)
  const side = params.oneOf('side', ['buy', 'sell', 'BUY', 'SELL'])
  return exchange.store
    .orderHistory(account.record.id, symbol, { from, to, limit: MOST })
    .filter((order) => !isOpen(order) && (side === undefined || order.side === side.toUpperCase()))
    .sort((a, b) => b.id - a.id)
}

/** Executions of a pair and a week, newest first; with `orderId` those of one order, whenever. */
export function executionsOf(context: SignedContext, orderId: number | undefined): Execution[] {
  const { exchange, account, params, now } = context
  const { symbol } = pairOf(context)
  const accountId = account.record.id
  const fills =
    orderId === undefined
      ? exchange.store.executionHistory(accountId, symbol, { ...params.week(now), limit: MOST })
      : exchange.store.executionsOf(orderId).filter((fill) => fill.accountId === accountId && fill.symbol === symbol)
  return fills.sort((a, b) => b.id - a.id)
}

/** The rows older than `lastId`, and the id to ask from the next time. */
export function batchOf<T>(
  rows: T[],
  idOf: (row: T) => number,
  { params }: SignedContext,
  sizeName: string,
  max = 100,
) {
  const limit = params.size(sizeName, 20, max)
  const lastId = params.integer('lastId') ?? 0
  const items = rows.filter((row) => lastId === 0 || idOf(row) < lastId).slice(0, limit)
  const last = items.at(-1)
  return { items, lastId: last === undefined ? 0 : idOf(last) }
}

export const doneIdOf = (order: Order): number => DONE_ID + order.id

export const HISTORY_ENDPOINTS: Endpoints = {
  'GET /api/v1/hf/orders/done': signed('SPOT', 2, (context) => {
    const { items, lastId } = batchOf(closedOrdersOf(context), doneIdOf, context, 'limit')
    return { items: items.map((order) => orderShape(context.exchange, order)), lastId }
  }),
  'GET /api/v1/hf/fills': signed('SPOT', 2, (context) => {
    const asked = context.params.text('orderId')
    const fills = executionsOf(context, asked === undefined ? undefined : (orderIdFrom(asked) ?? -1))
    const { items, lastId } = batchOf(fills, fillRowId, context, 'limit')
    const typeOf = (fill: Execution) =>
      context.exchange.store.order(fill.accountId, fill.orderId)?.limitPrice === null ? 'market' : 'limit'
    return { items: items.map((fill) => fillShape(context.exchange, fill, typeOf(fill))), lastId }
  }),
}
