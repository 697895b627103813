import { toWire } from '@/lib/domain/money/decimal'
import type { Order } from '../matching/order'
import { isOpen } from '../matching/order'
import type { Condition } from '../store/condition'
import { feesOf } from './account-endpoints'
import type { Endpoint, Endpoints, SignedContext } from './endpoint'
import { pairIfNamed, pairOf, signed } from './endpoint'
import { KucoinError, notCancelable } from './errors'
import { batchOf, closedOrdersOf, doneIdOf, executionsOf } from './history-endpoints'
import { bigNumber, nanosOf, unifiedIdFrom, unifiedOrderIdOf, unifiedStopIdOf } from './native'
import { cancelAllOf, openOrdersOf } from './order-endpoints'
import { fillRowId } from './order-shapes'
import { addStop } from './stop-endpoints'
import { unifiedCommandOf } from './unified-params'
import { unifiedFillShape, unifiedOrderShape, unifiedStopShape } from './unified-shapes'

/** Unified accounts only. */
const unified = (weight: number, handle: (context: SignedContext) => unknown): Endpoint =>
  signed('UNIFIED', weight, (context) => {
    if (context.account.record.accountMode !== 'UNIFIED')
      throw new KucoinError('112010', 'Invalid Unified Account user.')
    return handle(context)
  })

const answer = (context: SignedContext, orderId: string, clientOid: string) => ({
  orderId,
  tradeType: 'SPOT',
  ts: bigNumber(nanosOf(context.now)),
  clientOid,
})

function place(context: SignedContext) {
  const { command, trigger } = unifiedCommandOf(context)
  if (trigger !== null) {
    const added = addStop(context, command, trigger.price, trigger.isAbove)
    return answer(context, unifiedStopIdOf(added.id), added.clientOrderId)
  }
  const { order } = context.exchange.place(context.account, command, context.now)
  return answer(context, unifiedOrderIdOf(order.id), order.clientOrderId)
}

type Found = { order: Order; stop?: undefined } | { order?: undefined; stop: Condition }

/** The order or stop order that a call names, open or closed; of both with one client id, the order. */
function find(context: SignedContext): Found | undefined {
  const { exchange, account, params, stops } = context
  const { symbol } = pairOf(context)
  const { store } = exchange
  const accountId = account.record.id
  const clientId = params.text('clientOid')
  if (clientId !== undefined) {
    const order = account.openByClientId.get(clientId) ?? store.orderByClientId(accountId, symbol, clientId)
    if (order !== undefined) return { order }
    const stop =
      stops.waiting(account, symbol).find((waiting) => waiting.clientOrderId === clientId) ??
      store.conditionsByClientId(accountId, clientId).at(-1)
    return stop === undefined ? undefined : { stop }
  }
  const named = unifiedIdFrom(params.required('orderId'))
  if (named?.kind === 'ORDER') {
    const order = account.openOrders.get(named.id) ?? store.order(accountId, named.id)
    return order?.symbol === symbol ? { order } : undefined
  }
  const stop = named === undefined ? undefined : store.condition(accountId, named.id)
  return stop?.symbol === symbol ? { stop } : undefined
}

const notFound = () => new KucoinError('100001', 'error.getOrder.orderNotExist')

function detail(context: SignedContext) {
  const found = find(context)
  if (found === undefined) throw notFound()
  return found.order === undefined
    ? unifiedStopShape(context.exchange, found.stop)
    : unifiedOrderShape(context.exchange, found.order)
}

function cancel(context: SignedContext) {
  const found = find(context)
  if (found === undefined) throw notFound()
  if (found.stop !== undefined) {
    if (context.stops.cancel(context.account, [found.stop]).length === 0) throw notCancelable()
    return answer(context, unifiedStopIdOf(found.stop.id), found.stop.clientOrderId)
  }
  if (!isOpen(found.order)) throw notCancelable()
  context.exchange.cancel(context.account, found.order, '', context.now)
  return answer(context, unifiedOrderIdOf(found.order.id), found.order.clientOrderId)
}

function cancelAll(context: SignedContext) {
  const { symbol } = pairOf(context)
  const { account, stops, params, now } = context
  const isAdvanced = params.oneOf('orderFilter', ['NORMAL', 'ADVANCED']) === 'ADVANCED'
  const orderIds = isAdvanced
    ? stops.cancel(account, stops.waiting(account, symbol)).map(({ id }) => unifiedStopIdOf(id))
    : cancelAllOf(context, symbol).map(({ id }) => unifiedOrderIdOf(id))
  return { tradeType: 'SPOT', ts: bigNumber(nanosOf(now)), items: orderIds.map((orderId) => ({ orderId })) }
}

