import type { EpochMs } from '@/lib/domain/market/timeframe'

// Back-off of sign-in attempts, kept in memory: after some free failures each further one doubles the wait. The name
// alone counts too, with more patience, because an address can be made up or changed at will.

interface Entry {
  failures: number
  blockedUntil: EpochMs
  lastAt: EpochMs
}

const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 15 * 60_000
const FORGET_AFTER_MS = 60 * 60_000
const MAX_ENTRIES = 10_000

export interface SignInThrottle {
  /** Milliseconds still to wait before this name may be tried from this address; 0 when it may be tried now. */
  waitMs(name: string, address: string, now: EpochMs): number
  failed(name: string, address: string, now: EpochMs): void
  succeeded(name: string, address: string): void
}

/** A throttle of its own state; the process keeps one. */
export function createSignInThrottle(freePerPair = 5, freePerName = 20): SignInThrottle {
  const entries = new Map<string, Entry>()

  const keysOf = (name: string, address: string) => [
    { key: `pair\n${name.toLowerCase()}\n${address}`, free: freePerPair },
    { key: `name\n${name.toLowerCase()}`, free: freePerName },
  ]

  function prune(now: EpochMs): void {
    if (entries.size < MAX_ENTRIES) return
    for (const [key, entry] of entries) if (now - entry.lastAt > FORGET_AFTER_MS) entries.delete(key)
    for (const key of entries.keys()) {
      if (entries.size < MAX_ENTRIES) break
      entries.delete(key)
    }
  }

  return {
    waitMs(name, address, now) {
      const waits = keysOf(name, address).map(({ key }) => (entries.get(key)?.blockedUntil ?? 0) - now)
      return Math.max(0, ...waits)
    },

    failed(name, address, now) {
      prune(now)
      for (const { key, free } of keysOf(name, address)) {
        const known = entries.get(key)
        const isFresh = known !== undefined && now - known.lastAt <= FORGET_AFTER_MS
        const failures = (isFresh ? known.failures : 0) + 1
        const excess = failures - free
        const wait = excess < 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** excess, LONGEST_WAIT_MS)
        entries.set(key, { failures, blockedUntil: now + wait, lastAt: now })
      }
    },

    succeeded(name, address) {
      for (const { key } of keysOf(name, address)) entries.delete(key)
    },
  }
}
