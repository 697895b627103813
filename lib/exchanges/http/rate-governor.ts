import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type RateBucket, type RateUsage, RateWindow } from '@/lib/exchanges/http/rate-window'
import { type Clock, sleep } from '@/lib/platform/clock'

// Keeps one exchange address inside its limits (GW-9). A limit is a bucket: so much weight in a window, counted per IP or
// per account. The exchange's own headers are the truth; between two answers our own count of what is under way stands in.
// An idle account is never delayed: the common path takes no timer and no turn of the event loop.

/** What a call is for. Cancels may use the whole of a shared budget, market data the smallest part of it. */
export type Lane = 'CANCEL' | 'ORDER' | 'ACCOUNT' | 'MARKET'

const SHARE: Record<Lane, number> = { CANCEL: 1, ORDER: 0.95, ACCOUNT: 0.85, MARKET: 0.7 }

/** What a call takes from a bucket. */
export interface RateCost {
  bucket: RateBucket
  weight: number
}

interface BucketState {
  id: string
  scope: 'IP' | 'ACCOUNT'
  used: number
  limit: number
  windowMs: number
}

export interface RateState {
  /** The buckets in use; of those counted per account the asked account's, or the fullest one. */
  buckets: BucketState[]
  inFlight: number
  waiting: Record<Lane, number>
  /** Everything is held back until then; 0 when nothing is. */
  pausedUntil: EpochMs
  /** New orders of the asked account, or of any, are held back until then; 0 when none are. */
  ordersHeldUntil: EpochMs
}

/** An order waits so long for its turn at most; beyond that it is refused, so that the caller decides with a fresh price. */
const ORDER_PATIENCE_MS = 1200
/** How long an account's orders are held back where the exchange tells no time. */
const SHORTEST_HOLD_MS = 1000
const LONGEST_HOLD_MS = 30_000

export class RateGovernor {
  readonly #clock: Clock
  #inFlight = 0
  #pausedUntil = 0
  /** Until when the new orders of an account are held back. */
  readonly #heldUntil = new Map<string, EpochMs>()
  readonly #waiting: Record<Lane, number> = { CANCEL: 0, ORDER: 0, ACCOUNT: 0, MARKET: 0 }
  readonly #windows = new Map<string, RateWindow>()
  readonly #limits = new Map<string, number>()

  readonly #pause: (ms: number) => Promise<void>

  /** `pause` waits in the time of `clock`. */
  constructor(clock: Clock, pause: (ms: number) => Promise<void> = sleep) {
    this.#clock = clock
    this.#pause = pause
  }

  /** Takes over limits that the exchange publishes or an answer's headers tell, by bucket id. */
  setLimits(limits: Record<string, number>): void {
    for (const [id, limit] of Object.entries(limits)) this.#limits.set(id, limit)
  }

  /**
   * Asks leave for one call. Resolves to a function to be called with the answer's usage when the call is over.
   * Reads wait until their lane's share has room; orders and cancels wait a second at most.
   * @throws TradingError RATE_LIMITED, outcome NOT_SENT, while paused or held, or when an order would have to wait longer.
   */
  async enter(lane: Lane, costs: readonly RateCost[], account = ''): Promise<(usage: RateUsage) => void> {
    this.#refuseWhilePaused(lane, account)
    const isUrgent = lane === 'ORDER' || lane === 'CANCEL'
    const giveUpAt = isUrgent ? this.#clock() + ORDER_PATIENCE_MS : Infinity
    let full = this.#fullOne(lane, costs, account)
    while (full !== undefined) {
      const waitMs = full.window.roomInMs(full.cost.weight, this.#clock()) + 5
      if (this.#clock() + waitMs > giveUpAt)
        throw limited(`The limit ${full.cost.bucket.id} of ${this.#limitOf(full.cost.bucket)} is used up`, waitMs)
      this.#waiting[lane] += 1
      await this.#pause(waitMs).finally(() => {
        this.#waiting[lane] -= 1
      })
      this.#refuseWhilePaused(lane, account)
      full = this.#fullOne(lane, costs, account)
    }
    for (const { bucket, weight } of costs) this.#windowOf(bucket, account).reserve(weight)
    this.#inFlight += 1
    return (usage) => {
      this.#inFlight -= 1
      const now = this.#clock()
      for (const { bucket, weight } of costs) this.#windowOf(bucket, account).settle(weight, usage[bucket.id], now)
      for (const [id, told] of Object.entries(usage)) if (told?.limit !== undefined) this.#limits.set(id, told.limit)
    }
  }

