import type { Order } from '../matching/order'
import { Rejection } from '../matching/rejection'
import type { Endpoints, SignedContext } from './endpoint'
import { dayRange, findOrder, symbolOf } from './endpoint'
import { BinanceError, mandatory, mandatoryEither, toBinanceError } from './errors'
import { CLIENT_ID, orderCommandOf, responseTypeOf } from './order-params'
import { amendedShape, amendmentShapes, canceledShape, listShape, orderShape, placedShape, tradeShape } from './shapes'

function place(context: SignedContext) {
  const { exchange, params, account, now } = context
  symbolOf(context)
  const { command, native } = orderCommandOf(params, context.newId)
  const type = responseTypeOf(params, native)
  params.finish()
  const { order, fills } = exchange.place(account, command, now)
  return placedShape(order, fills, type)
}

function test(context: SignedContext) {
  const { exchange, params, account } = context
  symbolOf(context)
  const { command, native } = orderCommandOf(params, context.newId)
  responseTypeOf(params, native)
  const withRates = params.boolean('computeCommissionRates') ?? false
  params.finish()
  exchange.engine.check(account, [command])
  const rates = { maker: '0.00100000', taker: '0.00100000' }
  const none = { maker: '0.00000000', taker: '0.00000000' }
  return withRates
    ? { standardCommissionForOrder: rates, specialCommissionForOrder: none, taxCommissionForOrder: none }
    : {}
}

/** The open order that a cancel names; one that is closed or unknown is -2011, whichever. */
function openOrder(context: SignedContext, symbol: string): Order {
  const { account, params } = context
  const id = params.integer('orderId')
  const clientId = params.text('origClientOrderId')
  if (id === undefined && clientId === undefined) throw mandatoryEither('origClientOrderId', 'orderId')
  const order = id === undefined ? account.openByClientId.get(clientId ?? '') : account.openOrders.get(id)
  if (order?.symbol !== symbol || (clientId !== undefined && order.clientOrderId !== clientId))
    throw new Rejection('UNKNOWN_ORDER')
  return order
}

function cancel(context: SignedContext) {
  const { exchange, params, account, now } = context
  const { symbol } = symbolOf(context)
  const order = openOrder(context, symbol)
  const cancelId = params.matching('newClientOrderId', CLIENT_ID) ?? context.newId()
  const restriction = params.text('cancelRestrictions')
  params.finish()
  if (restriction !== undefined) checkRestriction(restriction, order)
  exchange.cancel(account, order, cancelId, now)
  return canceledShape(order, cancelId)
}

function checkRestriction(restriction: string, order: Order): void {
  if (restriction !== 'ONLY_NEW' && restriction !== 'ONLY_PARTIALLY_FILLED')
    throw new BinanceError(-1145, '`cancelRestrictions` has to be either `ONLY_NEW` or `ONLY_PARTIALLY_FILLED`.')
  const isPartial = order.status === 'PARTIALLY_FILLED'
  if (isPartial !== (restriction === 'ONLY_PARTIALLY_FILLED'))
    throw new BinanceError(-2011, 'Order was not canceled due to cancel restrictions.')
}

function cancelAll(context: SignedContext) {
  const { exchange, params, account, now } = context
  const { symbol } = symbolOf(context)
  params.finish()
  const open = [...account.openOrders.values()].filter((order) => order.symbol === symbol)
  if (open.length === 0) throw new Rejection('UNKNOWN_ORDER')
  const answers: unknown[] = []
  for (const order of open) {
    if (!account.openOrders.has(order.id)) continue
    const cancelId = context.newId()
    const list = order.listId === null ? undefined : exchange.engine.open.listOf(order.listId)
    const canceled = exchange.cancel(account, order, cancelId, now)
    if (list === undefined) answers.push(canceledShape(order, cancelId))
    else
      answers.push({
        ...listShape(list, canceled, now),
        orderReports: canceled.map((member) => canceledShape(member, cancelId)),
      })
  }
  return answers
}

/** Makes an order smaller in place. Source: rest-api.md, "Order Amend Keep Priority". */
function amend(context: SignedContext) {
  const { exchange, params, account, now } = context
  const { symbol } = symbolOf(context)
  const order = openOrder(context, symbol)
  const quantity = params.decimal('newQty')
  const clientOrderId = params.matching('newClientOrderId', CLIENT_ID) ?? context.newId()
  params.finish()
  if (quantity === null) throw mandatory('newQty')
  exchange.reduce(account, order, quantity, clientOrderId, now)
  const list = order.listId === null ? undefined : exchange.engine.open.listOf(order.listId)
  const members = exchange.engine.open.listMembersOf(order)
  return amendedShape(order, list, members, now)
}

function amendments(context: SignedContext) {
  const { params } = context
  const { symbol } = symbolOf(context)
  const id = params.integer('orderId')
  if (id === undefined) throw mandatory('orderId')
  const from = params.integer('fromExecutionId') ?? 0
  const limit = params.limit(500, 1000)
  const order = findOrder(context, symbol)
  params.finish()
  return amendmentShapes(order)
    .filter((row) => row.executionId >= from)
    .slice(0, limit)
}

function openOrders(context: SignedContext) {
  const { params, account } = context
  const symbol = params.has('symbol') ? symbolOf(context).symbol : undefined
  params.finish()
  return [...account.openOrders.values()]
    .filter((order) => symbol === undefined || order.symbol === symbol)
    .map(orderShape)
}

