import { isOpen, type Order } from '../matching/order'
import {
  type Endpoints,
  isWithinTimes,
  optionalSymbol,
  type SignedContext,
  spotOnly,
  symbolOf,
  timesOf,
  unified,
} from './endpoint'
import { BitgetError, noSuchOrder, toBitgetError, wrong } from './errors'
import type { Countdowns } from './countdowns'
import { clientOidOf, isPlain, orderIdOf, readOrderId, readTradeId, tradeIdOf } from './ids'
import { fillsOf, findOpenOrder, findOrder, openPlain, page } from './order-look-up'
import { orderCommandOf, UNIFIED_NAMES } from './order-params'
import type { Params } from './params'
import { unifiedFill, unifiedOrder } from './unified-shapes'

const MOST = 100
const BATCH = 20

const ids = (order: Order) => ({ orderId: orderIdOf(order.id), clientOid: clientOidOf(order) })

function place(context: SignedContext, params: Params): Order {
  const { exchange, account, now } = context
  const own = { ...context, params }
  spotOnly(own)
  return exchange.place(account, orderCommandOf(context, params, symbolOf(own), UNIFIED_NAMES), now).order
}

function cancel(context: SignedContext, params: Params): Order {
  const { exchange, account, now } = context
  const order = findOpenOrder(context, params)
  if (order === undefined) throw noSuchOrder('UNIFIED')
  exchange.cancel(account, order, context.newId(), now)
  return order
}

/** Entries of a batch, each with its own verdict. */
function batch(context: SignedContext, run: (entry: Params) => Order) {
  const entries = context.params.list('list')
  if (entries.length > BATCH) throw new BitgetError('40306', 'Batch processing orders can only process up to 20')
  return entries.map((entry) => {
    try {
      return { ...ids(run(entry)), code: '00000', msg: 'success' }
    } catch (error) {
      const { code, message, status } = toBitgetError(error, 'UNIFIED')
      if (status >= 500) throw error
      return { orderId: entry.text('orderId') ?? '', clientOid: entry.text('clientOid') ?? '', code, msg: message }
    }
  })
}

/** Changes price and quantity in place; with `autoCancel` an order that cannot be changed is canceled. */
function modify(context: SignedContext) {
  const { exchange, params, account, now } = context
  const order = findOpenOrder(context, params)
  const rules = order === undefined ? undefined : exchange.rulesOf(order.symbol)
  if (order === undefined || rules === undefined) throw noSuchOrder('UNIFIED')
  const quantity = params.amount('qty', rules.quantityDecimals)
  const price = params.amount('price', rules.priceDecimals)
  if (quantity === undefined && price === undefined) throw wrong('qty')
  try {
    exchange.change(
      account,
      order,
      { quantity: quantity ?? order.quantity, limitPrice: price ?? order.limitPrice },
      now,
    )
  } catch (error) {
    if (params.word('autoCancel', ['yes', 'no'] as const) === 'yes')
      exchange.cancel(account, order, context.newId(), now)
    throw error
  }
  return ids(order)
}

const listOf = <T>(list: T[], cursor: string | undefined) => ({ list, cursor: cursor ?? '' })

function unfilled(context: SignedContext) {
  const { params } = context
  const symbol = optionalSymbol(context)
  const cursor = params.text('cursor')
  const beforeId = cursor === undefined ? undefined : readOrderId(cursor)
  const orders = page(openPlain(context, symbol), beforeId, params.limit(MOST, MOST))
  const last = orders.at(-1)
  return listOf(
    orders.map((order) => unifiedOrder(order, fillsOf(context, order))),
    last && orderIdOf(last.id),
  )
}

function history(context: SignedContext) {
  const { exchange, params, account } = context
  spotOnly(context)
  const cursor = params.text('cursor')
  const beforeId = cursor === undefined ? undefined : readOrderId(cursor)
  const isWithin = isWithinTimes(context)
  const orders = exchange.store.newestOrders(
    account.record.id,
    { symbol: optionalSymbol(context), beforeId, limit: params.limit(MOST, MOST) },
    (order) => !isOpen(order) && isPlain(order) && isWithin(order),
  )
  const last = orders.at(-1)
  return listOf(
    orders.map((order) => unifiedOrder(order, fillsOf(context, order))),
    last && orderIdOf(last.id),
  )
}

function fills(context: SignedContext) {
  const { exchange, params, account } = context
  const cursor = params.text('cursor')
  const beforeId = cursor === undefined ? undefined : readTradeId(cursor)
  const limit = params.limit(MOST, MOST)
  const named = params.text('orderId')
  const symbol = optionalSymbol(context)
  const found =
    named === undefined
      ? exchange.store.newestExecutions(account.record.id, { symbol, ...timesOf(context), beforeId, limit })
      : page(
          exchange.store
            .executionsOf(readOrderId(named) ?? 0)
            .filter((fill) => fill.accountId === account.record.id)
            .toReversed(),
          beforeId,
          limit,
        )
  const last = found.at(-1)
  const list = found.flatMap((fill) => {
    const order = account.openOrders.get(fill.orderId) ?? exchange.store.order(account.record.id, fill.orderId)
    return order === undefined ? [] : [unifiedFill(fill, order)]
  })
  return listOf(list, last && tradeIdOf(last.id))
}

export const unifiedEndpoints = (countdowns: Countdowns): Endpoints => ({
  'POST /api/v3/trade/place-order': unified(10, (context) => ids(place(context, context.params))),
  'POST /api/v3/trade/place-batch': unified(5, (context) => batch(context, (entry) => place(context, entry))),
  'POST /api/v3/trade/modify-order': unified(10, modify),
  'POST /api/v3/trade/cancel-order': unified(10, (context) => ids(cancel(context, context.params))),
  'POST /api/v3/trade/cancel-batch': unified(5, (context) => batch(context, (entry) => cancel(context, entry))),
  'POST /api/v3/trade/cancel-symbol-order': unified(5, (context) => {
    const { exchange, account, now } = context
    spotOnly(context)
    const orders = openPlain(context, optionalSymbol(context))
    for (const order of orders)
      if (account.openOrders.has(order.id)) exchange.cancel(account, order, context.newId(), now)
    return { list: orders.map((order) => ({ ...ids(order), code: '00000', msg: 'success' })) }
  }),
  'GET /api/v3/trade/order-info': unified(20, (context) => {
    const order = findOrder(context, context.params)
    if (order === undefined) throw noSuchOrder('UNIFIED')
    return unifiedOrder(order, fillsOf(context, order))
  }),
  'GET /api/v3/trade/unfilled-orders': unified(20, unfilled),
  'GET /api/v3/trade/history-orders': unified(20, history),
  'GET /api/v3/trade/fills': unified(20, fills),
  'POST /api/v3/trade/countdown-cancel-all': unified(1, ({ params, account }) => {
    const seconds = params.integer('countdown')
    if (seconds === undefined || (seconds !== 0 && (seconds < 5 || seconds > 60))) throw wrong('countdown')
    countdowns.set(account, seconds)
    return 'success'
  }),
})