function openList(context: SignedContext) {
  const symbol = pairIfNamed(context)?.symbol
  const { account, stops, params, exchange } = context
  const isAdvanced = params.oneOf('orderFilter', ['NORMAL', 'ADVANCED']) === 'ADVANCED'
  const rows = isAdvanced
    ? stops.waiting(account, symbol).map((stop) => unifiedStopShape(exchange, stop))
    : openOrdersOf(context, symbol).map((order) => unifiedOrderShape(exchange, order))
  const pageSize = params.size('pageSize', 50, 200)
  const pageNumber = params.integer('pageNumber') ?? 1
  const items = rows.reverse().slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
  const totalPage = Math.ceil(rows.length / pageSize)
  return { pageNumber, pageSize, totalNum: rows.length, totalPage, items, tradeType: 'SPOT' }
}

function balance({ account, now }: SignedContext) {
  const currencies = account.ledger.assets().map((currency) => {
    const { free, locked } = account.ledger.of(currency)
    const total = toWire(free.plus(locked))
    return { currency, equity: total, hold: toWire(locked), balance: total, available: toWire(free), liability: '0' }
  })
  return { accountType: 'UNIFIED', ts: now, accounts: [{ currencies }] }
}

function execution(context: SignedContext) {
  const { exchange, params } = context
  const asked = params.text('orderId')
  const orderId = asked === undefined ? undefined : (unifiedIdFrom(asked)?.id ?? -1)
  const { items, lastId } = batchOf(executionsOf(context, orderId), fillRowId, context, 'pageSize', 200)
  const rows = items.map((fill) => {
    const type = exchange.store.order(fill.accountId, fill.orderId)?.limitPrice === null ? 'MARKET' : 'LIMIT'
    return unifiedFillShape(exchange, fill, type)
  })
  return { tradeType: 'SPOT', lastId, items: rows }
}

function deadSwitch({ params, account, deadMan, now }: SignedContext, isSet: boolean) {
  const timeout = isSet ? (params.integer('timeout') ?? -1) : undefined
  const set = timeout === undefined ? deadMan.of(account.record.id) : deadMan.set(account.record.id, timeout, [])
  const currentTime = Math.floor(now / 1000)
  const triggerTime = set === undefined ? currentTime : Math.floor(set.triggerTime / 1000)
  return { timeout: set?.timeoutSeconds ?? -1, currentTime, triggerTime }
}

export const UNIFIED_ENDPOINTS: Endpoints = {
  'GET /api/ua/v1/account/mode': signed('MANAGEMENT', 30, ({ account }) => ({
    selfAccountMode: account.record.accountMode,
  })),
  'GET /api/ua/v1/unified/account/balance': unified(5, balance),
  'GET /api/ua/v1/user/fee-rate': unified(3, (context) => ({ tradeType: 'SPOT', list: feesOf(context, 'symbol') })),
  'POST /api/ua/v1/unified/order/place': unified(1, place),
  'POST /api/ua/v1/unified/order/cancel': unified(1, cancel),
  'POST /api/ua/v1/unified/order/cancel-batch': unified(4, (context) => ({
    tradeType: 'SPOT',
    ts: bigNumber(nanosOf(context.now)),
    items: context.params.list('cancelOrderList').map((params) => cancel({ ...context, params })),
  })),
  'POST /api/ua/v1/unified/order/cancel-all': unified(20, cancelAll),
  'GET /api/ua/v1/unified/order/detail': unified(4, detail),
  'GET /api/ua/v1/unified/order/open-list': unified(4, openList),
  'GET /api/ua/v1/unified/order/history': unified(4, (context) => {
    const { items, lastId } = batchOf(closedOrdersOf(context), doneIdOf, context, 'pageSize', 200)
    return { tradeType: 'SPOT', lastId, items: items.map((order) => unifiedOrderShape(context.exchange, order)) }
  }),
  'GET /api/ua/v1/unified/order/execution': unified(4, execution),
  'POST /api/ua/v1/dcp/set': unified(2, (context) => deadSwitch(context, true)),
  'GET /api/ua/v1/dcp/query': unified(2, (context) => deadSwitch(context, false)),
}
