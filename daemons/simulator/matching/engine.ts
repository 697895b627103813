import type { Amount } from '@/lib/domain/money/decimal'
import { min, sum } from '@/lib/domain/money/decimal'
import type { Account } from './account'
import { admit, admitChange, admitReduction } from './admission'
import type { MarketView } from './book'
import type { Changes } from './changes'
import { placePending } from './chains'
import { type Counters, Desk, type EngineOptions } from './desk'
import { Matcher } from './matcher'
import type { OpenOrders } from './open-orders'
import type { ListCommand, Order, OrderChange, OrderCommand, OrderList } from './order'
import { isOpen } from './order'
import { Rejection } from './rejection'
import type { Rules } from './rules'

/**
 * The matching engine: accounts, resting orders, order lists and balances. Pure: no I/O, no clock, no randomness; each
 * command either throws a Rejection and changes nothing, or is complete. Call `take()` after each command.
 */
export class MatchingEngine {
  private readonly desk: Desk
  private readonly matcher: Matcher

  constructor(options: EngineOptions) {
    this.desk = new Desk(options)
    this.matcher = new Matcher(this.desk)
  }

  get accounts(): ReadonlyMap<number, Account> {
    return this.desk.accounts
  }

  get open(): OpenOrders {
    return this.desk.open
  }

  get counters(): Counters {
    return this.desk.counters
  }

  addAccount(account: Account): void {
    this.desk.accounts.set(account.record.id, account)
  }

  restoreOpen(orders: Order[], lists: OrderList[]): void {
    this.desk.restoreOpen(orders, lists)
  }

  deposit(account: Account, asset: string, amount: Amount, time: number): void {
    account.ledger.credit(asset, amount)
    this.desk.touch(account, time)
    this.desk.log.deposit(account.record.id, asset, amount, time)
  }

  /** Places one order. `time` in epoch ms. Throws Rejection. */
  place(account: Account, command: OrderCommand, time: number): Order {
    const { desk, matcher } = this
    const { rules, view } = this.check(account, [command])
    const isTaking = command.isPostOnly && matcher.plan(account, command, command.quantity, rules, view).length > 0
    if (isTaking && command.isEndedWhenTaking !== true) throw new Rejection('WOULD_TAKE')
    if (command.type === 'MARKET') return this.executeMarket(account, command, rules, view, time)
    const order = desk.create(account, command, view, time, null)
    desk.reserve(account, rules, [order])
    desk.accept(account, order, time)
    if (isTaking) desk.close(account, order, 'CANCELED', time)
    else if (order.isWorking) matcher.cross(account, order, rules, view, time)
    this.placeDue(time)
    return order
  }

  /** Places two orders of which one ends the other: `above` the market and `below` it. Throws Rejection. */
  placeList(account: Account, above: OrderCommand, below: OrderCommand, clientListId: string, time: number): OrderList {
    const { desk } = this
    const { rules, view } = this.check(account, [above, below])
    for (const leg of [above, below])
      if (leg.type === 'LIMIT' && this.matcher.plan(account, leg, leg.quantity, rules, view).length > 0)
        throw new Rejection('LIST_PRICES')
    const id = desk.counters.listId + 1
    const orders = [below, above].map((leg) => desk.create(account, leg, view, time, id))
    for (const order of orders) order.isPaired = true
    desk.reserve(account, rules, orders)
    const list = this.openList(account, orders, { clientListId, contingency: 'OCO', workingId: null }, time)
    for (const order of orders) desk.accept(account, order, time)
    return list
  }

  /**
   * Places an order and keeps what follows it, one order or a pair of which one ends the other, until it is filled.
   * Answers the orders as they are before anything that follows is placed. Throws Rejection.
   */
  placeChain(account: Account, command: ListCommand, time: number): { list: OrderList; orders: Order[] } {
    const { desk, matcher } = this
    const { working, pending } = command
    const { rules, view } = admit(account, [working, ...pending], desk.open, desk.options, command)
    if (working.isPostOnly && matcher.plan(account, working, working.quantity, rules, view).length > 0)
      throw new Rejection('WOULD_TAKE')
    const id = desk.counters.listId + 1
    const first = desk.create(account, working, view, time, id)
    desk.reserve(account, rules, [first])
    if (command.isPaidByWorking) first.proceeds = sum([])
    const others = pending.map((one) => {
      const order = desk.create(account, one, view, time, id)
      return Object.assign(order, {
        isPending: true,
        isPaired: pending.length > 1,
        isWorking: false,
        workingTime: null,
        trailingPeak: null,
      })
    })
    const { clientListId } = command
    const list = this.openList(
      account,
      [first, ...others],
      { clientListId, contingency: 'OTO', workingId: first.id },
      time,
    )
    for (const order of [first, ...others]) desk.accept(account, order, time)
    matcher.cross(account, first, rules, view, time)
    const orders = [first, ...others].map((order) => ({ ...order }))
    this.placeDue(time)
    return { list, orders }
  }

