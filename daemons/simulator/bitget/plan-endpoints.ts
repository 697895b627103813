import type { Order } from '../matching/order'
import { classic, type Endpoints, optionalSymbol, type SignedContext, symbolOf, timesOf } from './endpoint'
import { BitgetError, noSuchPlan, wrong } from './errors'
import { isPlan, orderIdOf, planIdOf, planStatusOf, readPlanId } from './ids'
import { findPlan, page, waitingPlans } from './order-look-up'
import { amountOf, commandSide, forceFields, sizeFields, triggered, wordOf } from './order-params'
import { planShape, statusOf, typeOf } from './order-shapes'

const MOST = 100

const ids = (plan: Order) => ({ orderId: planIdOf(plan.id), clientOid: plan.clientOrderId })

function place(context: SignedContext) {
  const { exchange, params, account, now } = context
  const rules = symbolOf(context)
  const side = commandSide(params)
  const isLimit = wordOf(params, 'orderType', ['limit', 'market'] as const) === 'limit'
  const trigger = amountOf(params, 'triggerPrice', rules.priceDecimals)
  const triggerType = wordOf(params, 'triggerType', ['fill_price', 'mark_price'] as const)
  const isTotal = params.word('planType', ['amount', 'total'] as const) === 'total'
  if (isTotal && (isLimit || side === 'SELL')) throw wrong('planType')
  const command = {
    symbol: rules.symbol,
    side,
    type: 'MARKET' as const,
    clientOrderId: params.clientOid() ?? context.newId(),
    ...sizeFields(params, 'size', isTotal, rules),
    limitPrice: isLimit ? amountOf(params, 'executePrice', rules.priceDecimals) : null,
    stopPrice: null,
    trailingDelta: null,
    ...forceFields(params, 'force'),
    isPostOnly: false,
    echo: { kind: 'plan', triggerType },
  }
  return ids(exchange.place(account, triggered(command, trigger, exchange.view(rules.symbol)), now).order)
}

/** The waiting plan order that a command names. Throws 43025. */
function waiting(context: SignedContext): Order {
  const plan = findPlan(context, context.params)
  if (plan === undefined || planStatusOf(plan) !== 'live') throw noSuchPlan('CLASSIC')
  return plan
}

function modify(context: SignedContext) {
  const { exchange, params, account, now } = context
  const plan = waiting(context)
  const rules = exchange.rulesOf(plan.symbol)
  if (rules === undefined) throw noSuchPlan('CLASSIC')
  const isLimit = wordOf(params, 'orderType', ['limit', 'market'] as const) === 'limit'
  const trigger = amountOf(params, 'triggerPrice', rules.priceDecimals)
  const size = sizeFields(params, 'size', plan.quoteQuantity !== null, rules)
  const limitPrice = isLimit ? amountOf(params, 'executePrice', rules.priceDecimals) : null
  const { type } = triggered({ ...plan, limitPrice }, trigger, exchange.view(plan.symbol))
  const quantity = size.quantity ?? plan.quantity
  exchange.change(
    account,
    plan,
    { type, stopPrice: trigger, limitPrice, quantity, quoteQuantity: size.quoteQuantity },
    now,
  )
  return ids(plan)
}

/** A page of plan orders, newest first, with the id to go on from. */
function pageOf(plans: Order[], beforeId: number | undefined, limit: number) {
  const found = page(plans, beforeId, limit)
  const last = found.at(-1)
  return {
    nextFlag: last !== undefined && plans.some(({ id }) => id < last.id),
    idLessThan: last === undefined ? '' : planIdOf(last.id),
    orderList: found.map(planShape),
  }
}

const beforeIdOf = ({ params }: SignedContext): number | undefined => {
  const before = params.text('idLessThan')
  return before === undefined ? undefined : readPlanId(before)
}

function history(context: SignedContext) {
  const { exchange, params, account } = context
  const { symbol } = symbolOf(context)
  params.required('startTime')
  params.required('endTime')
  const limit = params.limit(MOST, MOST)
  // One more than asked for tells whether there are more.
  const range = { symbol, ...timesOf(context), beforeId: beforeIdOf(context), limit: limit + 1 }
  const plans = exchange.store.newestOrders(
    account.record.id,
    range,
    (order) => isPlan(order) && planStatusOf(order) !== 'live',
  )
  return pageOf(plans, undefined, limit)
}

export const PLAN_ENDPOINTS: Endpoints = {
  'POST /api/v2/spot/trade/place-plan-order': classic(20, place),
  'POST /api/v2/spot/trade/modify-plan-order': classic(20, modify),
  'POST /api/v2/spot/trade/cancel-plan-order': classic(20, (context) => {
    const { exchange, account, now } = context
    exchange.cancel(account, waiting(context), context.newId(), now)
    return { result: 'success' }
  }),
  'POST /api/v2/spot/trade/batch-cancel-plan-order': classic(5, (context) => {
    const { exchange, params, account, now } = context
    const symbols = params.texts('symbolList')
    if (symbols.length > 50) throw new BitgetError('40306', 'Batch processing orders can only process up to 50')
    const plans = waitingPlans(context, undefined).filter(
      ({ symbol }) => symbols.length === 0 || symbols.includes(symbol),
    )
    for (const plan of plans) exchange.cancel(account, plan, context.newId(), now)
    return { successList: plans.map(ids), failureList: [] }
  }),
  'GET /api/v2/spot/trade/current-plan-order': classic(20, (context) => {
    const plans = waitingPlans(context, optionalSymbol(context))
    return pageOf(plans, beforeIdOf(context), context.params.limit(MOST, MOST))
  }),
  'GET /api/v2/spot/trade/history-plan-order': classic(20, history),
  'GET /api/v2/spot/trade/plan-sub-order': classic(20, (context) => {
    const id = readPlanId(context.params.required('planOrderId'))
    const plan = context.exchange.store.order(context.account.record.id, id ?? 0)
    if (plan === undefined || !isPlan(plan)) throw noSuchPlan('CLASSIC')
    if (planStatusOf(plan) !== 'executed') return []
    const price = plan.limitPrice?.toFixed() ?? '0'
    return [{ orderId: orderIdOf(plan.id), price, type: typeOf(plan), status: statusOf(plan) }]
  }),
}
