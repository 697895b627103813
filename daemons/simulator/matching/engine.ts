import type { Amount } from '@/lib/domain/money/decimal'
import { max, min, sum } from '@/lib/domain/money/decimal'
import { roundToStep, roundUpToStep } from '@/lib/domain/money/rounding'
import type { Account } from './account'
import type { Match, MarketView } from './book'
import { admit, admitChange } from './admission'
import { byPriority, isWithin, withinFunds } from './book'
import type { Changes } from './changes'
import { ChangeLog } from './changes'
import { OpenOrders } from './open-orders'
import { newOrder, planFor } from './new-order'
import type { Execution, Order, OrderChange, OrderCommand, OrderList } from './order'
import { isOpen, remainingOf } from './order'
import { Rejection } from './rejection'
import type { Rules } from './rules'
import { costOf, feeOf, Holds, toAssetUnits } from './settlement'
import { firesAt } from './triggers'

export interface EngineOptions {
  rules: (symbol: string) => Rules | undefined
  view: (symbol: string) => MarketView | undefined
  /** Share of an order that one match may fill at most (a fault for tests); null for no limit. */
  fillLimit?: () => Amount | null
}

export interface Counters {
  orderId: number
  listId: number
  tradeId: number
}

/**
 * The matching engine: accounts, resting orders, order lists and balances. Pure: no I/O, no clock, no randomness; each
 * command either throws a Rejection and changes nothing, or is complete. Call `take()` after each command.
 */
export class MatchingEngine {
  readonly accounts = new Map<number, Account>()
  readonly open = new OpenOrders()
  readonly counters: Counters = { orderId: 0, listId: 0, tradeId: 0 }
  private readonly holds = new Holds()
  private readonly log = new ChangeLog()
  private readonly options: EngineOptions
  private readonly touchedAccounts = new Set<Account>()

  constructor(options: EngineOptions) {
    this.options = options
  }

  addAccount(account: Account): void {
    this.accounts.set(account.record.id, account)
  }

  /** Takes over an open order read from the store; its funds are already locked in the ledger. */
  restoreOpen(orders: Order[], lists: OrderList[]): void {
    for (const list of lists) this.open.addList(list)
    for (const order of orders) {
      this.accounts.get(order.accountId)?.addOpen(order)
      this.open.add(order)
    }
    for (const order of orders) {
      const account = this.accounts.get(order.accountId)
      if (account !== undefined) this.holds.restore(account, this.open.membersOf(order))
    }
  }

  deposit(account: Account, asset: string, amount: Amount, time: number): void {
    account.ledger.credit(asset, amount)
    this.touch(account, time)
    this.log.deposit(account.record.id, asset, amount, time)
  }

  /** Places one order. `time` in epoch ms. Throws Rejection. */
  place(account: Account, command: OrderCommand, time: number): Order {
    const { rules, view } = this.check(account, [command])
    const isTaking = command.isPostOnly && this.plan(account, command, rules, view).length > 0
    if (isTaking && command.isEndedWhenTaking !== true) throw new Rejection('WOULD_TAKE')
    if (command.type === 'MARKET') return this.executeMarket(account, command, rules, view, time)
    const order = this.create(account, command, view, time, null)
    this.reserve(account, rules, [order])
    this.accept(account, order, time)
    if (isTaking) this.close(account, order, 'CANCELED', time, null)
    else if (order.isWorking) this.cross(account, order, rules, view, time)
    return order
  }

  /** Places two orders of which one ends the other: `above` the market and `below` it. Throws Rejection. */
  placeList(account: Account, above: OrderCommand, below: OrderCommand, clientListId: string, time: number): OrderList {
    const { rules, view } = this.check(account, [above, below])
    for (const leg of [above, below])
      if (leg.type === 'LIMIT' && this.plan(account, leg, rules, view).length > 0) throw new Rejection('LIST_PRICES')
    const id = this.counters.listId + 1
    const aboveOrder = this.create(account, above, view, time, id)
    const belowOrder = this.create(account, below, view, time, id)
    const list: OrderList = {
      id,
      accountId: account.record.id,
      symbol: above.symbol,
      clientListId,
      orderIds: [belowOrder.id, aboveOrder.id],
      isDone: false,
      createdTime: time,
    }
    this.reserve(account, rules, [belowOrder, aboveOrder])
    this.counters.listId = id
    this.open.addList(list)
    this.log.list(list, [belowOrder, aboveOrder])
    this.accept(account, belowOrder, time)
    this.accept(account, aboveOrder, time)
    return list
  }

