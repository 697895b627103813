import type { Amount } from '@/lib/domain/money/decimal'
import type { Account } from './account'
import type { MarketView } from './book'
import { brokenCount, brokenFilter } from './filters'
import type { OpenOrders } from './open-orders'
import type { ListCommand, Order, OrderCommand } from './order'
import { isConditional } from './order'
import { Rejection } from './rejection'
import type { Rules } from './rules'
import { wouldFire } from './triggers'

interface Markets {
  rules: (symbol: string) => Rules | undefined
  view: (symbol: string) => MarketView | undefined
}

/**
 * Checks new orders of one account (one order, or those of a list) against the rules of the market, before any funds are
 * looked at. What is pending in `chain` is judged by the market again when it is placed. Throws Rejection.
 */
export function admit(
  account: Account,
  commands: OrderCommand[],
  open: OpenOrders,
  markets: Markets,
  chain?: ListCommand,
): { rules: Rules; view: MarketView } {
  const symbol = commands[0]?.symbol ?? ''
  const rules = markets.rules(symbol)
  const view = markets.view(symbol)
  if (rules === undefined || view === undefined) throw new Rejection('UNKNOWN_SYMBOL')
  const unsized = chain?.isPaidByWorking === true ? chain.pending : []
  for (const command of commands) {
    const broken = unsized.includes(command) ? null : brokenFilter(command, rules, view)
    if (broken !== null) throw new Rejection('FILTER', broken)
    if (account.openByClientId.has(command.clientOrderId)) throw new Rejection('DUPLICATE_CLIENT_ID')
  }
  const restable = commands.filter((command) => command.type !== 'MARKET')
  const broken = restable.length === 0 ? null : brokenCount(restable, open.countOf(account, symbol), rules)
  if (broken !== null) throw new Rejection('FILTER', broken)
  const placed = chain === undefined ? commands : [chain.working]
  if (placed.some((command) => isConditional(command.type) && wouldFire(command, view.last)))
    throw new Rejection(commands.length > 1 ? 'LIST_PRICES' : 'WOULD_TRIGGER')
  return { rules, view }
}

/** The same for an open order that is to become `changed`: it keeps its client id and its place among the counted ones. */
export function admitChange(changed: Order, markets: Markets): { rules: Rules; view: MarketView } {
  const rules = markets.rules(changed.symbol)
  const view = markets.view(changed.symbol)
  if (rules === undefined || view === undefined) throw new Rejection('UNKNOWN_SYMBOL')
  if (changed.quantity.lte(changed.filledQuantity) && changed.quoteQuantity === null)
    throw new Rejection('FILTER', 'LOT_SIZE')
  const broken = brokenFilter(changed.quoteQuantity === null ? changed : { ...changed, quantity: null }, rules, view)
  if (broken !== null) throw new Rejection('FILTER', broken)
  if (!changed.isWorking && wouldFire(changed, view.last)) throw new Rejection('WOULD_TRIGGER')
  return { rules, view }
}

export const MAX_AMENDS = 10

/** Checks that an open order may shrink to `quantity` under the client id `clientOrderId`. Throws Rejection. */
export function admitReduction(
  account: Account,
  order: Order,
  quantity: Amount,
  clientOrderId: string,
  markets: Markets,
): Rules {
  const rules = markets.rules(order.symbol)
  const view = markets.view(order.symbol)
  if (rules === undefined || view === undefined) throw new Rejection('UNKNOWN_SYMBOL')
  if (order.isPending && order.quantity.isZero()) throw new Rejection('AMEND_PENDING')
  if (quantity.eq(order.quantity)) throw new Rejection('AMEND_NOTHING')
  if (quantity.gt(order.quantity)) throw new Rejection('AMEND_INCREASE')
  const broken = quantity.lte(order.filledQuantity) ? 'LOT_SIZE' : brokenFilter({ ...order, quantity }, rules, view)
  if (broken !== null) throw new Rejection('FILTER', broken)
  if (order.amendments.length >= MAX_AMENDS) throw new Rejection('FILTER', 'MAX_NUM_ORDER_AMENDS')
  const other = account.openByClientId.get(clientOrderId)
  if (other !== undefined && other !== order) throw new Rejection('DUPLICATE_CLIENT_ID')
  return rules
}
