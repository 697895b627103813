import type { Amount } from '@/lib/domain/money/decimal'
import { ZERO } from '@/lib/domain/money/decimal'

export interface Funds {
  free: Amount
  locked: Amount
}

const NONE: Funds = { free: ZERO, locked: ZERO }

/** Free and locked funds of one account. Any movement that would go below zero throws and changes nothing. */
export class Ledger {
  private readonly funds = new Map<string, Funds>()
  private touched = new Set<string>()

  of(asset: string): Funds {
    return this.funds.get(asset) ?? NONE
  }

  assets(): string[] {
    return [...this.funds.keys()]
  }

  /** Moves `free` and `locked` by the given amounts. Throws RangeError when either would become negative. */
  move(asset: string, free: Amount, locked: Amount): void {
    const now = this.of(asset)
    const next = { free: now.free.plus(free), locked: now.locked.plus(locked) }
    if (next.free.isNegative() && !next.free.isZero())
      throw new RangeError(`free ${asset} would become ${next.free.toFixed()}`)
    if (next.locked.isNegative() && !next.locked.isZero())
      throw new RangeError(`locked ${asset} would become ${next.locked.toFixed()}`)
    this.funds.set(asset, next)
    this.touched.add(asset)
  }

  credit(asset: string, amount: Amount): void {
    this.move(asset, amount, ZERO)
  }

  lock(asset: string, amount: Amount): void {
    this.move(asset, amount.negated(), amount)
  }

  /** Assets moved since the last call. */
  takeTouched(): string[] {
    const assets = [...this.touched]
    if (assets.length > 0) this.touched = new Set()
    return assets
  }
}
