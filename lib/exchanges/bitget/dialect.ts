import type { HttpCall, HttpDialect } from '@/lib/exchanges/http/exchange-http'
import { costOf } from '@/lib/exchanges/bitget/limits'
import { mapError } from '@/lib/exchanges/bitget/map-error'
import { serverTimeSchema } from '@/lib/exchanges/bitget/schemas'
import { passphraseOf, sentQuery, signatureOf, signedQuery } from '@/lib/exchanges/bitget/signing'

const TIME_PATH = '/api/v2/public/time'

const bodyOf = ({ json = {}, receiveWindowMs }: HttpCall, requestTime: string) =>
  receiveWindowMs === undefined
    ? json
    : Object.assign({}, json, { requestTime, receiveWindow: receiveWindowMs.toFixed() })

/**
 * Signing, usage headers and refusals of Bitget's REST API (bitget.com/api-doc/common). `isDemo` asks for demo trading,
 * which lives at the same address.
 */
export const bitgetDialect = (isDemo: boolean): HttpDialect => ({
  name: 'Bitget',
  serverTimePath: TIME_PATH,
  serverTimeCosts: costOf(TIME_PATH, 'IP', 20),

  prepare(call, timestamp) {
    const headers: Record<string, string> = { accept: 'application/json', locale: 'en-US' }
    if (isDemo) headers['paptrading'] = '1'
    const at = Math.floor(timestamp).toFixed()
    const body = call.method === 'GET' ? '' : JSON.stringify(bodyOf(call, at))
    if (body !== '') headers['content-type'] = 'application/json'
    const { credentials } = call
    if (credentials !== undefined) {
      headers['access-key'] = credentials.apiKey
      headers['access-passphrase'] = passphraseOf(credentials)
      headers['access-timestamp'] = at
      headers['access-sign'] = signatureOf(at + call.method + call.path + signedQuery(call.params) + body, credentials)
    }
    return { method: call.method, path: call.path + sentQuery(call.params), headers, ...(body === '' ? {} : { body }) }
  },

  usageOf(headers, call) {
    const left = headers['x-mbx-used-remain-limit']
    const bucket = call.costs[0]?.bucket
    if (bucket === undefined || typeof left !== 'string' || !/^\d{1,9}$/.test(left)) return {}
    return { [bucket.id]: { remaining: +left, resetInMs: bucket.windowMs } }
  },

  /** Signed calls are counted per account; a 429 that is not the exchange's own comes from what stands before it. */
  isOfAccount: (refusal, { costs }) => refusal !== undefined && costs.every(({ bucket }) => bucket.scope === 'ACCOUNT'),

  readServerTime: (body) => +serverTimeSchema.parse(body).data.serverTime,

  refusalOf: (_answer, body, call) => mapError(body, call.kind),
})
