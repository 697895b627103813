import { createHmac, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'

/**
 * Parameters as Binance wants them signed: percent-encoded first (rule of 2026-01-15), in the order given.
 * Undefined values are left out.
 */
export function encodeParams(params: Record<string, string | undefined>): string {
  let text = ''
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue
    text += `${text === '' ? '' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`
  }
  return text
}

const isPrivateKey = (credentials: Credentials): boolean => credentials.apiSecret.startsWith('-----BEGIN')

const readPrivateKey = (credentials: Credentials): KeyObject => {
  try {
    return createPrivateKey(credentials.apiSecret)
  } catch {
    // The cause is left out: OpenSSL's text may quote the key.
    throw new TradingError('AUTHENTICATION', 'The private key of this account cannot be read.', { outcome: 'NOT_SENT' })
  }
}

/** Hex for HMAC-SHA256; base64 for Ed25519 and RSA-SHA256, when the secret is a PEM private key. */
const plainSignatureOf = (payload: string, credentials: Credentials): string => {
  if (!isPrivateKey(credentials)) return createHmac('sha256', credentials.apiSecret).update(payload).digest('hex')
  const key = readPrivateKey(credentials)
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  return sign(algorithm, Buffer.from(payload), key).toString('base64')
}

/** Whether the account's key can log a whole connection on. */
export const isEd25519 = (credentials: Credentials): boolean =>
  isPrivateKey(credentials) && readPrivateKey(credentials).asymmetricKeyType === 'ed25519'

/**
 * The `signature` parameter for an encoded payload: HMAC-SHA256 in hex, or, when the secret is a PEM private key, Ed25519
 * or RSA-SHA256 in base64, percent-encoded (binance-spot-api-docs, rest-api.md, "SIGNED endpoint security").
 * @throws TradingError AUTHENTICATION, NOT_SENT, when the private key cannot be read.
 */
export const signatureOf = (payload: string, credentials: Credentials): string =>
  encodeURIComponent(plainSignatureOf(payload, credentials))

/**
 * The parameters that sign a request of the WebSocket API without others of its own: all but the signature, sorted by name
 * (web-socket-api.md, "SIGNED request security"). `timestamp` in ms of the exchange's clock.
 */
export function signedApiParams(credentials: Credentials, timestamp: number): Record<string, string | number> {
  const params = { apiKey: credentials.apiKey, recvWindow: 5000, timestamp: Math.floor(timestamp) }
  const payload = encodeParams({
    apiKey: params.apiKey,
    recvWindow: String(params.recvWindow),
    timestamp: String(params.timestamp),
  })
  return { ...params, signature: plainSignatureOf(payload, credentials) }
}
