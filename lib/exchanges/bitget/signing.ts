import { createHmac } from 'node:crypto'
import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'

type Params = Record<string, string | undefined>

const present = (params: Params): [string, string][] =>
  Object.entries(params)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))

/** The query as it is signed: sorted by name, not percent-encoded, with its question mark; empty without parameters. */
export const signedQuery = (params: Params): string => {
  const pairs = present(params).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/** The same as it is sent. */
export const sentQuery = (params: Params): string => {
  const pairs = present(params).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

/** Base64 of HMAC-SHA256 (bitget.com/api-doc/common/signature). */
export const signatureOf = (payload: string, credentials: Credentials): string =>
  createHmac('sha256', credentials.apiSecret).update(payload).digest('base64')

/** @throws TradingError AUTHENTICATION, NOT_SENT: every key of Bitget has a passphrase. */
export function passphraseOf({ apiPassphrase }: Credentials): string {
  if (apiPassphrase !== undefined && apiPassphrase !== '') return apiPassphrase
  throw new TradingError('AUTHENTICATION', 'This Bitget account has no passphrase.', { outcome: 'NOT_SENT' })
}
