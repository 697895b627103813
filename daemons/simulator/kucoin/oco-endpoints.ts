import { Rejection } from '../matching/rejection'
import type { Condition } from '../store/condition'
import type { Endpoints, SignedContext } from './endpoint'
import { pairIfNamed, signed } from './endpoint'
import { invalid, notCancelable } from './errors'
import { nameOfPair, ocoIdFrom, ocoIdOf, stopIdOf, wire20 } from './native'
import { orderCommandOf } from './order-params'
import { checkFilters, conditionOf } from './stop-endpoints'

/** A take-profit at `price`, and a stop that places a limit order at `limitPrice` once `stopPrice` is reached. */
function place(context: SignedContext) {
  const { account, exchange, params, stops } = context
  const { command } = orderCommandOf(context)
  const [price, stopPrice, limitPrice] = [command.limitPrice, params.decimal('stopPrice'), params.decimal('limitPrice')]
  if (price === null || stopPrice === null || limitPrice === null)
    throw invalid('price, stopPrice and limitPrice can not be empty.')
  const last = exchange.view(command.symbol)?.last
  if (last === undefined) throw new Rejection('UNKNOWN_SYMBOL')
  const isSell = command.side === 'SELL'
  const [high, low] = isSell ? [price, stopPrice] : [stopPrice, price]
  if (last.gte(high) || last.lte(low)) throw new Rejection('LIST_PRICES')
  checkFilters(context, command, price)
  checkFilters(context, { ...command, limitPrice }, stopPrice)
  if (stops.waiting(account).some((known) => known.clientOrderId === command.clientOrderId))
    throw new Rejection('DUPLICATE_CLIENT_ID')
  const profit = conditionOf({ ...command, echo: { ...command.echo, stop: isSell ? 'e_l_o' : 'l_l_o' } }, price, isSell)
  const stopEcho = { ...command.echo, stop: isSell ? 'l_s_o' : 'e_s_o' }
  const stop = conditionOf({ ...command, limitPrice, echo: stopEcho }, stopPrice, !isSell)
  const [added] = stops.add(account, [profit, stop])
  return { orderId: ocoIdOf(added?.listId ?? 0) }
}

const STATUSES: Record<Condition['status'], string> = { WAITING: 'NEW', TRIGGERED: 'TRIGGERED', CANCELED: 'CANCELED' }

const pairStatusOf = (legs: Condition[]): string =>
  legs.some(({ status }) => status === 'TRIGGERED')
    ? 'TRIGGERED'
    : legs.some(({ status }) => status === 'WAITING')
      ? 'NEW'
      : 'CANCELED'

const pairShape = ({ exchange }: SignedContext, legs: Condition[]) => {
  const [first] = legs
  return first === undefined
    ? null
    : {
        orderId: ocoIdOf(first.listId ?? 0),
        symbol: nameOfPair(exchange, first.symbol),
        clientOid: first.clientOrderId,
        orderTime: first.createdTime,
        status: pairStatusOf(legs),
      }
}

const legShape = ({ exchange }: SignedContext, leg: Condition) => ({
  id: stopIdOf(leg.id),
  symbol: nameOfPair(exchange, leg.symbol),
  side: leg.side.toLowerCase(),
  price: wire20(leg.limitPrice),
  stopPrice: wire20(leg.stopPrice),
  size: wire20(leg.quantity),
  status: STATUSES[leg.status],
})

/** The legs of the pair named in the path. */
function legsOf({ exchange, account, params }: SignedContext): Condition[] {
  const { store } = exchange
  const clientId = params.text('clientOid')
  const id =
    clientId === undefined
      ? ocoIdFrom(params.text('orderId') ?? '')
      : store.conditionsByClientId(account.record.id, clientId).findLast(({ listId }) => listId !== null)?.listId
  return id === undefined || id === null ? [] : store.conditionsOfList(account.record.id, id)
}

function cancel(context: SignedContext) {
  const canceled = context.stops.cancel(context.account, legsOf(context))
  if (canceled.length === 0) throw notCancelable()
  return { cancelledOrderIds: canceled.map(({ id }) => stopIdOf(id)) }
}

function waitingLegs(context: SignedContext): Condition[] {
  const wanted = context.params.names('orderIds')?.map(ocoIdFrom)
  return context.stops
    .waiting(context.account, pairIfNamed(context)?.symbol)
    .filter(({ listId }) => listId !== null && (wanted?.includes(listId) ?? true))
}

function list(context: SignedContext) {
  const byList = new Map<number, Condition[]>()
  for (const leg of waitingLegs(context)) byList.set(leg.listId ?? 0, [...(byList.get(leg.listId ?? 0) ?? []), leg])
  const pairs = [...byList.values()].reverse()
  const pageSize = context.params.size('pageSize', 50, 500)
  const currentPage = context.params.integer('currentPage') ?? 1
  return {
    currentPage,
    pageSize,
    totalNum: pairs.length,
    totalPage: Math.ceil(pairs.length / pageSize),
    items: pairs.slice((currentPage - 1) * pageSize, currentPage * pageSize).map((legs) => pairShape(context, legs)),
  }
}

const show = (context: SignedContext) => pairShape(context, legsOf(context))

export const OCO_ENDPOINTS: Endpoints = {
  'POST /api/v3/oco/order': signed('SPOT', 2, place),
  'DELETE /api/v3/oco/order/{orderId}': signed('SPOT', 3, cancel),
  'DELETE /api/v3/oco/client-order/{clientOid}': signed('SPOT', 3, cancel),
  'DELETE /api/v3/oco/orders': signed('SPOT', 3, (context) => ({
    cancelledOrderIds: context.stops.cancel(context.account, waitingLegs(context)).map(({ id }) => stopIdOf(id)),
  })),
  'GET /api/v3/oco/order/details/{orderId}': signed('SPOT', 2, (context) => {
    const legs = legsOf(context)
    const pair = pairShape(context, legs)
    return pair === null ? null : { ...pair, orders: legs.map((leg) => legShape(context, leg)) }
  }),
  'GET /api/v3/oco/order/{orderId}': signed('SPOT', 2, show),
  'GET /api/v3/oco/client-order/{clientOid}': signed('SPOT', 2, show),
  'GET /api/v3/oco/orders': signed('SPOT', 2, list),
}
