import type { RateBucket } from '@/lib/exchanges/http/rate-window'

// Resource pools of KuCoin's REST API (docs "Rate limit", figures of VIP 0): so much weight in any 30 seconds. The headers
// gw-ratelimit-* are the truth.

const pool = (id: string, scope: RateBucket['scope'], limit: number): RateBucket => ({
  id,
  scope,
  windowMs: 30_000,
  limit,
  window: 'ROLLING',
  isShared: true,
})

export const SPOT = pool('SPOT_30S', 'ACCOUNT', 4000)
export const MANAGEMENT = pool('MANAGEMENT_30S', 'ACCOUNT', 2000)
export const UNIFIED = pool('UNIFIED_30S', 'ACCOUNT', 2000)
export const PUBLIC = pool('PUBLIC_30S', 'IP', 2000)