  /** Cancels an open order, and with it all open orders of its list. Throws Rejection when it is not open. */
  cancel(account: Account, order: Order, cancelId: string, time: number): Order[] {
    if (account.openOrders.get(order.id) !== order) throw new Rejection('UNKNOWN_ORDER')
    const members = this.open.listMembersOf(order).filter(isOpen)
    for (const member of members) if (isOpen(member)) this.desk.close(account, member, 'CANCELED', time, cancelId)
    return members
  }

  /** Changes an open order in place: it keeps its ids and loses its place in the queue. Throws Rejection. */
  change(account: Account, order: Order, to: OrderChange, time: number): void {
    const { desk } = this
    if (account.openOrders.get(order.id) !== order) throw new Rejection('UNKNOWN_ORDER')
    const before = { ...order }
    const { rules, view } = admitChange({ ...order, ...to }, desk.options)
    Object.assign(order, to, { updatedTime: time })
    order.reservePrice = order.limitPrice ?? order.stopPrice ?? order.reservePrice
    if (!desk.holds.adjust(account, rules, this.open.membersOf(order))) {
      Object.assign(order, before)
      throw new Rejection('INSUFFICIENT_BALANCE')
    }
    if (order.isWorking) desk.enqueue(order, time)
    desk.open.touch(order)
    desk.touch(account, time)
    desk.log.order(order, 'NEW')
    if (order.isWorking) this.matcher.cross(account, order, rules, view, time)
    this.placeDue(time)
  }

  /**
   * Makes an open order smaller: it keeps its place in the queue. The two of a pair change together. Answers the orders
   * changed, the one asked for first. Throws Rejection.
   */
  reduce(account: Account, order: Order, quantity: Amount, clientOrderId: string, time: number): Order[] {
    const { desk } = this
    if (account.openOrders.get(order.id) !== order) throw new Rejection('UNKNOWN_ORDER')
    const rules = admitReduction(account, order, quantity, clientOrderId, desk.options)
    const members = this.open.membersOf(order)
    const changed = [order, ...members.filter((member) => member !== order && isOpen(member))]
    for (const member of changed) {
      const originalId = member.clientOrderId
      account.removeOpen(member)
      member.amendments = [
        ...member.amendments,
        { time, originalId, newId: member === order ? clientOrderId : originalId, from: member.quantity, to: quantity },
      ]
      if (member === order) member.clientOrderId = clientOrderId
      member.quantity = quantity
      if (member.visibleQuantity !== null)
        member.visibleQuantity = min(member.visibleQuantity, quantity.minus(member.filledQuantity))
      member.updatedTime = time
      account.addOpen(member)
      desk.touch(account, time)
      desk.log.order(member, 'REPLACED', null, originalId)
    }
    desk.holds.shrink(account, rules, members)
    return changed
  }

  /** A print of the outside market: fills resting orders it reaches, up to its volume, then fires triggers. */
  onPrint(symbol: string, price: Amount, quantity: Amount, time: number): void {
    const rules = this.desk.options.rules(symbol)
    if (rules === undefined) return
    this.matcher.reach(symbol, price, quantity, rules, time)
    for (const order of this.open.waiting(symbol)) this.matcher.fireIfReached(order, price, rules, time)
    this.placeDue(time)
  }

  /** Ends what was to last until `time` at most. */
  expireDue(time: number): void {
    for (const order of this.open.expiring(time))
      if (isOpen(order)) this.desk.close(this.desk.accountOf(order), order, 'EXPIRED', time)
  }

  /** Changes since the last call. */
  take(): Changes {
    return this.desk.take()
  }

  /** Runs all checks of new orders without placing them: for order/test. Throws Rejection. */
  check(account: Account, commands: OrderCommand[]): { rules: Rules; view: MarketView } {
    return admit(account, commands, this.open, this.desk.options)
  }

  private executeMarket(account: Account, command: OrderCommand, rules: Rules, view: MarketView, time: number): Order {
    const { desk, matcher } = this
    const matches = matcher.affordable(account, command, rules, view)
    const order = desk.create(account, command, view, time, null)
    if (command.quantity === null) order.quantity = sum(matches.map((match) => match.quantity))
    desk.touch(account, time)
    desk.log.order(order, 'NEW')
    matcher.executeAll(account, order, matches, rules, time)
    if (isOpen(order)) desk.close(account, order, 'EXPIRED', time)
    this.placeDue(time)
    return order
  }

  private openList(
    account: Account,
    orders: Order[],
    more: Pick<OrderList, 'clientListId' | 'contingency' | 'workingId'>,
    time: number,
  ): OrderList {
    this.desk.counters.listId += 1
    const list: OrderList = {
      ...more,
      id: this.desk.counters.listId,
      accountId: account.record.id,
      symbol: orders[0]?.symbol ?? '',
      orderIds: orders.map((order) => order.id),
      isDone: false,
      createdTime: time,
    }
    this.open.addList(list)
    this.desk.log.list(list, orders)
    return list
  }

  /** Places what waited for orders that were filled meanwhile, and what that brings about in turn. */
  private placeDue(time: number): void {
    for (let next = this.desk.due.shift(); next !== undefined; next = this.desk.due.shift())
      placePending(this.desk, this.matcher, next.list, next.working, time)
  }
}
