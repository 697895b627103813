import { createHmac, createPrivateKey, sign } from 'node:crypto'
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

/**
 * The `signature` parameter for an encoded payload: HMAC-SHA256 in hex, or, when the secret is a PEM private key, Ed25519
 * or RSA-SHA256 in base64 (binance-spot-api-docs, rest-api.md, "SIGNED endpoint security").
 * @throws TradingError AUTHENTICATION, NOT_SENT, when the private key cannot be read.
 */
export function signatureOf(payload: string, credentials: Credentials): string {
  if (!credentials.apiSecret.startsWith('-----BEGIN')) {
    return createHmac('sha256', credentials.apiSecret).update(payload).digest('hex')
  }
  try {
    const key = createPrivateKey(credentials.apiSecret)
    const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
    return encodeURIComponent(sign(algorithm, Buffer.from(payload), key).toString('base64'))
  } catch {
    // The cause is left out: OpenSSL's text may quote the key.
    throw new TradingError('AUTHENTICATION', 'The private key of this account cannot be read.', { outcome: 'NOT_SENT' })
  }
}
