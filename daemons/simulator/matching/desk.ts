import type { Amount } from '@/lib/domain/money/decimal'
import { min, ZERO } from '@/lib/domain/money/decimal'
import type { Account } from './account'
import type { MarketView } from './book'
import type { Changes } from './changes'
import { ChangeLog } from './changes'
import { newOrder } from './new-order'
import { OpenOrders } from './open-orders'
import type { Execution, Order, OrderCommand, OrderList } from './order'
import { isOpen } from './order'
import { Rejection, type RejectionReason } from './rejection'
import type { Rules } from './rules'
import { feeOf, Holds, toAssetUnits } from './settlement'

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

/** The books: accounts, open orders, holds and what is to be told. Decides nothing; what it is asked to do is done. */
export class Desk {
  readonly accounts = new Map<number, Account>()
  readonly open = new OpenOrders()
  readonly counters: Counters = { orderId: 0, listId: 0, tradeId: 0 }
  readonly holds = new Holds()
  readonly log = new ChangeLog()
  readonly options: EngineOptions
  /** Lists whose first order is filled, so that the others are due. */
  readonly due: { list: OrderList; working: Order }[] = []
  private readonly touchedAccounts = new Set<Account>()
  private queueNumber = 0

  constructor(options: EngineOptions) {
    this.options = options
  }

  /** Takes over open orders read from the store; their funds are already locked in the ledger. */
  restoreOpen(orders: Order[], lists: OrderList[]): void {
    for (const list of lists) this.open.addList(list)
    for (const order of orders) {
      this.accounts.get(order.accountId)?.addOpen(order)
      this.open.add(order)
      this.queueNumber = Math.max(this.queueNumber, order.queueNumber)
    }
    for (const order of orders) this.holds.restore(this.accountOf(order), this.open.membersOf(order))
  }