  /** Cancels an open order, and with it the other order of its list. Throws Rejection when it is not open. */
  cancel(account: Account, order: Order, cancelId: string, time: number): Order[] {
    if (account.openOrders.get(order.id) !== order) throw new Rejection('UNKNOWN_ORDER')
    const members = this.open.membersOf(order)
    for (const member of members) this.close(account, member, 'CANCELED', time, cancelId)
    return members
  }

  /** Changes an open order in place: it keeps its ids and loses its place in the queue. Throws Rejection. */
  change(account: Account, order: Order, to: OrderChange, time: number): void {
    if (account.openOrders.get(order.id) !== order) throw new Rejection('UNKNOWN_ORDER')
    const before = { ...order }
    const { rules, view } = admitChange({ ...order, ...to }, this.options)
    Object.assign(order, to, { updatedTime: time, workingTime: order.isWorking ? time : null })
    order.reservePrice = order.limitPrice ?? order.stopPrice ?? order.reservePrice
    if (!this.holds.adjust(account, rules, this.open.membersOf(order))) {
      Object.assign(order, before)
      throw new Rejection('INSUFFICIENT_BALANCE')
    }
    this.open.touch(order)
    this.touch(account, time)
    this.log.order(order, 'NEW')
    if (order.isWorking) this.cross(account, order, rules, view, time)
  }

  /** A print of the outside market: fills resting orders it reaches, up to its volume, then fires triggers. */
  onPrint(symbol: string, price: Amount, quantity: Amount, time: number): void {
    const rules = this.options.rules(symbol)
    if (rules === undefined) return
    let volume = quantity
    for (const side of ['BUY', 'SELL'] as const) {
      const reached = this.open
        .working(symbol, side)
        .filter(
          (order) => order.limitPrice !== null && isWithin(side === 'BUY' ? 'SELL' : 'BUY', order.limitPrice, price),
        )
        .sort(byPriority(side))
      for (const order of reached) {
        if (volume.lte(0)) break
        if (!isOpen(order)) continue
        const offered = roundToStep(min(volume, this.limited(remainingOf(order), order, rules)), rules.stepSize)
        if (offered.lte(0) || order.limitPrice === null) continue
        volume = volume.minus(offered)
        this.fillResting(order, { price: order.limitPrice, quantity: offered, maker: null }, rules, time)
      }
    }
    for (const order of this.open.waiting(symbol)) this.fireIfReached(order, price, rules, time)
  }

  /** Changes since the last call. */
  take(): Changes {
    const balances = [...this.touchedAccounts].flatMap((account) =>
      account.ledger
        .takeTouched()
        .map((asset) => ({ accountId: account.record.id, asset, ...account.ledger.of(asset) })),
    )
    this.touchedAccounts.clear()
    return this.log.take(balances)
  }

  /** Runs all checks of new orders without placing them: for order/test. Throws Rejection. */
  check(account: Account, commands: OrderCommand[]): { rules: Rules; view: MarketView } {
    return admit(account, commands, this.open, this.options)
  }

  private create(
    account: Account,
    command: OrderCommand,
    view: MarketView,
    time: number,
    listId: number | null,
  ): Order {
    this.counters.orderId += 1
    return newOrder(command, { id: this.counters.orderId, accountId: account.record.id, listId }, view.last, time)
  }

  private reserve(account: Account, rules: Rules, orders: Order[]): void {
    if (!this.holds.adjust(account, rules, orders)) throw new Rejection('INSUFFICIENT_BALANCE')
  }

  private accept(account: Account, order: Order, time: number): void {
    account.addOpen(order)
    this.open.add(order)
    this.touch(account, time)
    this.log.order(order, 'NEW')
  }

  private plan(
    account: Account,
    command: OrderCommand,
    rules: Rules,
    view: MarketView,
    quantity = command.quantity,
  ): Match[] {
    return planFor(command, quantity, this.open, account.record.id, rules, view)
  }

  /** The partial-fill fault: at most a share of `quantity`, at least one step. */
  private limited(quantity: Amount, order: Pick<Order, 'quantity'>, rules: Rules): Amount {
    const share = this.options.fillLimit?.() ?? null
    return share === null ? quantity : min(quantity, roundUpToStep(order.quantity.times(share), rules.stepSize))
  }

