import type { Amount } from '@/lib/domain/money/decimal'
import { max, min, sum } from '@/lib/domain/money/decimal'
import { roundToStep, roundUpToStep } from '@/lib/domain/money/rounding'
import type { Account } from './account'
import type { Match, MarketView } from './book'
import { byPriority, isWithin, withinFunds } from './book'
import type { Desk } from './desk'
import { planFor } from './new-order'
import type { Order, OrderCommand } from './order'
import { isOpen, offeredOf, remainingOf } from './order'
import { Rejection } from './rejection'
import type { Rules } from './rules'
import { costOf, toAssetUnits } from './settlement'
import { firesAt } from './triggers'

/** Who trades with whom: takers walk the book, makers are reached, triggers fire. */
export class Matcher {
  private readonly desk: Desk

  constructor(desk: Desk) {
    this.desk = desk
  }

  plan(
    account: Account,
    command: Pick<OrderCommand, 'symbol' | 'side' | 'limitPrice' | 'quoteQuantity'>,
    quantity: Amount | null,
    rules: Rules,
    view: MarketView,
  ): Match[] {
    return planFor(command, quantity, this.desk.open, account.record.id, rules, view)
  }

  /** Matches of a market order that the account can pay for. Throws Rejection. */
  affordable(
    account: Account,
    command: Pick<OrderCommand, 'symbol' | 'side' | 'limitPrice' | 'quantity' | 'quoteQuantity'>,
    rules: Rules,
    view: MarketView,
  ): Match[] {
    const matches = this.plan(account, command, command.quantity, rules, view)
    if (matches.length === 0) throw new Rejection('NO_LIQUIDITY')
    const isPurchase = command.side === 'BUY'
    const cost = sum(
      matches.map((match) => (isPurchase ? toAssetUnits(match.price.times(match.quantity)) : match.quantity)),
    )
    const needed = isPurchase ? costOf(account, command.quoteQuantity ?? cost) : max(command.quantity ?? cost, cost)
    const { free } = account.ledger.of(isPurchase ? rules.quoteAsset : rules.baseAsset)
    if (free.lt(needed)) throw new Rejection('INSUFFICIENT_BALANCE')
    return matches
  }

  /** Executes planned matches as taker, as far as the partial-fill fault allows. */
  executeAll(account: Account, order: Order, matches: Match[], rules: Rules, time: number): void {
    let allowed = this.limited(remainingOf(order), order, rules)
    for (const match of matches) {
      const quantity = min(allowed, match.quantity)
      if (quantity.lte(0)) break
      allowed = allowed.minus(quantity)
      if (match.maker !== null) this.fillResting(match.maker, { ...match, quantity }, rules, time)
      this.desk.settle(account, order, match.price, quantity, false, rules, time)
    }
  }

  /** Lets a new or freshly triggered limit order take what it crosses, then rests or ends it by its time in force. */
  cross(account: Account, order: Order, rules: Rules, view: MarketView, time: number): void {
    const matches = this.plan(account, order, remainingOf(order), rules, view)
    const isShort = sum(matches.map((match) => match.quantity)).lt(remainingOf(order))
    if (!(order.timeInForce === 'FOK' && isShort)) this.executeAll(account, order, matches, rules, time)
    if (isOpen(order) && order.timeInForce !== 'GTC') this.desk.close(account, order, 'EXPIRED', time)
  }

  /** Fills resting orders that a print at `price` reaches, up to its volume. */
  reach(symbol: string, price: Amount, quantity: Amount, rules: Rules, time: number): void {
    let volume = quantity
    for (const side of ['BUY', 'SELL'] as const) {
      const reached = this.desk.open
        .working(symbol, side)
        .filter(
          (order) => order.limitPrice !== null && isWithin(side === 'BUY' ? 'SELL' : 'BUY', order.limitPrice, price),
        )
        .sort(byPriority(side))
      // An iceberg comes back into the queue with its next part.
      for (let at = 0; at < reached.length && volume.gt(0); at += 1) {
        const order = reached[at]
        if (order === undefined || !isOpen(order) || order.limitPrice === null) continue
        const wanted = this.limited(offeredOf(order), order, rules)
        const offered = roundToStep(min(volume, wanted), rules.stepSize)
        if (offered.lte(0)) continue
        volume = volume.minus(offered)
        const isRenewed = order.visibleQuantity !== null && offeredOf(order).eq(offered)
        this.fillResting(order, { price: order.limitPrice, quantity: offered, maker: null }, rules, time)
        if (isRenewed && isOpen(order)) reached.splice(afterPrice(reached, at), 0, order)
      }
    }
  }

  fireIfReached(order: Order, price: Amount, rules: Rules, time: number): void {
    const { desk } = this
    if (!isOpen(order)) return
    const account = desk.accountOf(order)
    const peak = order.trailingPeak
    if (!firesAt(order, price)) {
      if (order.trailingPeak !== peak) desk.logSilently(account, order)
      return
    }
    const view = desk.options.view(order.symbol)
    if (view === undefined) return
    desk.endSibling(account, order, time)
    order.isWorking = true
    order.updatedTime = time
    desk.enqueue(order, time)
    desk.open.touch(order)
    desk.touch(account, time)
    if (!this.isFunded(account, order, rules, view)) {
      desk.close(account, order, 'EXPIRED', time)
      return
    }
    desk.log.order(order, 'NEW')
    if (order.limitPrice === null) this.executeTriggered(account, order, rules, view, time)
    else this.cross(account, order, rules, view, time)
    desk.finishList(account, order)
  }

  /** Locks at its firing what an order did not hold before; a purchase for an amount learns its quantity. */
  private isFunded(account: Account, order: Order, rules: Rules, view: MarketView): boolean {
    if (order.isUnfunded !== true) return true
    if (order.quoteQuantity === null) return this.desk.holds.adjust(account, rules, [order])
    order.quantity = sum(this.plan(account, order, null, rules, view).map((match) => match.quantity))
    return order.quantity.gt(0) && account.ledger.of(rules.quoteAsset).free.gte(order.quoteQuantity)
  }

  /** A triggered market order spends what was held for it and, for a purchase above its trigger, what else is free. */
  private executeTriggered(account: Account, order: Order, rules: Rules, view: MarketView, time: number): void {
    const funds = account.ledger.of(rules.quoteAsset).free.plus(this.desk.holds.of(order))
    const matches = this.plan(account, order, remainingOf(order), rules, view)
    const affordable = order.side === 'SELL' ? matches : withinFunds(matches, funds, rules.stepSize)
    this.executeAll(account, order, affordable, rules, time)
    if (isOpen(order)) this.desk.close(account, order, 'EXPIRED', time)
  }

  /** A resting order is matched; the other order of its pair ends first. */
  private fillResting(order: Order, match: Match, rules: Rules, time: number): void {
    const account = this.desk.accountOf(order)
    this.desk.endSibling(account, order, time)
    this.desk.settle(account, order, match.price, match.quantity, true, rules, time)
    this.desk.finishList(account, order)
  }

  /** The partial-fill fault: at most a share of `quantity`, at least one step. */
  private limited(quantity: Amount, order: Pick<Order, 'quantity'>, rules: Rules): Amount {
    const share = this.desk.options.fillLimit?.() ?? null
    return share === null ? quantity : min(quantity, roundUpToStep(order.quantity.times(share), rules.stepSize))
  }
}

/** The place behind the last order that has the price of the one at `at`. */
const afterPrice = (queue: Order[], at: number): number => {
  const price = queue[at]?.limitPrice
  let end = at + 1
  while (price && queue[end]?.limitPrice?.eq(price) === true) end += 1
  return end
}
