import type { RateBucket } from '@/lib/exchanges/http/rate-window'
import type { RateCost } from '@/lib/exchanges/http/rate-governor'

// Limits of Bitget's REST API (bitget.com/api-doc): so many calls of one endpoint a second, counted per IP for public ones
// and per account for the others. The path is the limit's name.

const buckets = new Map<string, RateBucket>()

/** What one call of the endpoint takes. */
export function costOf(path: string, scope: RateBucket['scope'], perSecond: number): RateCost[] {
  let bucket = buckets.get(path)
  if (bucket === undefined) {
    bucket = { id: path, scope, windowMs: 1000, limit: perSecond, window: 'ROLLING', isShared: false }
    buckets.set(path, bucket)
  }
  return [{ bucket, weight: 1 }]
}

/** For the screen: the limits that an active account meets first. */
export const LIMITS_IN_WORDS: Record<'CLASSIC' | 'UNIFIED', string[]> = {
  CLASSIC: ['10 orders / s', '20 plan orders / s', '10 cancels / s', '20 queries / s'],
  UNIFIED: ['10 orders / s', '10 strategy orders / s', '10 changes / s', '20 queries / s'],
}
