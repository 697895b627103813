import { KucoinError } from './errors'

/** Resource pools of KuCoin (docs "Rate limit", VIP 0): weight in 30 seconds, public calls per address, others per account. */
export type Pool = 'SPOT' | 'MANAGEMENT' | 'PUBLIC' | 'UNIFIED'

const USUAL: Record<Pool, number> = { SPOT: 4000, MANAGEMENT: 2000, PUBLIC: 2000, UNIFIED: 2000 }
const WINDOW_MS = 30_000

interface Window {
  end: number
  used: number
}

export class RateLimits {
  private limits = USUAL
  private readonly windows = new Map<string, Window>()

  /** Clears the counters; with limits by pool, those hold from now on. */
  reset(limits?: Record<string, number>): void {
    if (limits !== undefined) this.limits = { ...USUAL, ...limits }
    this.windows.clear()
  }

  /**
   * Charges a call of `caller`, and answers what the headers tell. Throws 429000 with HTTP 429 when the pool is empty; the
   * headers then stand in `headers` all the same.
   */
  charge(pool: Pool, caller: string, weight: number, now: number, headers: Record<string, string>): void {
    const key = `${pool} ${caller}`
    let window = this.windows.get(key)
    if (window === undefined || now >= window.end) {
      window = { end: now + WINDOW_MS, used: 0 }
      this.windows.set(key, window)
    }
    const limit = this.limits[pool]
    const isFull = window.used + weight > limit
    if (!isFull) window.used += weight
    headers['gw-ratelimit-limit'] = String(limit)
    headers['gw-ratelimit-remaining'] = String(Math.max(0, limit - window.used))
    headers['gw-ratelimit-reset'] = String(Math.max(0, window.end - now))
    if (isFull) throw new KucoinError('429000', 'Too many requests in a short period of time, please retry later', 429)
  }
}
