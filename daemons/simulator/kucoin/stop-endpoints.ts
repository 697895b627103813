import type { Amount } from '@/lib/domain/money/decimal'
import { brokenFilter } from '../matching/filters'
import { Rejection } from '../matching/rejection'
import type { Condition } from '../store/condition'
import type { Endpoints, SignedContext } from './endpoint'
import { pairIfNamed, signed } from './endpoint'
import { invalid, notCancelable } from './errors'
import { bigNumber, nameOfPair, nanosOf, stopIdFrom, stopIdOf, wire20 } from './native'
import { orderCommandOf } from './order-params'
import type { OrderCommand } from '../matching/order'
import type { NewCondition } from './stop-book'

/** Untriggered stop orders that one account may have on one pair (legacy docs, "Stop order"). */
const MOST_WAITING = 20

export function checkFilters({ exchange }: SignedContext, command: OrderCommand, stopPrice: Amount): void {
  const rules = exchange.rulesOf(command.symbol)
  const view = exchange.view(command.symbol)
  if (rules === undefined || view === undefined) throw new Rejection('UNKNOWN_SYMBOL')
  const broken = brokenFilter({ ...command, stopPrice }, rules, view)
  if (broken !== null) throw new Rejection('FILTER', broken)
}

export function conditionOf(command: OrderCommand, stopPrice: Amount, firesAbove: boolean): NewCondition {
  const { symbol, side, clientOrderId, limitPrice, quantity, quoteQuantity, timeInForce, isPostOnly, echo } = command
  const order = { symbol, side, clientOrderId, limitPrice, quantity, quoteQuantity, timeInForce, isPostOnly, echo }
  return { ...order, stopPrice, firesAbove }
}

/** Takes one stop order. Nothing is held for it, so the account's funds do not matter yet. */
export function addStop(context: SignedContext, command: OrderCommand, stopPrice: Amount, above: boolean): Condition {
  checkFilters(context, command, stopPrice)
  const { account, stops } = context
  if (stops.waiting(account, command.symbol).length >= MOST_WAITING)
    throw invalid('Exceeded the maximum number of stop orders.')
  if (stops.waiting(account).some((known) => known.clientOrderId === command.clientOrderId))
    throw new Rejection('DUPLICATE_CLIENT_ID')
  const [added] = stops.add(account, [conditionOf(command, stopPrice, above)])
  if (added === undefined) throw new Error('a stop order was not kept')
  return added
}

function place(context: SignedContext) {
  const { command } = orderCommandOf(context)
  const stopPrice = context.params.decimal('stopPrice')
  if (stopPrice === null) throw invalid('stopPrice can not be empty.')
  // `loss` fires when the price falls to the trigger and is the default; `entry` when it rises.
  const stop = context.params.oneOf('stop', ['loss', 'entry']) ?? 'loss'
  command.echo['stop'] = stop
  return { orderId: stopIdOf(addStop(context, command, stopPrice, stop === 'entry').id) }
}

const STATUSES: Record<Condition['status'], string> = { WAITING: 'NEW', TRIGGERED: 'TRIGGERED', CANCELED: 'CANCELED' }

const stopShape = ({ exchange, account }: SignedContext, condition: Condition) => ({
  id: stopIdOf(condition.id),
  symbol: nameOfPair(exchange, condition.symbol),
  userId: String(account.record.id).padStart(24, '6'),
  status: STATUSES[condition.status],
  type: condition.limitPrice === null ? 'market' : 'limit',
  side: condition.side.toLowerCase(),
  price: wire20(condition.limitPrice),
  size: wire20(condition.quantity),
  funds: wire20(condition.quoteQuantity),
  stp: null,
  timeInForce: condition.echo['timeInForce'] ?? condition.timeInForce,
  cancelAfter: Number(condition.echo['cancelAfter'] ?? -1),
  postOnly: condition.isPostOnly,
  hidden: condition.echo['hidden'] === 'true',
  iceberg: condition.echo['iceberg'] === 'true',
  visibleSize: condition.echo['visibleSize'] ?? null,
  channel: 'API',
  clientOid: condition.clientOrderId,
  remark: condition.echo['remark'] ?? null,
  tags: condition.echo['tags'] ?? null,
  relatedNo: null,
  orderTime: bigNumber(nanosOf(condition.createdTime)),
  domainId: 'kucoin',
  tradeSource: 'USER',
  tradeType: 'TRADE',
  feeCurrency: exchange.rulesOf(condition.symbol)?.quoteAsset ?? '',
  takerFeeRate: '0.00100000000000000000',
  makerFeeRate: '0.00100000000000000000',
  createdAt: condition.createdTime,
  stop: condition.echo['stop'] ?? 'loss',
  stopTriggerTime: condition.status === 'TRIGGERED' ? condition.updatedTime : null,
  stopPrice: wire20(condition.stopPrice),
  limitPrice: null,
  pop: null,
  activateCondition: null,
})

