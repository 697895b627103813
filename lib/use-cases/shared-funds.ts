import type { Balance } from '@/lib/domain/account/balance'
import { type Amount, max, ZERO } from '@/lib/domain/money/decimal'
import type { FundsReader } from '@/lib/use-cases/free-funds'

// Alerts of one burst are sized before the exchange has answered the order of the first. They share one reading of the
// account's free funds, and each takes its part of what those before it have left.

/** What an order takes of the funds, what it brings when it is executed, and which webhook asked for it. */
interface Spending {
  webhookId: string
  asset: string
  amount: Amount
  brings: string
}

/** One reading of an account's funds, shared by the orders that are sized from it. */
export interface FundsBook {
  /**
   * True once an order was written while the exchange was being asked (nobody knows whether the answer contains it), or one
   * that brings what the caller takes; or it is too old.
   */
  readonly isSpoilt: boolean
  /**
   * To be asked when the caller's turn has come: is it known what became of every earlier alert that waited when this was
   * read? False when another process worked on one of them: its order is neither in the reading nor taken from it, and
   * the reading is spoilt.
   */
  confirm(): boolean
  /** What is free of an asset, as read, less what was taken since. Zero when the account has none. */
  freeOf(asset: string): Amount
  /** Takes a part for the order that `write` writes, and gives it back when `write` says that it wrote none. When it throws, all that was read is spoilt. */
  spend(spending: Spending, write: () => Promise<boolean>): Promise<boolean>
  /** The caller sizes nothing from it any more. */
  close(): void
}

/** Who asks for funds, and what it knows of the account. Times are those of performance.now(). */
export interface FundsAsker {
  /** Orders of webhooks have no answer of the exchange yet: a new reading could not be told apart from theirs. */
  isBusy: boolean
  /** When it began to look whether the account is busy. */
  lookedAt: number
  /** Earlier alerts that waited then. */
  before: readonly string[]
  /** Readings from before this do not contain what the caller waited for. */
  notBefore: number
  /** What the account held when the caller looked, when that was on record. */
  known: Balance[] | null
  /** What the caller's order takes. */
  asset: string
}

export interface FundsBooks {
  /**
   * Funds to size an order from. `BUSY`: they cannot be known before the orders under way are answered. `LOOK_AGAIN`: an
   * order was written since the caller looked, so that it does not know whether the account is busy.
   */
  open(brokerId: string, asker: FundsAsker): Promise<FundsBook | 'BUSY' | 'LOOK_AGAIN'>
  /** This process has settled a webhook without an order. */
  settled(webhookId: string): void
  /** Orders of the account are written or canceled that no reading knows of: nothing is sized from those of before. */
  forget(brokerId: string): void
}

/** A reading is given out no longer than this: what others do at the account shows in the next one. */
const USED_FOR_MS = 2000
/** Orders that follow each other this closely share a reading, as long as all of them take of the same asset: those of others bring some. */
const SHARED_FOR_MS = 500
/** Nothing is sized from a reading older than this. */
const SIZED_WITHIN_MS = 10_000
/** More alerts than wait while a reading is in use. */
const MOST_REMEMBERED = 20_000

class Reading {
  readonly askedAt: number
  readonly balances: Promise<Balance[]>
  readonly taken = new Map<string, Amount>()
  /** What orders that it knows of bring, and it does not contain: nobody sizes from it what takes of those. */
  readonly brought = new Set<string>()
  /** Alerts that waited when it was made: what became of them is not in it. */
  readonly unseen: readonly string[]
  users = 0
  isAnswered: boolean
  #isSpoilt = false

  /** Of funds that were on record at a time, or of an answer that is asked for now. */
  constructor(from: { balances: Balance[]; at: number } | Promise<Balance[]>, unseen: readonly string[]) {
    this.unseen = unseen
    this.isAnswered = 'at' in from
    this.askedAt = 'at' in from ? from.at : performance.now()
    this.balances = 'at' in from ? Promise.resolve(from.balances) : from.finally(() => (this.isAnswered = true))
    // Its failure is met by those who wait for it.
    this.balances.catch(() => this.spoil())
  }

  get isSpoilt(): boolean {
    return this.#isSpoilt || performance.now() - this.askedAt > SIZED_WITHIN_MS
  }

