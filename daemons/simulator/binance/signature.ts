import { createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import type { Account } from '../matching/account'
import { BinanceError, mandatory } from './errors'
import type { Params } from './params'

const DEFAULT_WINDOW_MS = 5000
const MAX_WINDOW_MS = 60_000
const AHEAD_MS = 1000

const KEY_FORM = /^[A-Za-z0-9]{64}$/

/** The account of an API key. Throws -2014 for a malformed key and -2015 for an unknown one. */
export function accountOfKey(apiKey: string | undefined, find: (key: string) => Account | undefined): Account {
  if (apiKey === undefined || !KEY_FORM.test(apiKey)) throw new BinanceError(-2014, 'API-key format invalid.', 401)
  const account = find(apiKey)
  if (account?.record.exchange !== 'binance')
    throw new BinanceError(-2015, 'Invalid API-key, IP, or permissions for action.', 401)
  return account
}

/** What is signed: query and body exactly as sent, joined without a separator, without the signature itself. */
export const signedPayload = (query: string, body: string): string => withoutSignature(query) + withoutSignature(body)

const withoutSignature = (part: string): string =>
  part.includes('signature=')
    ? part
        .split('&')
        .filter((pair) => !pair.startsWith('signature='))
        .join('&')
    : part

/** Checks `timestamp` and `recvWindow` against the exchange's clock (epoch ms). */
export function checkTime(params: Params, now: number): void {
  const timestamp = params.integer('timestamp')
  const window = params.decimal('recvWindow')?.toNumber() ?? DEFAULT_WINDOW_MS
  if (timestamp === undefined) throw mandatory('timestamp')
  if (window > MAX_WINDOW_MS) throw new BinanceError(-1131, "'recvWindow' must be less than 60000.")
  if (timestamp >= now + AHEAD_MS)
    throw new BinanceError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
  if (now - timestamp > window)
    throw new BinanceError(-1021, 'Timestamp for this request is outside of the recvWindow.')
}

/** Checks the time and the `signature` of a signed request. */
export function checkSigned(account: Account, params: Params, payload: string, now: number): void {
  const signature = params.text('signature')
  if (!params.has('timestamp')) throw mandatory('timestamp')
  if (signature === undefined) throw mandatory('signature')
  checkTime(params, now)
  if (!isSignedBy(account, payload, signature))
    throw new BinanceError(-1022, 'Signature for this request is not valid.')
}

/** An account whose key is a key pair has the public half in the place of the secret. */
const publicKeyOf = ({ record }: Account): KeyObject | undefined =>
  record.apiSecret.startsWith('-----BEGIN PUBLIC KEY-----') ? createPublicKey(record.apiSecret) : undefined

export const isEd25519 = (account: Account): boolean => publicKeyOf(account)?.asymmetricKeyType === 'ed25519'

function isSignedBy(account: Account, payload: string, signature: string): boolean {
  const key = publicKeyOf(account)
  if (key !== undefined) {
    const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
    return verify(algorithm, Buffer.from(payload), key, Buffer.from(signature, 'base64'))
  }
  const expected = createHmac('sha256', account.record.apiSecret).update(payload).digest()
  const given = Buffer.from(signature, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
