import { nativeSymbolOf, nameOfPair, orderIdFrom, orderIdOf, rulesOfName } from './native'
import type { Order } from '../matching/order'
import { isOpen } from '../matching/order'
import type { Endpoints, SignedContext } from './endpoint'
import { pairIfNamed, pairOf, signed } from './endpoint'
import { invalid, KucoinError, noSuchSymbol, notCancelable, toKucoinError } from './errors'
import { clientIdOf, orderCommandOf } from './order-params'
import { canceledOf, orderShape, syncShape } from './order-shapes'

function place(context: SignedContext): Order {
  const { command } = orderCommandOf(context)
  return context.exchange.place(context.account, command, context.now).order
}

const idsOf = (order: Order) => ({ orderId: orderIdOf(order.id), clientOid: order.clientOrderId })

/** Places up to 20 orders one by one; each succeeds or fails for itself. */
function placeMany(context: SignedContext, isSync: boolean) {
  const orders = context.params.list('orderList')
  if (orders.length === 0 || orders.length > 20) throw invalid('orderList should be between 1 and 20')
  return orders.map((params) => {
    try {
      const order = place({ ...context, params })
      return { ...idsOf(order), ...(isSync ? syncShape(order) : {}), success: true }
    } catch (error) {
      return { success: false, failMsg: toKucoinError(error).message }
    }
  })
}

function test(context: SignedContext) {
  const { command } = orderCommandOf(context)
  context.exchange.engine.check(context.account, [command])
  return { orderId: orderIdOf(0), clientOid: clientIdOf(context.params, context.newId) }
}

/** The order named in the path, open or closed, or undefined. */
function findOrder(context: SignedContext): Order | undefined {
  const { exchange, account, params } = context
  const { symbol } = pairOf(context)
  const clientId = params.text('clientOid')
  if (clientId !== undefined)
    return account.openByClientId.get(clientId) ?? exchange.store.orderByClientId(account.record.id, symbol, clientId)
  const id = orderIdFrom(params.text('orderId') ?? '')
  if (id === undefined) return undefined
  const order = account.openOrders.get(id) ?? exchange.store.order(account.record.id, id)
  return order?.symbol === symbol ? order : undefined
}

function show(context: SignedContext) {
  const order = findOrder(context)
  // KuCoin answers nothing for an order that it does not have.
  return order === undefined ? null : orderShape(context.exchange, order)
}

function cancel(context: SignedContext): Order {
  const order = findOrder(context)
  if (order === undefined || !isOpen(order)) throw notCancelable()
  context.exchange.cancel(context.account, order, '', context.now)
  return order
}

const canceledShape = (order: Order) => {
  const { orderTime: _time, matchTime: _match, ...state } = syncShape(order)
  return { ...state, canceledSize: canceledOf(order).toFixed() }
}

/** Makes a resting order smaller; it keeps its ids and its place. */
function cancelPart(context: SignedContext) {
  const order = findOrder(context)
  const cancelSize = context.params.decimal('cancelSize')
  if (order === undefined || !isOpen(order)) throw notCancelable()
  if (cancelSize === null) throw invalid('cancelSize can not be empty.')
  const { exchange, account, now } = context
  exchange.reduce(account, order, order.quantity.minus(cancelSize), order.clientOrderId, now)
  return { orderId: orderIdOf(order.id), cancelSize: cancelSize.toFixed() }
}

export function openOrdersOf({ account }: SignedContext, symbol?: string): Order[] {
  return [...account.openOrders.values()].filter((order) => symbol === undefined || order.symbol === symbol)
}

export function cancelAllOf(context: SignedContext, symbol?: string): Order[] {
  const orders = openOrdersOf(context, symbol)
  for (const order of orders) context.exchange.cancel(context.account, order, '', context.now)
  return orders
}

/** Takes a resting order away and places it anew with another price or size; its client id stays. */
function alter(context: SignedContext) {
  const { exchange, account, params, now } = context
  const old = findOrder(context)
  if (old === undefined || !isOpen(old) || old.limitPrice === null) throw notCancelable()
  const price = params.decimal('newPrice')
  const size = params.decimal('newSize')
  if (price === null && size === null) throw invalid('newPrice or newSize is needed.')
  exchange.cancel(account, old, '', now)
  const quantity = (size ?? old.quantity).minus(old.filledQuantity)
  const command = { ...old, type: 'LIMIT' as const, quantity, limitPrice: price ?? old.limitPrice }
  const { order } = exchange.place(account, command, now)
  return { newOrderId: orderIdOf(order.id), clientOid: order.clientOrderId }
}

function page<T>(rows: T[], { params }: SignedContext, pageName: string) {
  const pageSize = params.size('pageSize', 20, 500)
  const currentPage = params.integer(pageName) ?? 1
  const items = rows.slice((currentPage - 1) * pageSize, currentPage * pageSize)
  return { currentPage, pageSize, totalNum: rows.length, totalPage: Math.ceil(rows.length / pageSize), items }
}

