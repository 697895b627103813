import type { Amount } from '@/lib/domain/money/decimal'
import type { Order, OrderCommand } from '../matching/order'
import type { Rules } from '../matching/rules'
import { type Endpoints, optionalSymbol, type SignedContext, spotOnly, symbolOf, timesOf, unified } from './endpoint'
import { noSuchPlan, wrong } from './errors'
import { isPlan, planIdOf, planStatusOf, readPlanId } from './ids'
import { findPlan, waitingPlans } from './order-look-up'
import { amountOf, commandSide, triggered } from './order-params'
import type { Params } from './params'
import { strategyShape } from './unified-shapes'

const MOST = 100

const ids = (order: Order) => ({ orderId: planIdOf(order.id), clientOid: order.clientOrderId })

/** The names under which one kind of condition is told. */
interface Names {
  price: string
  by: string
  orderType: string
  limit: string
}
const TRIGGER: Names = {
  price: 'triggerPrice',
  by: 'triggerBy',
  orderType: 'triggerOrderType',
  limit: 'triggerOrderPrice',
}
const STOP: Names = { price: 'stopLoss', by: 'slTriggerBy', orderType: 'slOrderType', limit: 'slLimitPrice' }
const PROFIT: Names = { price: 'takeProfit', by: 'tpTriggerBy', orderType: 'tpOrderType', limit: 'tpLimitPrice' }

/** Which condition is told: a trigger, or exactly one of the two exits. */
function namesOf(params: Params, strategy: string): Names {
  if (strategy === 'trigger') return TRIGGER
  const [hasStop, hasProfit] = [params.text('stopLoss') !== undefined, params.text('takeProfit') !== undefined]
  // On spot there is no position that both exits could belong to.
  if (hasStop === hasProfit) throw wrong('takeProfit')
  return hasStop ? STOP : PROFIT
}

interface Condition {
  trigger: Amount
  limitPrice: Amount | null
  by: string
}

function conditionOf(params: Params, names: Names, rules: Rules): Condition {
  const isLimit = (params.word(names.orderType, ['limit', 'market'] as const) ?? 'market') === 'limit'
  return {
    trigger: amountOf(params, names.price, rules.priceDecimals),
    limitPrice: isLimit ? amountOf(params, names.limit, rules.priceDecimals) : null,
    by: params.word(names.by, ['market', 'mark'] as const) ?? 'market',
  }
}

/** An exit says by its name which way the price must go; a trigger implies it. */
function typeOf(command: OrderCommand, names: Names): OrderCommand['type'] {
  if (names === TRIGGER) return command.type
  const kind = names === STOP ? 'STOP' : 'TAKE_PROFIT'
  return command.limitPrice === null ? `${kind}_MARKET` : `${kind}_LIMIT`
}

function place(context: SignedContext) {
  const { exchange, params, account, now } = context
  spotOnly(context)
  const rules = symbolOf(context)
  const strategy = params.word('type', ['tpsl', 'trigger'] as const) ?? 'tpsl'
  const names = namesOf(params, strategy)
  const { trigger, limitPrice, by } = conditionOf(params, names, rules)
  const command = triggered(
    {
      symbol: rules.symbol,
      side: commandSide(params),
      type: 'MARKET',
      clientOrderId: params.clientOid() ?? context.newId(),
      quantity: amountOf(params, 'qty', rules.quantityDecimals),
      quoteQuantity: null,
      limitPrice,
      stopPrice: null,
      trailingDelta: null,
      timeInForce: 'GTC',
      isPostOnly: false,
      echo: { kind: 'plan', strategy, triggerType: by },
    },
    trigger,
    exchange.view(rules.symbol),
  )
  return ids(exchange.place(account, { ...command, type: typeOf(command, names) }, now).order)
}

/** The waiting strategy order that a command names. Throws 25204. */
function waiting(context: SignedContext): Order {
  const order = findPlan(context, context.params)
  if (order === undefined || planStatusOf(order) !== 'live') throw noSuchPlan('UNIFIED')
  return order
}

function modify(context: SignedContext) {
  const { exchange, params, account, now } = context
  const order = waiting(context)
  const rules = exchange.rulesOf(order.symbol)
  if (rules === undefined) throw noSuchPlan('UNIFIED')
  const names = namesOf(params, order.echo['strategy'] ?? 'tpsl')
  const { trigger, limitPrice } = conditionOf(params, names, rules)
  const quantity = params.amount('qty', rules.quantityDecimals) ?? order.quantity
  const changed = triggered({ ...order, limitPrice }, trigger, exchange.view(order.symbol))
  const type = typeOf(changed, names)
  exchange.change(account, order, { type, stopPrice: trigger, limitPrice, quantity }, now)
  return ids(order)
}

const isOfType = ({ params }: SignedContext) => {
  const type = params.word('type', ['tpsl', 'trigger'] as const)
  return (order: Order): boolean => isPlan(order) && (type === undefined || order.echo['strategy'] === type)
}

function history(context: SignedContext) {
  const { exchange, params, account } = context
  spotOnly(context)
  const cursor = params.text('cursor')
  const fits = isOfType(context)
  const orders = exchange.store.newestOrders(
    account.record.id,
    {
      symbol: optionalSymbol(context),
      ...timesOf(context),
      beforeId: cursor === undefined ? undefined : readPlanId(cursor),
      limit: params.limit(MOST, MOST),
    },
    (order) => fits(order) && planStatusOf(order) !== 'live',
  )
  const last = orders.at(-1)
  return { list: orders.map(strategyShape), cursor: last === undefined ? '' : planIdOf(last.id) }
}

export const STRATEGY_ENDPOINTS: Endpoints = {
  'POST /api/v3/trade/place-strategy-order': unified(10, place),
  'POST /api/v3/trade/modify-strategy-order': unified(10, modify),
  'POST /api/v3/trade/cancel-strategy-order': unified(10, (context) => {
    const { exchange, account, now } = context
    exchange.cancel(account, waiting(context), context.newId(), now)
    return null
  }),
  'GET /api/v3/trade/unfilled-strategy-orders': unified(20, (context) => {
    spotOnly(context)
    return waitingPlans(context, optionalSymbol(context)).filter(isOfType(context)).map(strategyShape)
  }),
  'GET /api/v3/trade/history-strategy-orders': unified(20, history),
}
