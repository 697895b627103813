import { createHmac } from 'node:crypto'
import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'

const hmac = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('base64')

/** Parameters as a query, undefined ones left out: as they read for signing, and percent-encoded for the wire. */
export function queriesOf(params: Record<string, string | undefined>): { plain: string; encoded: string } {
  const pairs = Object.entries(params).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return {
    plain: pairs.map(([name, value]) => `${name}=${value}`).join('&'),
    encoded: pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&'),
  }
}

/**
 * The headers of a signed request (docs "Authentication", key version 3): the signature covers the query before encoding,
 * and the passphrase travels only as an HMAC. `timestamp` in ms.
 * @throws TradingError AUTHENTICATION, NOT_SENT, for credentials without a passphrase.
 */
export function authHeaders(
  credentials: Credentials,
  request: { timestamp: number; method: string; pathAndQuery: string; body: string },
): Record<string, string> {
  const { apiKey, apiSecret, apiPassphrase } = credentials
  if (apiPassphrase === undefined || apiPassphrase === '')
    throw new TradingError('AUTHENTICATION', 'KuCoin needs the passphrase of the API key.', { outcome: 'NOT_SENT' })
  const timestamp = Math.floor(request.timestamp).toFixed()
  return {
    'KC-API-KEY': apiKey,
    'KC-API-SIGN': hmac(apiSecret, timestamp + request.method + request.pathAndQuery + request.body),
    'KC-API-TIMESTAMP': timestamp,
    'KC-API-PASSPHRASE': hmac(apiSecret, apiPassphrase),
    'KC-API-KEY-VERSION': '3',
  }
}
