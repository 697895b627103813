import type { ListCommand, Order, OrderList } from '../matching/order'
import { Rejection } from '../matching/rejection'
import type { Endpoints, SignedContext } from './endpoint'
import { symbolOf } from './endpoint'
import { mandatoryEither, noSuchOrder } from './errors'
import { checkListIds, ocoOf, opocoOf, opoOf, otocoOf, otoOf } from './list-params'
import { askedResponseType, CLIENT_ID } from './order-params'
import type { ResponseType } from './shapes'
import { canceledShape, listShape, placedShape } from './shapes'

function membersOf(context: SignedContext, list: OrderList): Order[] {
  const { exchange, account } = context
  return list.orderIds.flatMap((id) => account.openOrders.get(id) ?? exchange.store.order(account.record.id, id) ?? [])
}

function answerPlaced(context: SignedContext, list: OrderList, orders: Order[], type: ResponseType) {
  return { ...listShape(list, orders, context.now), orderReports: orders.map((order) => placedShape(order, [], type)) }
}

const placing = (orders: number, commandOf: (context: SignedContext) => ListCommand): Endpoints[string] => ({
  security: 'SIGNED',
  weight: 1,
  orders,
  isFreeOnSuccess: true,
  handle: (context) => {
    const command = commandOf(context)
    const type = askedResponseType(context.params) ?? 'RESULT'
    context.params.finish()
    checkListIds(context, [command.working, ...command.pending], command.clientListId)
    const { list, orders: placed } = context.exchange.placeChain(context.account, command, context.now)
    return answerPlaced(context, list, placed, type)
  },
})

function placeOco(context: SignedContext) {
  const { exchange, params, account, now } = context
  const { above, below, clientListId } = ocoOf(context)
  const type = askedResponseType(params) ?? 'RESULT'
  params.finish()
  checkListIds(context, [above, below], clientListId)
  const list = exchange.placeList(account, above, below, clientListId, now)
  return answerPlaced(context, list, membersOf(context, list), type)
}

/** The list named by orderListId or by a client id parameter. Throws `missing` when there is none. */
function findList(context: SignedContext, clientIdName: string, missing: Error): OrderList {
  const { exchange, params, account } = context
  const id = params.integer('orderListId')
  const clientId = params.text(clientIdName)
  if (id === undefined && clientId === undefined) throw mandatoryEither('orderListId', clientIdName)
  const { store } = exchange
  const accountId = account.record.id
  const stored = id === undefined ? store.listByClientId(accountId, clientId ?? '') : store.list(accountId, id)
  const list = stored === undefined ? undefined : (exchange.engine.open.listOf(stored.id) ?? stored)
  if (list === undefined || (clientId !== undefined && list.clientListId !== clientId)) throw missing
  return list
}

function cancelList(context: SignedContext) {
  const { exchange, params, account, now } = context
  const { symbol } = symbolOf(context)
  const missing = new Rejection('UNKNOWN_ORDER')
  const list = findList(context, 'listClientOrderId', missing)
  const cancelId = params.matching('newClientOrderId', CLIENT_ID) ?? context.newId()
  params.finish()
  const open = membersOf(context, list).find((order) => account.openOrders.has(order.id))
  if (list.symbol !== symbol || open === undefined) throw missing
  exchange.cancel(account, open, cancelId, now)
  const members = membersOf(context, list)
  return { ...listShape(list, members, now), orderReports: members.map((order) => canceledShape(order, cancelId)) }
}

const shown = (context: SignedContext, list: OrderList) => {
  const members = membersOf(context, list)
  return listShape(list, members, Math.max(list.createdTime, ...members.map((order) => order.updatedTime)))
}

export const LIST_ENDPOINTS: Endpoints = {
  'POST /api/v3/orderList/oto': placing(2, otoOf),
  'POST /api/v3/orderList/otoco': placing(3, otocoOf),
  'POST /api/v3/orderList/opo': placing(2, opoOf),
  'POST /api/v3/orderList/opoco': placing(3, opocoOf),
  'POST /api/v3/orderList/oco': { security: 'SIGNED', weight: 1, orders: 2, isFreeOnSuccess: true, handle: placeOco },
  'DELETE /api/v3/orderList': { security: 'SIGNED', weight: 1, isFreeOnSuccess: true, handle: cancelList },
  'GET /api/v3/orderList': {
    security: 'SIGNED',
    weight: 4,
    handle: (context) => {
      const list = findList(context, 'origClientOrderId', noSuchOrder())
      context.params.finish()
      return shown(context, list)
    },
  },
  'GET /api/v3/openOrderList': {
    security: 'SIGNED',
    weight: 6,
    handle: (context) => {
      context.params.finish()
      return context.exchange.engine.open.openLists(context.account.record.id).map((list) => shown(context, list))
    },
  },
  'GET /api/v3/allOrderList': {
    security: 'SIGNED',
    weight: 20,
    handle: (context) => {
      const { exchange, params, account } = context
      const limit = params.limit(500, 1000)
      const from = params.integer('startTime') ?? 0
      const to = params.integer('endTime') ?? Infinity
      const fromId = params.integer('fromId') ?? 0
      params.finish()
      return exchange.store
        .listHistory(account.record.id, limit)
        .filter((list) => list.id >= fromId && list.createdTime >= from && list.createdTime <= to)
        .map((list) => shown(context, list))
    },
  },
}
