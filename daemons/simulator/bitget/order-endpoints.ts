import { isOpen, type Order } from '../matching/order'
import type { Rules } from '../matching/rules'
import {
  classic,
  type Endpoints,
  optionalSymbol,
  isWithinTimes,
  type SignedContext,
  symbolOf,
  timesOf,
} from './endpoint'
import { BitgetError, noSuchOrder, toBitgetError } from './errors'
import { clientOidOf, isPlain, isTpsl, orderIdOf, readOrderId, readTradeId } from './ids'
import { fillsOf, findOpenOrder, findOrder, openPlain, page } from './order-look-up'
import { checkReceiveWindow, CLASSIC_NAMES, orderCommandOf } from './order-params'
import { fillShape, orderShape, unfilledShape } from './order-shapes'
import type { Params } from './params'

const MOST = 100
const BATCH = 50

const ids = (order: Order) => ({ orderId: orderIdOf(order.id), clientOid: clientOidOf(order) })

function place(context: SignedContext, params: Params, rules: Rules): Order {
  const { exchange, account, now } = context
  checkReceiveWindow(params, now)
  return exchange.place(account, orderCommandOf(context, params, rules, CLASSIC_NAMES), now).order
}

function cancel(context: SignedContext, params: Params, symbol: string | undefined): Order {
  const { exchange, account, now } = context
  const order = findOpenOrder(context, params)
  if (order === undefined || (symbol !== undefined && order.symbol !== symbol)) throw noSuchOrder('CLASSIC')
  exchange.cancel(account, order, context.newId(), now)
  return order
}

/** Runs one entry of a batch after the other; what is refused is told beside what was done. */
function batch(entries: Params[], run: (entry: Params) => Order, rulesOf: (entry: Params) => Rules | undefined) {
  if (entries.length > BATCH) throw new BitgetError('40306', 'Batch processing orders can only process up to 50')
  const successList: unknown[] = []
  const failureList: unknown[] = []
  for (const entry of entries) {
    try {
      successList.push(ids(run(entry)))
    } catch (error) {
      const { code, message, status } = toBitgetError(error, 'CLASSIC', rulesOf(entry))
      if (status >= 500) throw error
      const named = { orderId: entry.text('orderId') ?? '', clientOid: entry.text('clientOid') ?? '' }
      failureList.push({ ...named, errorMsg: message, errorCode: code })
    }
  }
  return { successList, failureList }
}

/** The pair of a batch entry: its own in `multiple` mode, else that of the whole batch. */
const entryContext = (context: SignedContext, entry: Params): SignedContext =>
  context.params.text('batchMode') === 'multiple' ? { ...context, params: entry } : context

/** Cancels a limit order and places another of the same direction. The cancel stands when the new one is refused. */
function cancelReplace(context: SignedContext) {
  const { exchange, params, account, now } = context
  const { symbol } = symbolOf(context)
  const old = findOpenOrder(context, params)
  if (old?.symbol !== symbol || old.limitPrice === null) throw noSuchOrder('CLASSIC')
  const rules = symbolOf(context)
  const size = params.amount('size', rules.quantityDecimals)
  const price = params.amount('price', rules.priceDecimals)
  const clientOrderId = params.clientOid('newClientOid') ?? context.newId()
  exchange.cancel(account, old, context.newId(), now)
  try {
    const { order } = exchange.place(
      account,
      { ...old, clientOrderId, quantity: size ?? old.quantity, limitPrice: price ?? old.limitPrice },
      now,
    )
    return { ...ids(order), success: 'success', msg: null }
  } catch (error) {
    const { message, status } = toBitgetError(error, 'CLASSIC', rules)
    if (status >= 500) throw error
    return { orderId: '', clientOid: clientOrderId, success: 'failure', msg: message }
  }
}

const kindOf = (params: Params) =>
  params.word('tpslType', ['normal', 'tpsl'] as const) === 'tpsl'
    ? (order: Order) => isTpsl(order)
    : (order: Order) => isPlain(order) && !(isTpsl(order) && !order.isWorking)

