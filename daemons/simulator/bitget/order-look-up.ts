import type { Execution, Order } from '../matching/order'
import type { SignedContext } from './endpoint'
import { empty } from './errors'
import { clientOidOf, isPlain, isPlan, readOrderId, readPlanId } from './ids'
import type { Params } from './params'

const TWO_HOURS = 7_200_000

/** By the numbers of the engine, open or closed. */
function byId({ account, exchange }: SignedContext, id: number | undefined): Order | undefined {
  if (id === undefined) return undefined
  return account.openOrders.get(id) ?? exchange.store.order(account.record.id, id)
}

/** The plain order that orderId or clientOid names; a client id is known for two hours only. */
export function findOrder(context: SignedContext, params: Params): Order | undefined {
  const { account, exchange, now } = context
  const orderId = params.text('orderId')
  const clientOid = params.text('clientOid')
  if (orderId === undefined && clientOid === undefined) throw empty('orderId')
  if (orderId !== undefined) {
    const order = byId(context, readOrderId(orderId))
    return order !== undefined && isPlain(order) ? order : undefined
  }
  const open = account.openByClientId.get(clientOid ?? '')
  const found = open ?? exchange.store.ordersByClientId(account.record.id, clientOid ?? '')[0]
  if (found === undefined || !isPlain(found) || clientOidOf(found) !== clientOid) return undefined
  return now - found.createdTime > TWO_HOURS ? undefined : found
}

/** An order that is still open, by either id. */
export function findOpenOrder(context: SignedContext, params: Params): Order | undefined {
  const order = findOrder(context, params)
  return order === undefined ? undefined : context.account.openOrders.get(order.id)
}

/** The plan order that orderId or clientOid names. */
export function findPlan(context: SignedContext, params: Params): Order | undefined {
  const { account, exchange } = context
  const orderId = params.text('orderId')
  const clientOid = params.text('clientOid')
  if (orderId === undefined && clientOid === undefined) throw empty('orderId')
  const plan =
    orderId !== undefined
      ? byId(context, readPlanId(orderId))
      : exchange.store.ordersByClientId(account.record.id, clientOid ?? '').find(isPlan)
  return plan !== undefined && isPlan(plan) ? (account.openOrders.get(plan.id) ?? plan) : undefined
}

/** Plan orders that wait for their trigger. */
export const waitingPlans = ({ account }: SignedContext, symbol: string | undefined): Order[] =>
  openOf(account.openOrders.values(), symbol).filter((order) => isPlan(order) && !order.isWorking)

/** Open plain orders. */
export const openPlain = ({ account }: SignedContext, symbol: string | undefined): Order[] =>
  openOf(account.openOrders.values(), symbol).filter(isPlain)

const openOf = (orders: Iterable<Order>, symbol: string | undefined): Order[] =>
  [...orders].filter((order) => symbol === undefined || order.symbol === symbol).sort((a, b) => b.id - a.id)

/** The newest rows below an id; `limit` of them. */
export const page = <T extends { id: number }>(rows: T[], beforeId: number | undefined, limit: number): T[] =>
  rows.filter(({ id }) => beforeId === undefined || id < beforeId).slice(0, limit)

export const fillsOf = ({ exchange }: SignedContext, order: Order): Execution[] => exchange.store.executionsOf(order.id)
