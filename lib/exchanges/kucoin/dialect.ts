import { z } from 'zod'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { HttpDialect } from '@/lib/exchanges/http/exchange-http'
import { PUBLIC } from '@/lib/exchanges/kucoin/limits'
import { mapError } from '@/lib/exchanges/kucoin/map-error'
import { authHeaders, queriesOf } from '@/lib/exchanges/kucoin/signing'

const timeSchema = z.object({ data: z.int() })

const countOf = (value: string | string[] | undefined): number | undefined =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? +value : undefined

/** Signing, rate headers and refusals of KuCoin's REST API. */
export const KUCOIN_DIALECT: HttpDialect = {
  name: 'KuCoin',
  serverTimePath: '/api/v1/timestamp',
  serverTimeCosts: [{ bucket: PUBLIC, weight: 3 }],

  prepare({ method, path, params, json, credentials }, timestamp) {
    const { plain, encoded } = queriesOf(params)
    const body = json === undefined ? '' : JSON.stringify(json)
    const pathAndQuery = plain === '' ? path : `${path}?${plain}`
    const headers: Record<string, string> = {
      accept: 'application/json',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(credentials === undefined ? {} : authHeaders(credentials, { timestamp, method, pathAndQuery, body })),
    }
    const url = encoded === '' ? path : `${path}?${encoded}`
    return { method, path: url, headers, ...(json === undefined ? {} : { body }) }
  },

  usageOf(headers, call) {
    const [cost] = call.costs
    const remaining = countOf(headers['gw-ratelimit-remaining'])
    if (cost === undefined || remaining === undefined) return {}
    const limit = countOf(headers['gw-ratelimit-limit'])
    const resetInMs = countOf(headers['gw-ratelimit-reset'])
    return {
      [cost.bucket.id]: {
        remaining,
        ...(limit === undefined ? {} : { limit }),
        ...(resetInMs === undefined ? {} : { resetInMs }),
      },
    }
  },

  /** Signed calls are counted per account; a 429 that is not the exchange's own comes from what stands before it. */
  isOfAccount: (refusal, { costs }) => refusal !== undefined && costs.every(({ bucket }) => bucket.scope === 'ACCOUNT'),

  retryAfterMsOf: (headers) => countOf(headers['gw-ratelimit-reset']),
  readServerTime: (body) => timeSchema.parse(body).data,

  refusalOf(_answer, body, call) {
    const refusal = mapError(body)
    // Nothing can have happened by reading: it may simply be read again.
    if (refusal?.outcome !== 'UNKNOWN' || call.kind === 'COMMAND') return refusal
    const { message, nativeCode, nativeMessage } = refusal
    return new TradingError('EXCHANGE_UNAVAILABLE', message, {
      outcome: 'UNKNOWN',
      isRetryable: true,
      ...(nativeCode === undefined ? {} : { nativeCode }),
      ...(nativeMessage === undefined ? {} : { nativeMessage }),
    })
  },
}