function unfilled(context: SignedContext) {
  const { params, account } = context
  const symbol = optionalSymbol(context)
  const isWithin = isWithinTimes(context)
  const isOfKind = kindOf(params)
  const isTpslList = params.text('tpslType') === 'tpsl'
  const before = params.text('idLessThan')
  const named = params.text('orderId')
  const orders = openPlain(context, symbol)
    .filter((order) => isOfKind(order) && !(isTpslList && order.isWorking))
    .filter(isWithin)
    .filter(({ id }) => named === undefined || id === readOrderId(named))
  return page(orders, before === undefined ? undefined : readOrderId(before), params.limit(MOST, MOST)).map((order) =>
    unfilledShape(order, account),
  )
}

function history(context: SignedContext) {
  const { exchange, params, account } = context
  const symbol = optionalSymbol(context)
  const before = params.text('idLessThan')
  const isOfKind = kindOf(params)
  const named = params.text('orderId')
  const isWithin = isWithinTimes(context)
  const range = { symbol, limit: params.limit(MOST, MOST) }
  const beforeId = before === undefined ? undefined : readOrderId(before)
  return exchange.store
    .newestOrders(
      account.record.id,
      { ...range, beforeId },
      (order) =>
        !isOpen(order) &&
        isOfKind(order) &&
        isWithin(order) &&
        (named === undefined || order.id === readOrderId(named)),
    )
    .map((order) => orderShape(order, account, fillsOf(context, order)))
}

function fills(context: SignedContext) {
  const { exchange, params, account } = context
  const symbol = optionalSymbol(context)
  const before = params.text('idLessThan')
  const named = params.text('orderId')
  const limit = params.limit(MOST, MOST)
  const beforeId = before === undefined ? undefined : readTradeId(before)
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
  return found.flatMap((fill) => {
    const order = account.openOrders.get(fill.orderId) ?? exchange.store.order(account.record.id, fill.orderId)
    return order === undefined ? [] : [fillShape(fill, order, account)]
  })
}

export const ORDER_ENDPOINTS: Endpoints = {
  'POST /api/v2/spot/trade/place-order': classic(10, (context) =>
    ids(place(context, context.params, symbolOf(context))),
  ),
  'POST /api/v2/spot/trade/batch-orders': classic(5, (context) =>
    batch(
      context.params.list('orderList'),
      (entry) => place(context, entry, symbolOf(entryContext(context, entry))),
      (entry) => context.exchange.rulesOf(entryContext(context, entry).params.text('symbol') ?? ''),
    ),
  ),
  'POST /api/v2/spot/trade/cancel-order': classic(10, (context) =>
    ids(cancel(context, context.params, symbolOf(context).symbol)),
  ),
  'POST /api/v2/spot/trade/batch-cancel-order': classic(10, (context) =>
    batch(
      context.params.list('orderList'),
      (entry) => cancel(context, entry, symbolOf(entryContext(context, entry)).symbol),
      () => undefined,
    ),
  ),
  'POST /api/v2/spot/trade/cancel-symbol-order': classic(5, (context) => {
    const { exchange, account, now } = context
    const { symbol } = symbolOf(context)
    for (const order of openPlain(context, symbol))
      if (account.openOrders.has(order.id)) exchange.cancel(account, order, context.newId(), now)
    return { symbol }
  }),
  'POST /api/v2/spot/trade/cancel-replace-order': classic(5, cancelReplace),
  'GET /api/v2/spot/trade/orderInfo': classic(20, (context) => {
    const order = findOrder(context, context.params)
    if (order === undefined) throw noSuchOrder('CLASSIC')
    return [orderShape(order, context.account, fillsOf(context, order))]
  }),
  'GET /api/v2/spot/trade/unfilled-orders': classic(20, unfilled),
  'GET /api/v2/spot/trade/history-orders': classic(20, history),
  'GET /api/v2/spot/trade/fills': classic(10, fills),
}