function allOrders(context: SignedContext) {
  const { exchange, params, account } = context
  const { symbol } = symbolOf(context)
  const range = { fromId: params.integer('orderId'), ...dayRange(params), limit: params.limit(500, 1000) }
  params.finish()
  return exchange.store.orderHistory(account.record.id, symbol, range).map(orderShape)
}

function myTrades(context: SignedContext) {
  const { exchange, params, account } = context
  const { symbol } = symbolOf(context)
  const orderId = params.integer('orderId')
  const range = { fromId: params.integer('fromId'), ...dayRange(params), limit: params.limit(500, 1000) }
  params.finish()
  const fills =
    orderId === undefined
      ? exchange.store.executionHistory(account.record.id, symbol, range)
      : exchange.store
          .executionsOf(orderId)
          .filter(
            (fill) => fill.accountId === account.record.id && fill.symbol === symbol && fill.id >= (range.fromId ?? 0),
          )
          .slice(0, range.limit)
  return fills.map(tradeShape)
}

/** Cancels one order and places another. Source: rest-api.md, "Cancel an Existing Order and Send a New Order". */
function cancelReplace(context: SignedContext) {
  const { exchange, params, account, now } = context
  const { symbol } = symbolOf(context)
  const mode = params.required('cancelReplaceMode')
  if (mode !== 'STOP_ON_FAILURE' && mode !== 'ALLOW_FAILURE')
    throw new BinanceError(-1130, "Data sent for parameter 'cancelReplaceMode' is not valid.")
  const id = params.integer('cancelOrderId')
  const clientId = params.text('cancelOrigClientOrderId')
  if (id === undefined && clientId === undefined) throw mandatoryEither('cancelOrigClientOrderId', 'cancelOrderId')
  const cancelId = params.matching('cancelNewClientOrderId', CLIENT_ID) ?? context.newId()
  const restriction = params.text('cancelRestrictions')
  params.text('orderRateLimitExceededMode')
  const { command, native } = orderCommandOf(params, context.newId)
  const type = responseTypeOf(params, native)
  params.finish()
  const old = id === undefined ? account.openByClientId.get(clientId ?? '') : account.openOrders.get(id)
  const canceled = attempt(() => {
    if (old?.symbol !== symbol) throw new Rejection('UNKNOWN_ORDER')
    if (restriction !== undefined) checkRestriction(restriction, old)
    exchange.cancel(account, old, cancelId, now)
    return canceledShape(old, cancelId)
  })
  const placed =
    canceled.result === 'FAILURE' && mode === 'STOP_ON_FAILURE'
      ? { result: 'NOT_ATTEMPTED', response: null }
      : attempt(() => {
          const { order, fills } = exchange.place(account, command, now)
          return placedShape(order, fills, type)
        })
  const data = {
    cancelResult: canceled.result,
    newOrderResult: placed.result,
    cancelResponse: canceled.response,
    newOrderResponse: placed.response,
  }
  if (canceled.result === 'SUCCESS' && placed.result === 'SUCCESS') return data
  const isPartial = canceled.result === 'SUCCESS' || placed.result === 'SUCCESS'
  throw isPartial
    ? new BinanceError(-2021, 'Order cancel-replace partially failed.', 409, {}, data)
    : new BinanceError(-2022, 'Order cancel-replace failed.', 400, {}, data)
}

function attempt(action: () => unknown): { result: 'SUCCESS' | 'FAILURE'; response: unknown } {
  try {
    return { result: 'SUCCESS', response: action() }
  } catch (error) {
    const { code, message } = toBinanceError(error)
    return { result: 'FAILURE', response: { code, msg: message } }
  }
}

/** The account's own orders never meet, so nothing is ever prevented. */
function preventedMatches(context: SignedContext) {
  const { params } = context
  symbolOf(context)
  for (const name of ['preventedMatchId', 'orderId', 'fromPreventedMatchId']) params.integer(name)
  params.limit(500, 1000)
  params.finish()
  return []
}

export const ORDER_ENDPOINTS: Endpoints = {
  'POST /api/v3/order': { security: 'SIGNED', weight: 1, orders: 1, isFreeOnSuccess: true, handle: place },
  'POST /api/v3/order/test': { security: 'SIGNED', weight: 1, handle: test },
  'GET /api/v3/order': {
    security: 'SIGNED',
    weight: 4,
    handle: (context) => {
      const order = findOrder(context, symbolOf(context).symbol)
      context.params.finish()
      return orderShape(order)
    },
  },
  'DELETE /api/v3/order': { security: 'SIGNED', weight: 1, isFreeOnSuccess: true, handle: cancel },
  'POST /api/v3/order/cancelReplace': {
    security: 'SIGNED',
    weight: 1,
    orders: 1,
    isFreeOnSuccess: true,
    handle: cancelReplace,
  },
  'GET /api/v3/openOrders': {
    security: 'SIGNED',
    weight: (params) => (params.has('symbol') ? 6 : 80),
    handle: openOrders,
  },
  'DELETE /api/v3/openOrders': { security: 'SIGNED', weight: 1, isFreeOnSuccess: true, handle: cancelAll },
  'PUT /api/v3/order/amend/keepPriority': { security: 'SIGNED', weight: 4, handle: amend },
  'GET /api/v3/order/amendments': { security: 'SIGNED', weight: 4, handle: amendments },
  'GET /api/v3/allOrders': { security: 'SIGNED', weight: 20, handle: allOrders },
  'GET /api/v3/myPreventedMatches': { security: 'SIGNED', weight: 20, handle: preventedMatches },
  'GET /api/v3/myTrades': {
    security: 'SIGNED',
    weight: (params) => (params.has('orderId') ? 5 : 20),
    handle: myTrades,
  },
}
