import { Decimal } from 'decimal.js'
import type { Amount } from '@/lib/domain/money/decimal'
import { max, ONE, ZERO } from '@/lib/domain/money/decimal'
import type { Account } from './account'
import { BNB_FEE_RATE, FEE_RATE } from './account'
import type { Execution, Order } from './order'
import { isOpen, remainingOf } from './order'
import type { Rules } from './rules'

/** Assets are kept to 8 decimals, as on Binance; what is beyond is cut off. */
export const toAssetUnits = (amount: Amount): Amount => amount.toDecimalPlaces(8, Decimal.ROUND_DOWN)
const upToAssetUnits = (amount: Amount): Amount => amount.toDecimalPlaces(8, Decimal.ROUND_UP)

const heldAsset = (order: Order, rules: Rules): string => (order.side === 'BUY' ? rules.quoteAsset : rules.baseAsset)

/** KuCoin takes its fee in the quote asset on both sides, so a purchase holds it too. */
const feesInQuote = (account: Account): boolean => account.record.exchange === 'kucoin'

/** What a purchase of this value takes out of the quote asset, with the fee where it is paid from there. */
export const costOf = (account: Account, value: Amount): Amount =>
  feesInQuote(account) ? value.plus(upToAssetUnits(value.times(FEE_RATE))) : value

/** Funds that an open order needs to be able to execute in full. */
const needOf = (account: Account, order: Order): Amount => {
  if (!isOpen(order) || order.isPending || (order.isUnfunded === true && !order.isWorking)) return ZERO
  const rest = remainingOf(order)
  return order.side === 'BUY' ? costOf(account, upToAssetUnits(rest.times(order.reservePrice))) : rest
}

const needOfAll = (account: Account, members: Order[]): Amount =>
  members.map((member) => needOf(account, member)).reduce(max, ZERO)

/** Funds locked for orders. The two orders of a pair share one hold: only one of them can execute. */
export class Holds {
  private readonly amounts = new Map<string, Amount>()

  private keyOf(order: Order): string {
    return order.isPaired ? `l${order.listId}` : `o${order.id}`
  }

  /** Funds still locked for `order` (or its list). */
  of(order: Order): Amount {
    return this.amounts.get(this.keyOf(order)) ?? ZERO
  }

  /** Frees what `members` do not need any more; never locks more. */
  shrink(account: Account, rules: Rules, members: Order[]): void {
    const [first] = members
    if (first === undefined) return
    const target = needOfAll(account, members)
    const excess = this.of(first).minus(target)
    if (excess.lte(0)) return
    account.ledger.lock(heldAsset(first, rules), excess.negated())
    this.put(first, target)
  }

  /** Locks or frees what `members` need more or less than before. False, changing nothing, when the free funds do not suffice. */
  adjust(account: Account, rules: Rules, members: Order[]): boolean {
    const [first] = members
    if (first === undefined) return true
    const target = needOfAll(account, members)
    const more = target.minus(this.of(first))
    const asset = heldAsset(first, rules)
    if (more.gt(account.ledger.of(asset).free)) return false
    account.ledger.lock(asset, more)
    this.put(first, target)
    return true
  }

  /** Takes `amount` out of the hold and out of the account: it was paid. */
  spend(account: Account, rules: Rules, order: Order, amount: Amount): void {
    account.ledger.move(heldAsset(order, rules), ZERO, amount.negated())
    this.put(order, this.of(order).minus(amount))
  }

  /** Takes over holds that the ledger already shows as locked, after a restart. */
  restore(account: Account, members: Order[]): void {
    const [first] = members
    if (first !== undefined) this.put(first, needOfAll(account, members))
  }

  private put(order: Order, amount: Amount): void {
    if (amount.isZero()) this.amounts.delete(this.keyOf(order))
    else this.amounts.set(this.keyOf(order), amount)
  }
}

/** Fee of one execution: in the received asset, or in BNB at the lower rate where the account asked so and has enough. */
export function feeOf(
  account: Account,
  rules: Rules,
  fill: Pick<Execution, 'side' | 'quantity' | 'quoteQuantity'>,
  viewOf: (symbol: string) => { last: Amount } | undefined,
): Pick<Execution, 'fee' | 'feeAsset'> {
  const usual =
    fill.side === 'BUY' && !feesInQuote(account)
      ? { fee: toAssetUnits(fill.quantity.times(FEE_RATE)), feeAsset: rules.baseAsset }
      : { fee: toAssetUnits(fill.quoteQuantity.times(FEE_RATE)), feeAsset: rules.quoteAsset }
  if (!account.record.isBnbBurn) return usual
  const bnbPrice = rules.quoteAsset === 'BNB' ? ONE : viewOf(`BNB${rules.quoteAsset}`)?.last
  if (bnbPrice === undefined) return usual
  const fee = toAssetUnits(fill.quoteQuantity.times(BNB_FEE_RATE).div(bnbPrice))
  return account.ledger.of('BNB').free.gte(fee) ? { fee, feeAsset: 'BNB' } : usual
}