  /** Holds back new orders of one account, which has sent too many: its cancels and looks go on, and so do all others. */
  holdOrders(account: string, ms: number): void {
    const now = this.#clock()
    for (const [held, until] of this.#heldUntil) if (until <= now) this.#heldUntil.delete(held)
    this.#heldUntil.set(account, Math.max(this.#heldUntil.get(account) ?? 0, now + ms))
  }

  /** When the first window of an account's own limits ends, among those that a call draws on. */
  windowEndsInMs(costs: readonly RateCost[]): number {
    const own = costs.map(({ bucket }) => bucket).filter(({ scope }) => scope === 'ACCOUNT')
    const now = this.#clock()
    const ends = own.map(({ window, windowMs }) => (window === 'CLOCK' ? windowMs - (now % windowMs) : windowMs))
    return Math.max(SHORTEST_HOLD_MS, Math.min(...ends, LONGEST_HOLD_MS))
  }

  /** Holds everything back: the exchange answered 429 or 418. */
  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock() + ms)
  }

  /** How the limits stand, as one account meets them, or over all accounts. */
  state(account?: string): RateState {
    const now = this.#clock()
    const fullest = new Map<string, BucketState>()
    for (const [key, window] of this.#windows) {
      const { id, scope, windowMs } = window.bucket
      if (scope === 'ACCOUNT' && account !== undefined && key !== keyOf(window.bucket, account)) continue
      const used = window.used(now)
      if (used < (fullest.get(id)?.used ?? 0)) continue
      fullest.set(id, { id, scope, used, limit: this.#limitOf(window.bucket), windowMs })
    }
    const held = account === undefined ? Math.max(0, ...this.#heldUntil.values()) : (this.#heldUntil.get(account) ?? 0)
    return {
      buckets: [...fullest.values()],
      inFlight: this.#inFlight,
      waiting: { ...this.#waiting },
      pausedUntil: this.#pausedUntil > now ? this.#pausedUntil : 0,
      ordersHeldUntil: held > now ? held : 0,
    }
  }

  #refuseWhilePaused(lane: Lane, account: string): void {
    const leftMs = this.#pausedUntil - this.#clock()
    if (leftMs > 0) throw limited('The exchange asked for a pause', leftMs)
    const heldMs = lane === 'ORDER' ? (this.#heldUntil.get(account) ?? 0) - this.#clock() : 0
    if (heldMs > 0) throw limited('The exchange takes no more orders of this account for now', heldMs)
  }

  /** The first bucket that has no room for the call. */
  #fullOne(
    lane: Lane,
    costs: readonly RateCost[],
    account: string,
  ): { window: RateWindow; cost: RateCost } | undefined {
    const now = this.#clock()
    for (const cost of costs) {
      const window = this.#windowOf(cost.bucket, account)
      const share = cost.bucket.isShared ? SHARE[lane] : 1
      if (window.used(now) + cost.weight > this.#limitOf(cost.bucket) * share) return { window, cost }
    }
    return undefined
  }

  #limitOf(bucket: RateBucket): number {
    return this.#limits.get(bucket.id) ?? bucket.limit
  }

  #windowOf(bucket: RateBucket, account: string): RateWindow {
    const key = keyOf(bucket, account)
    let window = this.#windows.get(key)
    if (window === undefined) {
      window = new RateWindow(bucket)
      this.#windows.set(key, window)
    }
    return window
  }
}

const limited = (why: string, retryAfterMs: number): TradingError =>
  new TradingError('RATE_LIMITED', `${why}; next try in ${Math.ceil(retryAfterMs / 1000)} s.`, {
    outcome: 'NOT_SENT',
    isRetryable: true,
    retryAfterMs,
  })

const keyOf = ({ id, scope }: RateBucket, account: string): string => (scope === 'IP' ? id : `${id} ${account}`)