  accountOf(order: Order): Account {
    const account = this.accounts.get(order.accountId)
    if (account === undefined) throw new Error(`order ${order.id} has no account`)
    return account
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

  create(account: Account, command: OrderCommand, view: MarketView, time: number, listId: number | null): Order {
    this.counters.orderId += 1
    const order = newOrder(
      command,
      { id: this.counters.orderId, accountId: account.record.id, listId },
      view.last,
      time,
    )
    if (order.isWorking) this.enqueue(order, time)
    return order
  }

  /** Puts an order behind all others of its price; an iceberg shows a fresh part. */
  enqueue(order: Order, time: number): void {
    this.queueNumber += 1
    order.queueNumber = this.queueNumber
    order.workingTime = time
    this.showNext(order)
  }

  reserve(account: Account, rules: Rules, orders: Order[]): void {
    if (!this.holds.adjust(account, rules, orders)) throw new Rejection('INSUFFICIENT_BALANCE')
  }

  accept(account: Account, order: Order, time: number): void {
    account.addOpen(order)
    this.open.add(order)
    this.touch(account, time)
    this.log.order(order, 'NEW')
  }

  /** Moves the money of one execution and writes it down. */
  settle(
    account: Account,
    order: Order,
    price: Amount,
    quantity: Amount,
    isMaker: boolean,
    rules: Rules,
    time: number,
  ): void {
    const { ledger } = account
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
    if (rest.gt(0)) ledger.credit(paidAsset, rest.negated())
    const before = ledger.of(gotAsset).free
    ledger.credit(gotAsset, got)
    if (!isFeePaidAlong) ledger.credit(feeAsset, fee.negated())
    if (order.proceeds !== null) {
      // Its fee is taken from other funds where there are enough.
      const kept = feeAsset !== gotAsset || before.gte(fee) ? got : got.minus(fee)
      ledger.lock(gotAsset, kept)
      order.proceeds = order.proceeds.plus(kept)
    }
    order.filledQuantity = order.filledQuantity.plus(quantity)
    order.filledQuoteQuantity = order.filledQuoteQuantity.plus(quoteQuantity)
    order.status = order.filledQuantity.gte(order.quantity) ? 'FILLED' : 'PARTIALLY_FILLED'
    order.updatedTime = time
    if (isMaker) this.shrinkVisible(order, quantity, time)
    this.counters.tradeId += 1
    const { id: orderId, listId, symbol, side, accountId } = order
    const identity = { id: this.counters.tradeId, accountId, orderId, listId, symbol, side }
    const fill: Execution = { ...identity, price, quantity, quoteQuantity, fee, feeAsset, isMaker, time }
    this.touch(account, time)
    if (order.type !== 'MARKET') this.holds.shrink(account, rules, this.open.membersOf(order))
    if (!isOpen(order)) this.leave(account, order)
    this.log.order(order, 'TRADE', fill)
    const list = order.listId === null ? undefined : this.open.listOf(order.listId)
    if (order.status === 'FILLED' && list?.workingId === order.id) this.due.push({ list, working: order })
  }

  close(
    account: Account,
    order: Order,
    status: 'CANCELED' | 'EXPIRED' | 'REJECTED',
    time: number,
    cancelId: string | null = null,
    reason: RejectionReason | null = null,
  ): void {
    const rules = this.options.rules(order.symbol)
    const members = this.open.membersOf(order)
    order.status = status
    order.updatedTime = time
    this.touch(account, time)
    if (rules !== undefined) {
      this.holds.shrink(account, rules, members)
      this.freeProceeds(account, order, rules)
    }
    this.leave(account, order)
    this.log.order(order, status, null, cancelId, reason)
    this.endDependents(account, order, time, cancelId)
    this.finishList(account, order)
  }

  /** Unlocks what an order's executions brought in for those that follow it. Answers how much that was. */
  freeProceeds(account: Account, order: Order, rules: Rules): Amount {
    const { proceeds } = order
    if (proceeds === null || proceeds.isZero()) return ZERO
    account.ledger.lock(rules.baseAsset, proceeds.negated())
    order.proceeds = ZERO
    return proceeds
  }

  endSibling(account: Account, order: Order, time: number): void {
    for (const sibling of this.open.membersOf(order))
      if (sibling !== order && isOpen(sibling)) this.close(account, sibling, 'EXPIRED', time)
  }

  /** Announces the end of a list once none of its orders is open any more. */
  finishList(account: Account, order: Order): void {
    const ended = this.open.endList(order)
    if (ended === null) return
    this.touch(account, order.updatedTime)
    this.log.list(ended.list, ended.members)
  }

  logSilently(account: Account, order: Order): void {
    this.touchedAccounts.add(account)
    this.log.silent(order)
  }

  touch(account: Account, time: number): void {
    account.updatedTime = time
    this.touchedAccounts.add(account)
  }

  /** What waits for an order that ends unfilled will never be placed. */
  private endDependents(account: Account, order: Order, time: number, cancelId: string | null): void {
    const list = order.listId === null ? undefined : this.open.listOf(order.listId)
    if (list?.workingId !== order.id) return
    for (const member of this.open.listMembersOf(order))
      if (member.isPending && isOpen(member))
        this.close(account, member, cancelId === null ? 'EXPIRED' : 'CANCELED', time, cancelId)
  }

  private leave(account: Account, order: Order): void {
    account.removeOpen(order)
    this.open.remove(order)
  }

  /** The visible part of an iceberg shrinks; a fresh one goes behind the others. */
  private shrinkVisible(order: Order, quantity: Amount, time: number): void {
    if (order.visibleQuantity === null) return
    order.visibleQuantity = order.visibleQuantity.minus(quantity)
    if (order.visibleQuantity.gt(0) || !isOpen(order)) return
    const { workingTime } = order
    this.enqueue(order, time)
    order.workingTime = workingTime
  }

  private showNext(order: Order): void {
    if (order.icebergQuantity === null) return
    order.visibleQuantity = min(order.icebergQuantity, order.quantity.minus(order.filledQuantity))
  }
}
