import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Account } from '../matching/account'
import { BitgetError } from './errors'

/** How far a timestamp may be from the exchange's clock. */
const WINDOW_MS = 30_000

const signatureOf = (payload: string, secret: string): Buffer => createHmac('sha256', secret).update(payload).digest()

/** Is `given` (base64) the signature of any of these payloads? */
export function isSignedBy(given: string, secret: string, payloads: string[]): boolean {
  const bytes = Buffer.from(given, 'base64')
  return payloads.some((payload) => {
    const expected = signatureOf(payload, secret)
    return bytes.length === expected.length && timingSafeEqual(bytes, expected)
  })
}

const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

export interface SignedCall {
  headers: IncomingHttpHeaders
  method: string
  path: string
  /** As sent, without the question mark. */
  query: string
  body: string
}

/** The account that signed a call (ACCESS-* headers). Throws BitgetError. */
export function authenticate(call: SignedCall, now: number, find: (key: string) => Account | undefined): Account {
  const { headers } = call
  const key = header(headers, 'access-key')
  const sign = header(headers, 'access-sign')
  const timestamp = header(headers, 'access-timestamp')
  const passphrase = header(headers, 'access-passphrase')
  if (key === undefined || key === '') throw new BitgetError('40001', 'ACCESS_KEY cannot be empty')
  if (sign === undefined || sign === '') throw new BitgetError('40003', 'Signature cannot be empty')
  if (passphrase === undefined || passphrase === '') throw new BitgetError('40011', 'ACCESS_PASSPHRASE cannot be empty')
  if (timestamp === undefined || !/^\d{13}$/.test(timestamp)) throw new BitgetError('40005', 'Invalid ACCESS_TIMESTAMP')
  const account = find(key)
  if (account?.record.exchange !== 'bitget') throw new BitgetError('40037', 'Apikey does not exist')
  if (Math.abs(now - Number(timestamp)) > WINDOW_MS) throw new BitgetError('40008', 'Request timestamp expired')
  if (passphrase !== account.record.apiPassphrase) throw new BitgetError('40012', 'apikey/password is incorrect')
  // The query is signed as sent or before its percent-encoding: clients differ, and the exchange takes both.
  const queries = call.query === '' ? [''] : [`?${call.query}`, `?${decoded(call.query)}`]
  const payloads = queries.map((query) => timestamp + call.method + call.path + query + call.body)
  if (!isSignedBy(sign, account.record.apiSecret, payloads)) throw new BitgetError('40009', 'sign signature error')
  return account
}

const decoded = (query: string): string => {
  try {
    return decodeURIComponent(query)
  } catch {
    return query
  }
}
