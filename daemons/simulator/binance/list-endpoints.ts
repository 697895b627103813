import type { Order, OrderCommand, OrderList } from '../matching/order'
import { Rejection } from '../matching/rejection'
import type { Endpoints, SignedContext } from './endpoint'
import { symbolOf } from './endpoint'
import { BinanceError, mandatory, mandatoryEither, noSuchOrder } from './errors'
import { CLIENT_ID, legCommandOf, sideOf } from './order-params'
import { canceledShape, listShape, placedShape } from './shapes'

function membersOf(context: SignedContext, list: OrderList): Order[] {
  const { exchange, account } = context
  return list.orderIds.flatMap((id) => account.openOrders.get(id) ?? exchange.store.order(account.record.id, id) ?? [])
}

const isTarget = (command: OrderCommand): boolean =>
  command.type === 'LIMIT' || command.type === 'TAKE_PROFIT_MARKET' || command.type === 'TAKE_PROFIT_LIMIT'

/** One order must be a target and the other a stop, each on its side of the market. Codes: errors.md. */
function checkLegs(above: OrderCommand, below: OrderCommand): void {
  const { side } = above
  if (above.type === 'LIMIT' && below.type === 'LIMIT')
    throw new BinanceError(-1168, 'At least one OCO order must be contingent.')
  const [target, stop] = side === 'SELL' ? [above, below] : [below, above]
  if (isTarget(target) && !isTarget(stop)) return
  if (side === 'SELL') {
    if (below.type === 'LIMIT') throw new BinanceError(-1166, 'A limit order in a sell OCO must be above.')
    if (!isTarget(above)) throw new BinanceError(-1197, 'A stop loss order in a sell OCO must be below.')
    throw new BinanceError(-1199, 'A take profit order in a sell OCO must be above.')
  }
  if (above.type === 'LIMIT') throw new BinanceError(-1165, 'A limit order in a buy OCO must be below.')
  if (!isTarget(below)) throw new BinanceError(-1196, 'A stop loss order in a buy OCO must be above.')
  throw new BinanceError(-1198, 'A take profit order in a buy OCO must be below.')
}

function placeOco(context: SignedContext) {
  const { exchange, params, account, now } = context
  const { symbol } = symbolOf(context)
  const quantity = params.decimal('quantity')
  if (quantity === null) throw mandatory('quantity')
  const shared = { symbol, side: sideOf(params), quantity }
  const above = legCommandOf(params, 'above', shared, context.newId)
  const below = legCommandOf(params, 'below', shared, context.newId)
  const clientListId = params.matching('listClientOrderId', CLIENT_ID) ?? context.newId()
  params.text('newOrderRespType')
  params.text('selfTradePreventionMode')
  params.finish()
  checkLegs(above, below)
  if (above.clientOrderId === below.clientOrderId) throw new Rejection('DUPLICATE_CLIENT_ID')
  if (exchange.engine.open.openLists(account.record.id).some((list) => list.clientListId === clientListId))
    throw new Rejection('DUPLICATE_CLIENT_ID')
  const list = exchange.placeList(account, above, below, clientListId, now)
  const members = membersOf(context, list)
  return { ...listShape(list, members, now), orderReports: members.map((order) => placedShape(order, [], 'RESULT')) }
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