/** Stop orders by our client id, newest first; those of OCO pairs have none of their own. */
const byClientId = ({ exchange, account, params }: SignedContext): Condition[] =>
  exchange.store
    .conditionsByClientId(account.record.id, params.required('clientOid'))
    .filter(({ listId }) => listId === null)
    .reverse()

function byId({ exchange, account, params }: SignedContext): Condition | undefined {
  const id = stopIdFrom(params.required('orderId'))
  return id === undefined ? undefined : exchange.store.condition(account.record.id, id)
}

function list(context: SignedContext) {
  const { account, stops, params } = context
  const pageSize = params.size('pageSize', 50, 500)
  const currentPage = params.integer('currentPage') ?? 1
  const wanted = params.names('orderIds')?.map(stopIdFrom)
  const side = params.oneOf('side', ['buy', 'sell'])
  const isOco = params.text('stop') === 'oco'
  const rows = stops
    .waiting(account, pairIfNamed(context)?.symbol)
    .filter(({ listId }) => (listId !== null) === isOco)
    .filter((row) => (side === undefined || row.side === side.toUpperCase()) && (wanted?.includes(row.id) ?? true))
    .reverse()
  const items = rows.slice((currentPage - 1) * pageSize, currentPage * pageSize)
  return {
    currentPage,
    pageSize,
    totalNum: rows.length,
    totalPage: Math.ceil(rows.length / pageSize),
    items: items.map((row) => stopShape(context, row)),
  }
}

function cancelSome(context: SignedContext, conditions: Condition[]): string[] {
  return context.stops.cancel(context.account, conditions).map(({ id }) => stopIdOf(id))
}

export const STOP_ENDPOINTS: Endpoints = {
  'POST /api/v1/stop-order': signed('SPOT', 1, place),
  'GET /api/v1/stop-order': signed('SPOT', 8, list),
  'GET /api/v1/stop-order/queryOrderByClientOid': signed('SPOT', 3, (context) =>
    byClientId(context).map((condition) => stopShape(context, condition)),
  ),
  'GET /api/v1/stop-order/{orderId}': signed('SPOT', 3, (context) => {
    const condition = byId(context)
    return condition === undefined ? null : stopShape(context, condition)
  }),
  'DELETE /api/v1/stop-order/cancelOrderByClientOid': signed('SPOT', 5, (context) => {
    const [cancelledOrderId] = cancelSome(context, byClientId(context).slice(0, 1))
    if (cancelledOrderId === undefined) throw notCancelable()
    return { cancelledOrderId, clientOid: context.params.required('clientOid') }
  }),
  'DELETE /api/v1/stop-order/cancel': signed('SPOT', 3, (context) => {
    const { account, stops, params } = context
    const wanted = params.names('orderIds')?.map(stopIdFrom)
    const waiting = stops.waiting(account, pairIfNamed(context)?.symbol)
    const chosen = waiting.filter(({ id, listId }) => listId === null && (wanted?.includes(id) ?? true))
    return { cancelledOrderIds: cancelSome(context, chosen) }
  }),
  'DELETE /api/v1/stop-order/{orderId}': signed('SPOT', 3, (context) => {
    const condition = byId(context)
    const cancelledOrderIds = condition === undefined ? [] : cancelSome(context, [condition])
    if (cancelledOrderIds.length === 0) throw notCancelable()
    return { cancelledOrderIds }
  }),
}