  private executeMarket(account: Account, command: OrderCommand, rules: Rules, view: MarketView, time: number): Order {
    const matches = this.plan(account, command, rules, view)
    if (matches.length === 0) throw new Rejection('NO_LIQUIDITY')
    const cost =
      command.side === 'BUY'
        ? sum(matches.map((match) => toAssetUnits(match.price.times(match.quantity))))
        : sum(matches.map((match) => match.quantity))
    const asset = command.side === 'BUY' ? rules.quoteAsset : rules.baseAsset
    const needed =
      command.side === 'BUY' ? costOf(account, command.quoteQuantity ?? cost) : max(command.quantity ?? cost, cost)
    if (account.ledger.of(asset).free.lt(needed)) throw new Rejection('INSUFFICIENT_BALANCE')
    const order = this.create(account, command, view, time, null)
    if (command.quantity === null) order.quantity = sum(matches.map((match) => match.quantity))
    this.touch(account, time)
    this.log.order(order, 'NEW')
    this.executeAll(account, order, matches, rules, time)
    if (isOpen(order)) this.expire(account, order, time)
    return order
  }

  /** Executes planned matches as taker, as far as the partial-fill fault allows. */
  private executeAll(account: Account, order: Order, matches: Match[], rules: Rules, time: number): void {
    let allowed = this.limited(remainingOf(order), order, rules)
    for (const match of matches) {
      const quantity = min(allowed, match.quantity)
      if (quantity.lte(0)) break
      allowed = allowed.minus(quantity)
      if (match.maker !== null) this.fillResting(match.maker, { ...match, quantity }, rules, time)
      this.settle(account, order, match.price, quantity, false, rules, time)
    }
  }

  /** Lets a new or freshly triggered limit order take what it crosses, then rests or ends it by its time in force. */
  private cross(account: Account, order: Order, rules: Rules, view: MarketView, time: number): void {
    const matches = this.plan(account, order, rules, view, remainingOf(order))
    const isShort = sum(matches.map((match) => match.quantity)).lt(remainingOf(order))
    if (!(order.timeInForce === 'FOK' && isShort)) this.executeAll(account, order, matches, rules, time)
    if (isOpen(order) && order.timeInForce !== 'GTC') this.expire(account, order, time)
  }

  /** A resting order is matched; the other order of its list ends first. */
  private fillResting(order: Order, match: Match, rules: Rules, time: number): void {
    const account = this.accounts.get(order.accountId)
    if (account === undefined) throw new Error(`order ${order.id} has no account`)
    this.endSibling(account, order, time)
    this.settle(account, order, match.price, match.quantity, true, rules, time)
    this.finishList(account, order)
  }

  private fireIfReached(order: Order, price: Amount, rules: Rules, time: number): void {
    const account = this.accounts.get(order.accountId)
    if (account === undefined || !isOpen(order)) return
    const peak = order.trailingPeak
    if (!firesAt(order, price)) {
      if (order.trailingPeak !== peak) this.logSilently(account, order)
      return
    }
    const view = this.options.view(order.symbol)
    if (view === undefined) return
    this.endSibling(account, order, time)
    order.isWorking = true
    order.workingTime = time
    order.updatedTime = time
    this.open.touch(order)
    this.touch(account, time)
    if (!this.isFunded(account, order, rules, view)) {
      this.expire(account, order, time)
      return
    }
    this.log.order(order, 'NEW')
    if (order.limitPrice === null) this.executeTriggered(account, order, rules, view, time)
    else this.cross(account, order, rules, view, time)
    this.finishList(account, order)
  }

  /** Locks at its firing what an order did not hold before; a purchase for an amount learns its quantity. */
  private isFunded(account: Account, order: Order, rules: Rules, view: MarketView): boolean {
    if (order.isUnfunded !== true) return true
    if (order.quoteQuantity === null) return this.holds.adjust(account, rules, [order])
    order.quantity = sum(this.plan(account, order, rules, view, null).map((match) => match.quantity))
    return order.quantity.gt(0) && account.ledger.of(rules.quoteAsset).free.gte(order.quoteQuantity)
  }

