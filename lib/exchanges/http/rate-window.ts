import type { EpochMs } from '@/lib/domain/market/timeframe'

/** One limit of an exchange. */
export interface RateBucket {
  /** Its name in costs, usage and metrics: `WEIGHT_1M`, `/api/v2/spot/trade/place-order`. */
  id: string
  scope: 'IP' | 'ACCOUNT'
  windowMs: number
  limit: number
  /** CLOCK: windows start at whole multiples of their length (Binance). ROLLING: any `windowMs` holds at most `limit`. */
  window: 'CLOCK' | 'ROLLING'
  /** All lanes draw on it, so the less urgent ones stop earlier. */
  isShared: boolean
}

/** What an answer's headers tell of one bucket; what they do not tell is left out. */
interface BucketUsage {
  used?: number
  remaining?: number
  /** When the exchange's own window ends, from the answer on. */
  resetInMs?: number
  limit?: number
}
/** By bucket id. */
export type RateUsage = Record<string, BucketUsage | undefined>

interface Sent {
  at: EpochMs
  weight: number
}

/** The use of one bucket by one caller (an IP, or an account), as far as it is known. */
export class RateWindow {
  readonly bucket: RateBucket
  /** Under way: asked for and not answered yet. */
  #reserved = 0
  /** CLOCK: the use in the window that started at `#start`. */
  #start = 0
  #counted = 0
  /** ROLLING: what was sent in the last window, oldest first. */
  #sent: Sent[] = []
  /** The exchange's own figure for a rolling window, while that window lasts. */
  #told = { used: 0, until: 0, at: 0 }

  constructor(bucket: RateBucket) {
    this.bucket = bucket
  }

  used(now: EpochMs): number {
    if (this.bucket.window === 'CLOCK') {
      this.#roll(now)
      return this.#counted + this.#reserved
    }
    this.#forget(now)
    const own = this.#sent.reduce((sum, entry) => sum + entry.weight, 0)
    if (this.#told.until <= now) return own + this.#reserved
    const since = this.#sent.reduce((sum, entry) => sum + (entry.at > this.#told.at ? entry.weight : 0), 0)
    return Math.max(own, this.#told.used + since) + this.#reserved
  }

  /** How long until `weight` less is counted than now, at the latest. */
  roomInMs(weight: number, now: EpochMs): number {
    const { windowMs } = this.bucket
    if (this.bucket.window === 'CLOCK') return windowMs - (now % windowMs)
    let freed = 0
    for (const entry of this.#sent) {
      freed += entry.weight
      if (freed >= weight) return Math.max(0, entry.at + windowMs - now)
    }
    return Math.max(this.#told.until - now, this.#reserved > 0 ? 20 : 0)
  }

  reserve(weight: number): void {
    this.#reserved += weight
  }

  /** The call is over: what was reserved is counted, at the latest moment at which the exchange can have counted it. */
  settle(weight: number, told: BucketUsage | undefined, now: EpochMs): void {
    this.#reserved -= weight
    const limit = told?.limit ?? this.bucket.limit
    const used = told?.used ?? (told?.remaining === undefined ? undefined : Math.max(0, limit - told.remaining))
    if (this.bucket.window === 'CLOCK') {
      this.#roll(now)
      // Answers overtake each other: within one window the exchange's figure only grows.
      this.#counted = used === undefined ? this.#counted + weight : Math.max(this.#counted, used)
      return
    }
    this.#sent.push({ at: now, weight })
    if (used !== undefined) this.#told = { used, at: now, until: now + (told?.resetInMs ?? this.bucket.windowMs) }
  }

  #roll(now: EpochMs): void {
    const start = now - (now % this.bucket.windowMs)
    if (start === this.#start) return
    this.#start = start
    this.#counted = 0
  }

  #forget(now: EpochMs): void {
    const from = now - this.bucket.windowMs
    let gone = 0
    while ((this.#sent[gone]?.at ?? Infinity) <= from) gone += 1
    if (gone > 0) this.#sent.splice(0, gone)
  }
}
