import { BitgetError } from './errors'

const SECOND = 1000

interface Window {
  start: number
  used: number
}

/** Counts calls per second, endpoint and caller (an address, or an account), as Bitget documents its limits. */
export class RateLimits {
  /** Limits that differ from the usual ones, by path; `default` for all others. */
  private changed: Record<string, number> = {}
  private readonly windows = new Map<string, Window>()

  reset(limits: Record<string, number> = {}): void {
    this.changed = limits
    this.windows.clear()
  }

  /** Charges one call; answers how many are left in this second. Throws 429. */
  charge(path: string, caller: string, usual: number, now: number): number {
    const limit = this.changed[path] ?? this.changed['default'] ?? usual
    const key = `${path} ${caller}`
    const start = now - (now % SECOND)
    let window = this.windows.get(key)
    if (window?.start !== start) this.windows.set(key, (window = { start, used: 0 }))
    window.used += 1
    if (window.used > limit) throw new BitgetError('429', 'Too Many Requests', 429)
    return limit - window.used
  }
}
