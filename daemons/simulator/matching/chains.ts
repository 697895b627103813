import { roundToStep } from '@/lib/domain/money/rounding'
import type { Account } from './account'
import type { MarketView } from './book'
import type { Desk } from './desk'
import { brokenFilter } from './filters'
import type { Matcher } from './matcher'
import type { Order, OrderList } from './order'
import { isConditional, isOpen, remainingOf } from './order'
import { Rejection } from './rejection'
import type { Rules } from './rules'
import { wouldFire } from './triggers'

/**
 * Places what waited for a list's first order, now that it is filled. Where the market or the account does not take it any
 * more, all of it is rejected. Source: Binance, rest-api.md "New Order list - OTO", faqs/opo.md.
 */
export function placePending(desk: Desk, matcher: Matcher, list: OrderList, working: Order, time: number): void {
  const account = desk.accountOf(working)
  const rules = desk.options.rules(list.symbol)
  const view = desk.options.view(list.symbol)
  const pending = desk.open.listMembersOf(working).filter((order) => order.isPending && isOpen(order))
  if (rules === undefined || view === undefined) return
  const brought = desk.freeProceeds(account, working, rules)
  for (const order of pending) {
    if (working.proceeds !== null) order.quantity = roundToStep(brought, rules.stepSize)
    order.isPending = false
    order.isWorking = !isConditional(order.type)
    order.updatedTime = time
  }
  try {
    const [first] = pending
    for (const order of pending) checkAgain(matcher, account, order, rules, view)
    if (first !== undefined && first.type !== 'MARKET') desk.reserve(account, rules, pending)
  } catch (error) {
    if (!(error instanceof Rejection)) throw error
    for (const order of pending) desk.close(account, order, 'REJECTED', time, null, error.reason)
    return
  }
  for (const order of pending) {
    if (order.isWorking) desk.enqueue(order, time)
    else if (order.trailingDelta !== null && order.stopPrice === null) order.trailingPeak = view.last
    desk.open.touch(order)
    desk.touch(account, time)
    desk.log.order(order, 'NEW')
  }
  for (const order of pending) start(desk, matcher, account, order, rules, view, time)
}

function checkAgain(matcher: Matcher, account: Account, order: Order, rules: Rules, view: MarketView): void {
  const broken = brokenFilter(order, rules, view)
  if (broken !== null) throw new Rejection('FILTER', broken)
  if (isConditional(order.type) && wouldFire(order, view.last)) throw new Rejection('WOULD_TRIGGER')
  if (order.isPostOnly && matcher.plan(account, order, order.quantity, rules, view).length > 0)
    throw new Rejection('WOULD_TAKE')
  if (order.type === 'MARKET') matcher.affordable(account, order, rules, view)
}

function start(
  desk: Desk,
  matcher: Matcher,
  account: Account,
  order: Order,
  rules: Rules,
  view: MarketView,
  time: number,
): void {
  if (!order.isWorking || !isOpen(order)) return
  if (order.type !== 'MARKET') {
    matcher.cross(account, order, rules, view, time)
  } else {
    matcher.executeAll(account, order, matcher.plan(account, order, remainingOf(order), rules, view), rules, time)
    if (isOpen(order)) desk.close(account, order, 'EXPIRED', time)
  }
  desk.finishList(account, order)
}