function deadCancelAll(context: SignedContext) {
  const { params, exchange, account, deadMan, now } = context
  const timeout = params.integer('timeout')
  if (timeout === undefined || (timeout !== -1 && (timeout < 5 || timeout > 86_400)))
    throw invalid('timeout should be -1 or between 5 and 86400')
  const symbols = (params.names('symbols') ?? []).map((name) => {
    const rules = rulesOfName(exchange, name)
    if (rules === undefined) throw noSuchSymbol()
    return rules.symbol
  })
  const set = deadMan.set(account.record.id, timeout, symbols)
  const currentTime = Math.floor(now / 1000)
  return { currentTime, triggerTime: set === undefined ? currentTime : Math.floor(set.triggerTime / 1000) }
}

function queryDeadCancel({ exchange, account, deadMan, now }: SignedContext) {
  const set = deadMan.of(account.record.id)
  if (set === undefined) return null
  return {
    timeout: set.timeoutSeconds,
    symbols: set.symbols.map((symbol) => nameOfPair(exchange, symbol)).join(','),
    currentTime: Math.floor(now / 1000),
    triggerTime: Math.floor(set.triggerTime / 1000),
  }
}

/** Classic accounts only: a unified one has other endpoints. */
const classic = (weight: number, handle: (context: SignedContext) => unknown) =>
  signed('SPOT', weight, (context) => {
    if (context.account.record.accountMode === 'UNIFIED')
      throw new KucoinError('112011', 'Unified Account users cannot use this endpoint.')
    return handle(context)
  })

export const ORDER_ENDPOINTS: Endpoints = {
  'POST /api/v1/hf/orders': classic(1, (context) => idsOf(place(context))),
  'POST /api/v1/hf/orders/sync': classic(1, (context) => {
    const order = place(context)
    return { ...idsOf(order), ...syncShape(order) }
  }),
  'POST /api/v1/hf/orders/test': classic(1, test),
  'POST /api/v1/hf/orders/multi': classic(1, (context) => placeMany(context, false)),
  'POST /api/v1/hf/orders/multi/sync': classic(1, (context) => placeMany(context, true)),
  'POST /api/v1/hf/orders/alter': classic(3, alter),
  'DELETE /api/v1/hf/orders/sync/client-order/{clientOid}': classic(1, (context) => {
    const order = cancel(context)
    return { clientOid: order.clientOrderId, ...canceledShape(order) }
  }),
  'DELETE /api/v1/hf/orders/sync/{orderId}': classic(1, (context) => {
    const order = cancel(context)
    return { orderId: orderIdOf(order.id), ...canceledShape(order) }
  }),
  'DELETE /api/v1/hf/orders/client-order/{clientOid}': classic(1, (context) => ({
    clientOid: cancel(context).clientOrderId,
  })),
  'DELETE /api/v1/hf/orders/cancel/{orderId}': classic(2, cancelPart),
  'DELETE /api/v1/hf/orders/cancelAll': classic(30, (context) => {
    const symbols = new Set(cancelAllOf(context).map((order) => nameOfPair(context.exchange, order.symbol)))
    return { succeedSymbols: [...symbols], failedSymbols: [] }
  }),
  'DELETE /api/v1/hf/orders/{orderId}': classic(1, (context) => ({ orderId: orderIdOf(cancel(context).id) })),
  'DELETE /api/v1/hf/orders': classic(2, (context) => {
    cancelAllOf(context, pairOf(context).symbol)
    return 'success'
  }),
  'GET /api/v1/hf/orders/active': classic(2, (context) =>
    openOrdersOf(context, pairOf(context).symbol).map((order) => orderShape(context.exchange, order)),
  ),
  'GET /api/v1/hf/orders/active/page': classic(2, (context) => {
    const orders = openOrdersOf(context, pairIfNamed(context)?.symbol)
    return page(
      orders.map((order) => orderShape(context.exchange, order)),
      context,
      'pageNum',
    )
  }),
  'GET /api/v1/hf/orders/active/symbols': classic(2, (context) => {
    const symbols = new Set(openOrdersOf(context).map((order) => order.symbol))
    const rules = context.exchange.rules.filter(({ symbol }) => symbols.has(symbol))
    return { symbols: rules.map(nativeSymbolOf) }
  }),
  'POST /api/v1/hf/orders/dead-cancel-all': classic(2, deadCancelAll),
  'GET /api/v1/hf/orders/dead-cancel-all/query': classic(2, queryDeadCancel),
  'GET /api/v1/hf/orders/client-order/{clientOid}': classic(2, show),
  'GET /api/v1/hf/orders/{orderId}': classic(2, show),
}
