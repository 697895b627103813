import type { HttpDialect } from '@/lib/exchanges/http/exchange-http'
import type { RateUsage } from '@/lib/exchanges/http/rate-window'
import { WEIGHT } from '@/lib/exchanges/binance/limits'
import { mapError } from '@/lib/exchanges/binance/map-error'
import { serverTimeSchema } from '@/lib/exchanges/binance/schemas'
import { encodeParams, signatureOf } from '@/lib/exchanges/binance/signing'

const RECV_WINDOW_MS = '5000'
const ORDER_COUNT_HEADER = /^x-mbx-order-count-(\d+[smhd])$/

/** Signing, usage headers and refusals of Binance's REST API (rest-api.md, "LIMITS" and "SIGNED endpoint security"). */
export const BINANCE_DIALECT: HttpDialect = {
  name: 'Binance',
  serverTimePath: '/api/v3/time',
  serverTimeCosts: [{ bucket: WEIGHT, weight: 1 }],

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
    const usage: RateUsage = {}
    const weight = headers['x-mbx-used-weight-1m']
    if (isCount(weight)) usage[WEIGHT.id] = { used: +weight }
    for (const [name, value] of Object.entries(headers)) {
      const window = ORDER_COUNT_HEADER.exec(name)?.[1]
      if (window !== undefined && isCount(value)) usage[`ORDERS_${window.toUpperCase()}`] = { used: +value }
    }
    return usage
  },

  /** Too many orders; all else is weight, which is counted per address. */
  isOfAccount: (refusal) => refusal?.nativeCode === '-1015',

  readServerTime: (body) => serverTimeSchema.parse(body).serverTime,

  refusalOf: (_answer, body) => mapError(body),
}

const isCount = (value: unknown): value is string => typeof value === 'string' && /^\d{1,15}$/.test(value)
