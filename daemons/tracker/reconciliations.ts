import { askCheck, claimCheck, findBrokersToCheck, releaseChecks } from '@/lib/db/balance-check-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { reconcileBalances, type ReconcilingDesk } from '@/lib/use-cases/reconcile-balances'

const DAY = 86_400_000
/** The daily reconciliation: ten past midnight, UTC. */
const DAILY_AT_MS = 600_000
/** One that failed or came to nothing is tried again after this. */
const AGAIN_AFTER_MS = 600_000
/** Accounts at once. */
const AT_ONCE = 4

/** When the newest daily reconciliation was due. */
export const dailyDue = (now: EpochMs): EpochMs => now - ((now - DAILY_AT_MS) % DAY)

/** Journal against exchange (TRK-7): every day, when a broker is new, and whenever somebody asks. */
export class Reconciliations {
  readonly #desk: ReconcilingDesk
  readonly #underWay = new Set<Promise<void>>()
  constructor(desk: ReconcilingDesk) {
    this.#desk = desk
  }

  /** What an earlier process left half done is taken up again. */
  start = (): Promise<void> => releaseChecks()

  /** Asks for those that are due. At every tick; what was asked for once is not asked for again. */
  async askDue(): Promise<void> {
    const now = this.#desk.clock()
    for (const brokerId of await findBrokersToCheck(dailyDue(now), now - AGAIN_AFTER_MS))
      await askCheck(brokerId, true, now)
  }

  /** Begins what is asked for. */
  async work(): Promise<void> {
    while (!this.#desk.stopping.aborted && this.#underWay.size < AT_ONCE) {
      const check = await claimCheck(this.#desk.clock())
      if (check === null) return
      const job = reconcileBalances(this.#desk, check).finally(() => this.#underWay.delete(job))
      this.#underWay.add(job)
    }
  }

  /** Waits for those under way: told to stop, they do so at their next pause. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }
}
