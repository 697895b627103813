import type { EpochMs } from '@/lib/domain/market/timeframe'

// How many webhooks a token may send: a store of `burst` that fills again evenly. In memory, per process: what is refused
// costs no look at the database.

interface Store {
  left: number
  at: EpochMs
  isRefusing: boolean
}

export interface WebhookThrottle {
  /**
   * Takes one from the token's store. `waitMs` is how long to wait until there is one again, 0 when it was taken;
   * `isFirst` says that the one before was not refused. Ask only for tokens in force: each is remembered.
   */
  take(token: string, now: EpochMs): { waitMs: number; isFirst: boolean }
}

export function createWebhookThrottle(burst: number, perMinute: number): WebhookThrottle {
  const stores = new Map<string, Store>()
  const msPerOne = 60_000 / perMinute
  return {
    take(token, now) {
      const store = stores.get(token) ?? { left: burst, at: now, isRefusing: false }
      // A clock that was put back fills nothing, and takes nothing away.
      store.left = Math.min(burst, store.left + Math.max(0, now - store.at) / msPerOne)
      store.at = now
      stores.set(token, store)
      if (store.left < 1) {
        const isFirst = !store.isRefusing
        store.isRefusing = true
        return { waitMs: (1 - store.left) * msPerOne, isFirst }
      }
      store.left -= 1
      store.isRefusing = false
      return { waitMs: 0, isFirst: false }
    },
  }
}
