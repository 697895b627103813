import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Clock, sleep } from '@/lib/platform/clock'

// Keeps one exchange address inside its limits (GW-9). Weight is counted per IP and minute, orders per account. The
// exchange's own headers are the truth; between two answers our own count of what is under way stands in. An idle account
// is never delayed: the common path takes no timer and no turn of the event loop.

/** What a call is for. Cancels may use the whole budget, market data the smallest part of it. */
export type Lane = 'CANCEL' | 'ORDER' | 'ACCOUNT' | 'MARKET'

const SHARE: Record<Lane, number> = { CANCEL: 1, ORDER: 0.95, ACCOUNT: 0.85, MARKET: 0.7 }

/** Limits and use as an answer's headers tell them; what a header does not tell is left out. */
export interface RateUsage {
  usedWeight?: number
  /** Orders counted by the exchange for the account that asked, by window length. */
  orderCounts?: { windowMs: number; count: number }[]
}

export interface RateLimits {
  weightPerMinute: number
  orders: { windowMs: number; limit: number }[]
}

export interface RateState {
  usedWeight: number
  weightLimit: number
  inFlight: number
  waiting: Record<Lane, number>
  /** Everything is held back until then; 0 when nothing is. */
  pausedUntil: EpochMs
  /** Highest use of any account's order allowance, 0 to 1. */
  orderAllowanceUsed: number
}

const MINUTE = 60_000

export class RateGovernor {
  readonly #clock: Clock
  #limits: RateLimits
  #usedWeight = 0
  #minute = 0
  #reserved = 0
  #inFlight = 0
  #pausedUntil = 0
  readonly #waiting: Record<Lane, number> = { CANCEL: 0, ORDER: 0, ACCOUNT: 0, MARKET: 0 }
  readonly #orders = new Map<string, { windowMs: number; count: number; windowStart: EpochMs }[]>()

  constructor(clock: Clock, limits: RateLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Takes over the limits that the exchange publishes. */
  setLimits(limits: RateLimits): void {
    this.#limits = limits
  }

  /**
   * Asks leave for one call of `weight`. Resolves to a function to be called with the answer's usage when the call is over.
   * Reads wait for the next minute when their lane's share is used up; orders and cancels are never kept waiting, they are
   * refused, so that the caller decides with a fresh price.
   * @throws TradingError RATE_LIMITED, outcome NOT_SENT, while paused or when an order's allowance is used up.
   */
  async enter(lane: Lane, weight: number, account?: string): Promise<(usage: RateUsage) => void> {
    this.#refuseWhilePaused()
    if (lane === 'ORDER' && account !== undefined) this.#refuseAboveOrderLimit(account)
    while (!this.#hasRoom(lane, weight)) {
      const waitMs = MINUTE - (this.#clock() % MINUTE) + 10
      if (lane === 'ORDER' || lane === 'CANCEL') throw limited('The weight limit of this minute is used up', waitMs)
      this.#waiting[lane] += 1
      await sleep(waitMs)
      this.#waiting[lane] -= 1
      this.#refuseWhilePaused()
    }
    this.#reserved += weight
    this.#inFlight += 1
    return (usage) => {
      this.#reserved -= weight
      this.#inFlight -= 1
      this.#learn(usage, weight, account)
    }
  }

  /** Holds everything back: the exchange answered 429 or 418. */
  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock() + ms)
  }

  state(): RateState {
    this.#roll()
    return {
      usedWeight: this.#usedWeight,
      weightLimit: this.#limits.weightPerMinute,
      inFlight: this.#inFlight,
      waiting: { ...this.#waiting },
      pausedUntil: this.#pausedUntil > this.#clock() ? this.#pausedUntil : 0,
      orderAllowanceUsed: Math.max(0, ...[...this.#orders.keys()].map((account) => this.#orderUse(account))),
    }
  }

  #refuseWhilePaused(): void {
    const leftMs = this.#pausedUntil - this.#clock()
    if (leftMs > 0) throw limited('The exchange asked for a pause', leftMs)
  }

  #refuseAboveOrderLimit(account: string): void {
    const now = this.#clock()
    for (const { windowMs, limit } of this.#limits.orders) {
      const seen = this.#orders.get(account)?.find((entry) => entry.windowMs === windowMs)
      if (seen === undefined || seen.windowStart !== now - (now % windowMs)) continue
      if (seen.count >= limit)
        throw limited(`${limit} orders in ${windowMs / 1000} s are used up`, windowMs - (now % windowMs))
    }
  }

  #orderUse(account: string): number {
    const now = this.#clock()
    const shares = (this.#orders.get(account) ?? []).map((seen) => {
      const limit = this.#limits.orders.find((entry) => entry.windowMs === seen.windowMs)?.limit
      return limit === undefined || seen.windowStart !== now - (now % seen.windowMs) ? 0 : seen.count / limit
    })
    return Math.max(0, ...shares)
  }

  #hasRoom(lane: Lane, weight: number): boolean {
    this.#roll()
    return this.#usedWeight + this.#reserved + weight <= this.#limits.weightPerMinute * SHARE[lane]
  }

  #roll(): void {
    const minute = Math.floor(this.#clock() / MINUTE)
    if (minute === this.#minute) return
    this.#minute = minute
    this.#usedWeight = 0
  }

  #learn(usage: RateUsage, weight: number, account: string | undefined): void {
    this.#roll()
    this.#usedWeight = usage.usedWeight ?? this.#usedWeight + weight
    if (account === undefined || usage.orderCounts === undefined) return
    const now = this.#clock()
    this.#orders.set(
      account,
      usage.orderCounts.map(({ windowMs, count }) => ({ windowMs, count, windowStart: now - (now % windowMs) })),
    )
  }
}

const limited = (why: string, retryAfterMs: number): TradingError =>
  new TradingError('RATE_LIMITED', `${why}; next try in ${Math.ceil(retryAfterMs / 1000)} s.`, {
    outcome: 'NOT_SENT',
    isRetryable: true,
    retryAfterMs,
  })
