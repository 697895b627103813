import type { HttpDialect } from '@/lib/exchanges/http/exchange-http'
import type { RateLimits } from '@/lib/exchanges/http/rate-governor'
import { mapError } from '@/lib/exchanges/binance/map-error'
import { type BinanceExchangeInfo, serverTimeSchema } from '@/lib/exchanges/binance/schemas'
import { encodeParams, signatureOf } from '@/lib/exchanges/binance/signing'

const RECV_WINDOW_MS = '5000'
const INTERVAL_MS: Record<string, number> = { SECOND: 1000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 }
const HEADER_UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const ORDER_COUNT_HEADER = /^x-mbx-order-count-(\d+)([smhd])$/

/** Documented limits, until the exchange's own list is read. */
export const BINANCE_LIMITS: RateLimits = {
  weightPerMinute: 6000,
  orders: [
    { windowMs: 10_000, limit: 100 },
    { windowMs: 86_400_000, limit: 200_000 },
  ],
}

/** Signing, usage headers and refusals of Binance's REST API (rest-api.md, "LIMITS" and "SIGNED endpoint security"). */
export const BINANCE_DIALECT: HttpDialect = {
  name: 'Binance',
  serverTimePath: '/api/v3/time',

  prepare(call, timestamp) {
    let payload = encodeParams(call.params)
    const headers: Record<string, string> = { accept: 'application/json' }
    if (call.credentials !== undefined) {
      headers['x-mbx-apikey'] = call.credentials.apiKey
      payload += `${payload === '' ? '' : '&'}recvWindow=${RECV_WINDOW_MS}&timestamp=${Math.floor(timestamp)}`
      payload += `&signature=${signatureOf(payload, call.credentials)}`
    }
    if (call.method === 'POST' || call.method === 'PUT') {
      headers['content-type'] = 'application/x-www-form-urlencoded'
      return { method: call.method, path: call.path, headers, body: payload }
    }
    return { method: call.method, path: payload === '' ? call.path : `${call.path}?${payload}`, headers }
  },

  usageOf(headers) {
    const weight = headers['x-mbx-used-weight-1m']
    const orderCounts = []
    for (const [name, value] of Object.entries(headers)) {
      const match = ORDER_COUNT_HEADER.exec(name)
      const unit = HEADER_UNIT_MS[match?.[2] ?? '']
      if (match?.[1] === undefined || unit === undefined || !isCount(value)) continue
      orderCounts.push({ windowMs: +match[1] * unit, count: +value })
    }
    return { ...(isCount(weight) ? { usedWeight: +weight } : {}), ...(orderCounts.length > 0 ? { orderCounts } : {}) }
  },

  readServerTime: (body) => serverTimeSchema.parse(body).serverTime,

  refusalOf: (_answer, body) => mapError(body),
}

/** The limits in `exchangeInfo.rateLimits`. */
export function limitsOf(info: BinanceExchangeInfo): RateLimits {
  const windowOf = (rule: BinanceExchangeInfo['rateLimits'][number]) =>
    (INTERVAL_MS[rule.interval] ?? 0) * rule.intervalNum
  const weight = info.rateLimits.find((rule) => rule.rateLimitType === 'REQUEST_WEIGHT' && windowOf(rule) === 60_000)
  return {
    weightPerMinute: weight?.limit ?? BINANCE_LIMITS.weightPerMinute,
    orders: info.rateLimits
      .filter((rule) => rule.rateLimitType === 'ORDERS' && windowOf(rule) > 0)
      .map((rule) => ({ windowMs: windowOf(rule), limit: rule.limit })),
  }
}

const isCount = (value: unknown): value is string => typeof value === 'string' && /^\d{1,15}$/.test(value)
