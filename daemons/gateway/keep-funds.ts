import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import { expireFunds, extendFunds, storeFunds } from '@/lib/db/account-funds-repository'
import { type Clock, sleep } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'

// Funds of the accounts that webhooks trade on, read again whenever their private stream or an answer says that something
// moved: a webhook's order is then sized without a question to the exchange, which costs a round trip and request weight.

/** What moves, moves several times: an execution, its fee, what it frees. */
const QUIET_MS = 40
/** Where one order follows the other, a reading is old before it is used: it waits for the last of them. */
const BUSY_QUIET_MS = 400
const BUSY_MS = 2000
const RETRY_MS = 5000
/** So often also when nothing was heard: an exchange may forget to tell. */
const READ_EVERY_MS = 30_000

export interface FundsKeeper {
  /** The account's stream tells from now on what moves. */
  listening(access: BrokerAccess): void
  /** Nobody tells any more what moves. */
  lost(brokerId: string): void
  /** Something moved at the account. */
  moved(brokerId: string): void
  /** Keeps the funds of these accounts and of no others; what is known of them is still so. Unless repeated, it expires. */
  keep(brokerIds: ReadonlySet<string>): Promise<void>
}

/** Readings for comfort leave at least half of what the exchange allows to the orders. */
const mayRead = ({ client }: BrokerAccess, now: number): boolean => {
  const { buckets, pausedUntil } = client.rateState()
  return pausedUntil <= now && buckets.every(({ used, limit }) => used < limit / 2)
}

/** The funds of one account. One thing is done after the other: what is stored is never older than what made it stale. */
class KeptFunds {
  readonly access: BrokerAccess
  readonly #clock: Clock
  readonly #log: Logger
  #isWanted: boolean
  /** How often something moved, and how much of that was seen to. */
  #moves = 0
  #seen = 0
  #isRunning = false
  /** Is there a row that may be used? */
  #isKnown = false
  #triedAt = 0

  constructor(access: BrokerAccess, isWanted: boolean, clock: Clock, log: Logger) {
    this.access = access
    this.#isWanted = isWanted
    this.#clock = clock
    this.#log = log
  }

  get isKnown(): boolean {
    return this.#isKnown && !this.#isStale()
  }

  moved(): void {
    this.#moves += 1
    if (this.#isRunning) return
    this.#isRunning = true
    this.#work().catch((error: unknown) => {
      // Whatever is on record: it is seen to at the next try.
      this.#seen = -1
      this.#log.debug({ reason: error instanceof Error ? error.message : String(error) }, 'funds not read')
    })
  }

  keep(isWanted: boolean): void {
    const isOld = this.#triedAt < this.#clock() - (this.isKnown ? READ_EVERY_MS : RETRY_MS)
    const isChanged = isWanted !== this.#isWanted
    this.#isWanted = isWanted
    if (isChanged || (isWanted && isOld)) this.moved()
  }

  #isStale(): boolean {
    return this.#moves > this.#seen
  }

  async #work(): Promise<void> {
    try {
      while (this.#isStale()) {
        this.#seen = this.#moves
        if (this.#isKnown) {
          await expireFunds(this.access.brokerId)
          this.#isKnown = false
        }
        if (!this.#isWanted) continue
        await sleep(this.#clock() - this.#triedAt < BUSY_MS ? BUSY_QUIET_MS : QUIET_MS)
        if (this.#isStale()) continue
        const readAt = this.#clock()
        this.#triedAt = readAt
        if (!mayRead(this.access, readAt)) continue
        const balances = await this.access.client.getBalance(this.access.credentials)
        if (this.#isStale()) continue
        await storeFunds(this.access.brokerId, balances, readAt)
        this.#isKnown = true
      }
    } finally {
      this.#isRunning = false
    }
  }
}

export function createFundsKeeper(clock: Clock, log: Logger): FundsKeeper {
  const accounts = new Map<string, KeptFunds>()
  let wanted: ReadonlySet<string> = new Set()

  return {
    listening(access) {
      const { brokerId } = access
      accounts.get(brokerId)?.keep(false)
      const account = new KeptFunds(access, wanted.has(brokerId), clock, log)
      accounts.set(brokerId, account)
      account.moved()
    },
    lost(brokerId) {
      accounts.get(brokerId)?.keep(false)
      accounts.delete(brokerId)
    },
    moved: (brokerId) => accounts.get(brokerId)?.moved(),
    async keep(brokerIds) {
      wanted = brokerIds
      for (const [brokerId, account] of accounts) account.keep(brokerIds.has(brokerId))
      const known = [...accounts.values()].filter((account) => account.isKnown)
      await extendFunds(known.map((account) => account.access.brokerId))
    },
  }
}