  /** May an order that takes of an asset be sized from it, less what those before it have taken? */
  isSharedBy(asset: string): boolean {
    const isYoung = performance.now() - this.askedAt < SHARED_FOR_MS
    return this.users > 0 || (isYoung && this.taken.size === 1 && this.taken.has(asset))
  }

  spoil(): void {
    this.#isSpoilt = true
  }

  change({ asset, amount, brings }: Spending): void {
    if (!this.isAnswered) this.spoil()
    this.brought.add(brings)
    this.taken.set(asset, (this.taken.get(asset) ?? ZERO).plus(amount))
  }
}

/** The readings of one account, and the orders written from them. */
class Account {
  latest: Reading | undefined
  /** Those that orders may still be sized from. */
  readonly inUse = new Set<Reading>()
  /** Orders that are being written: not in the database yet, for all that is known. */
  writing = 0
  writtenAt = -Infinity
}

export function createFundsBooks(fundsOf: FundsReader): FundsBooks {
  const accounts = new Map<string, Account>()
  /** Webhooks that this process acted on, or is acting on. */
  const ours = new Set<string>()

  function remember(webhookId: string): void {
    ours.add(webhookId)
    const [oldest] = ours
    if (ours.size > MOST_REMEMBERED && oldest !== undefined) ours.delete(oldest)
  }

  async function use(account: Account, reading: Reading, takes: string): Promise<FundsBook> {
    let isOpen = true
    const close = (): void => {
      if (!isOpen) return
      isOpen = false
      reading.users -= 1
      if (reading.users === 0) account.inUse.delete(reading)
    }
    reading.users += 1
    account.inUse.add(reading)
    const balances = await reading.balances.catch((error: unknown) => {
      close()
      throw error
    })
    return {
      get isSpoilt() {
        return reading.isSpoilt || reading.brought.has(takes)
      },
      confirm() {
        if (reading.unseen.every((id) => ours.has(id))) return true
        reading.spoil()
        return false
      },
      freeOf(asset) {
        const free = balances.find((balance) => balance.asset === asset)?.free ?? ZERO
        return max(ZERO, free.minus(reading.taken.get(asset) ?? ZERO))
      },
      async spend(spending, write) {
        // An order that never came to be written leaves its reading behind.
        for (const each of account.inUse) if (each.isSpoilt) account.inUse.delete(each)
        const changed = new Set([reading, ...account.inUse, ...(account.latest ? [account.latest] : [])])
        for (const each of changed) each.change(spending)
        account.writing += 1
        // Those behind it may be confirmed while it is being written: they are written with it, or not at all.
        remember(spending.webhookId)
        try {
          const isWritten = await write()
          if (!isWritten) {
            ours.delete(spending.webhookId)
            for (const each of changed) each.change({ ...spending, amount: spending.amount.neg() })
          }
          return isWritten
        } catch (error) {
          ours.delete(spending.webhookId)
          // Written or not: the next look tells.
          for (const each of changed) each.spoil()
          throw error
        } finally {
          account.writing -= 1
          account.writtenAt = performance.now()
        }
      },
      close,
    }
  }

  return {
    settled: remember,
    forget(brokerId) {
      const account = accounts.get(brokerId)
      account?.latest?.spoil()
      for (const each of account?.inUse ?? []) each.spoil()
    },
    async open(brokerId, { isBusy, lookedAt, before, notBefore, known, asset }) {
      const account = accounts.get(brokerId) ?? new Account()
      accounts.set(brokerId, account)
      const { latest } = account
      const isUsable =
        latest !== undefined &&
        !latest.isSpoilt &&
        !latest.brought.has(asset) &&
        latest.askedAt >= notBefore &&
        performance.now() - latest.askedAt < USED_FOR_MS
      const isStale = account.writing > 0 || account.writtenAt >= lookedAt
      const isCertain = !isBusy && !isStale
      const isShared = isUsable && !(isCertain && known !== null)
      if (isShared && (!isCertain || !latest.isAnswered || latest.isSharedBy(asset))) return use(account, latest, asset)
      if (isBusy) return 'BUSY'
      if (isStale) return 'LOOK_AGAIN'
      const reading = new Reading(known === null ? fundsOf(brokerId) : { balances: known, at: lookedAt }, before)
      account.latest = reading
      return use(account, reading, asset)
    },
  }
}