  /** A triggered market order spends what was held for it and, for a purchase above its trigger, what else is free. */
  private executeTriggered(account: Account, order: Order, rules: Rules, view: MarketView, time: number): void {
    const funds = account.ledger.of(rules.quoteAsset).free.plus(this.holds.of(order))
    const matches = this.plan(account, order, rules, view, remainingOf(order))
    const affordable = order.side === 'SELL' ? matches : withinFunds(matches, funds, rules.stepSize)
    this.executeAll(account, order, affordable, rules, time)
    if (isOpen(order)) this.expire(account, order, time)
  }

  private settle(
    account: Account,
    order: Order,
    price: Amount,
    quantity: Amount,
    isMaker: boolean,
    rules: Rules,
    time: number,
  ): void {
    const quoteQuantity = toAssetUnits(price.times(quantity))
    const { fee, feeAsset } = feeOf(account, rules, { side: order.side, quantity, quoteQuantity }, this.options.view)
    // A fee in the asset paid comes out of the same hold.
    const isFeePaidAlong = order.side === 'BUY' && feeAsset === rules.quoteAsset
    const paid = order.side === 'SELL' ? quantity : isFeePaidAlong ? quoteQuantity.plus(fee) : quoteQuantity
    const held = min(paid, this.holds.of(order))
    if (held.gt(0)) this.holds.spend(account, rules, order, held)
    const rest = paid.minus(held)
    const [paidAsset, gotAsset, got] =
      order.side === 'BUY'
        ? [rules.quoteAsset, rules.baseAsset, quantity]
        : [rules.baseAsset, rules.quoteAsset, quoteQuantity]
    if (rest.gt(0)) account.ledger.credit(paidAsset, rest.negated())
    account.ledger.credit(gotAsset, got)
    if (!isFeePaidAlong) account.ledger.credit(feeAsset, fee.negated())
    order.filledQuantity = order.filledQuantity.plus(quantity)
    order.filledQuoteQuantity = order.filledQuoteQuantity.plus(quoteQuantity)
    order.status = order.filledQuantity.gte(order.quantity) ? 'FILLED' : 'PARTIALLY_FILLED'
    order.updatedTime = time
    this.counters.tradeId += 1
    const { id: orderId, listId, symbol, side, accountId } = order
    const identity = { id: this.counters.tradeId, accountId, orderId, listId, symbol, side }
    const fill: Execution = { ...identity, price, quantity, quoteQuantity, fee, feeAsset, isMaker, time }
    this.touch(account, time)
    if (order.type !== 'MARKET') this.holds.shrink(account, rules, this.open.membersOf(order))
    if (!isOpen(order)) this.leave(account, order)
    this.log.order(order, 'TRADE', fill)
  }

  private expire(account: Account, order: Order, time: number): void {
    if (order.type === 'MARKET') {
      order.status = 'EXPIRED'
      order.updatedTime = time
      this.log.order(order, 'EXPIRED')
    } else this.close(account, order, 'EXPIRED', time, null)
  }

  private close(
    account: Account,
    order: Order,
    status: 'CANCELED' | 'EXPIRED',
    time: number,
    cancelId: string | null,
  ): void {
    const rules = this.options.rules(order.symbol)
    const members = this.open.membersOf(order)
    order.status = status
    order.updatedTime = time
    this.touch(account, time)
    if (rules !== undefined) this.holds.shrink(account, rules, members)
    this.leave(account, order)
    this.log.order(order, status, null, cancelId)
    this.finishList(account, order)
  }

  private endSibling(account: Account, order: Order, time: number): void {
    for (const sibling of this.open.membersOf(order))
      if (sibling !== order && isOpen(sibling)) this.close(account, sibling, 'EXPIRED', time, null)
  }

  /** Announces the end of a list once neither of its orders is open any more. */
  private finishList(account: Account, order: Order): void {
    const ended = this.open.endList(order)
    if (ended === null) return
    this.touch(account, order.updatedTime)
    this.log.list(ended.list, ended.members)
  }

  private leave(account: Account, order: Order): void {
    account.removeOpen(order)
    this.open.remove(order)
  }

  private logSilently(account: Account, order: Order): void {
    this.touchedAccounts.add(account)
    this.log.silent(order)
  }

  private touch(account: Account, time: number): void {
    account.updatedTime = time
    this.touchedAccounts.add(account)
  }
}
