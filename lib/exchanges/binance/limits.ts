import type { RateCost } from '@/lib/exchanges/http/rate-governor'
import type { RateBucket } from '@/lib/exchanges/http/rate-window'
import type { BinanceExchangeInfo } from '@/lib/exchanges/binance/schemas'

// Limits of Binance's REST API (binance-spot-api-docs, rest-api.md "LIMITS"): weight per IP, new orders per account, in
// windows that start at whole multiples of their length.

/** Request weight: the documented figure, until the exchange's own list is read. */
export const WEIGHT: RateBucket = {
  id: 'WEIGHT_1M',
  scope: 'IP',
  windowMs: 60_000,
  limit: 6000,
  window: 'CLOCK',
  isShared: true,
}

export const weighing = (weight: number): RateCost[] => [{ bucket: WEIGHT, weight }]

const orders = (id: string, windowMs: number, limit: number): RateBucket => ({
  id,
  scope: 'ACCOUNT',
  windowMs,
  limit,
  window: 'CLOCK',
  isShared: false,
})
/** New orders, all kinds together. */
export const ORDER_COUNTS: readonly RateBucket[] = [
  orders('ORDERS_10S', 10_000, 100),
  orders('ORDERS_1D', 86_400_000, 200_000),
]

/** Limits of /sapi endpoints: a budget of their own, per account. */
const WALLET: RateBucket = {
  id: 'WALLET_1M',
  scope: 'ACCOUNT',
  windowMs: 60_000,
  limit: 180_000,
  window: 'CLOCK',
  isShared: false,
}
export const walletCosts = (weight: number): RateCost[] => [{ bucket: WALLET, weight }]

/** The limits in `exchangeInfo.rateLimits`, by bucket id. */
export function limitsOf(info: BinanceExchangeInfo): Record<string, number> {
  const ids: Record<string, string> = { REQUEST_WEIGHT: 'WEIGHT', ORDERS: 'ORDERS' }
  const limits: Record<string, number> = {}
  for (const { rateLimitType, interval, intervalNum, limit } of info.rateLimits) {
    const id = ids[rateLimitType]
    if (id !== undefined) limits[`${id}_${intervalNum}${interval.charAt(0)}`] = limit
  }
  return limits
}
