import type { Balance } from '@/lib/domain/account/balance'
import { type Amount, max, ZERO } from '@/lib/domain/money/decimal'
import type { FundsReader } from '@/lib/use-cases/free-funds'

// Alerts of one burst are sized before the exchange has answered the order of the first. They share one reading of the
// account's free funds, and each takes its part of what those before it have left.

/** One reading of an account's funds, shared by the orders that are sized from it. */
export interface FundsBook {
  /** True once an order was written while the exchange was being asked: nobody knows whether the answer contains it. */
  readonly isSpoilt: boolean
  /** What is free of an asset, as read, less what was taken since. Zero when the account has none. */
  freeOf(asset: string): Amount
  /** Takes a part for an order about to be written. Give it back when it was not written after all. */
  take(asset: string, amount: Amount): () => void
  /** The caller sizes nothing from it any more. */
  close(): void
}

export interface FundsBooks {
  /**
   * Funds to size an order from. `isBusy`: orders of webhooks have no answer of the exchange yet; a new reading could not
   * be told apart from theirs, so that null is answered unless a reading from before them is at hand: wait for the answers.
   * `isAfterWait`: the caller has waited for such answers and needs a reading that contains them.
   */
  open(brokerId: string, asker: { isBusy: boolean; isAfterWait: boolean }): Promise<FundsBook | null>
}

/** A reading is used no longer than this: what others do at the account shows in the next one. */
const USED_FOR_MS = 2000

class Reading {
  readonly askedAt = performance.now()
  readonly balances: Promise<Balance[]>
  readonly taken = new Map<string, Amount>()
  users = 0
  isSpoilt = false
  isAnswered = false

  constructor(balances: Promise<Balance[]>) {
    this.balances = balances.finally(() => (this.isAnswered = true))
    // Its failure is met by those who wait for it.
    this.balances.catch(() => (this.isSpoilt = true))
  }

  change(asset: string, amount: Amount): void {
    if (!this.isAnswered) this.isSpoilt = true
    this.taken.set(asset, (this.taken.get(asset) ?? ZERO).plus(amount))
  }
}

export function createFundsBooks(fundsOf: FundsReader): FundsBooks {
  const latest = new Map<string, Reading>()

  async function use(brokerId: string, reading: Reading): Promise<FundsBook> {
    reading.users += 1
    const balances = await reading.balances.catch((error: unknown) => {
      reading.users -= 1
      throw error
    })
    return {
      get isSpoilt() {
        return reading.isSpoilt
      },
      freeOf(asset) {
        const free = balances.find((balance) => balance.asset === asset)?.free ?? ZERO
        return max(ZERO, free.minus(reading.taken.get(asset) ?? ZERO))
      },
      take(asset, amount) {
        const changed = new Set([reading, latest.get(brokerId) ?? reading])
        for (const each of changed) each.change(asset, amount)
        return () => {
          for (const each of changed) each.change(asset, amount.neg())
        }
      },
      close() {
        reading.users -= 1
      },
    }
  }

  return {
    async open(brokerId, { isBusy, isAfterWait }) {
      const known = latest.get(brokerId)
      const isUsable =
        known !== undefined && !known.isSpoilt && !isAfterWait && performance.now() - known.askedAt < USED_FOR_MS
      if (isUsable && (isBusy || !known.isAnswered || known.users > 0)) return use(brokerId, known)
      if (isBusy) return null
      const reading = new Reading(fundsOf(brokerId))
      latest.set(brokerId, reading)
      return use(brokerId, reading)
    },
  }
}
