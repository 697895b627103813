import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Account } from '../matching/account'
import { KucoinError } from './errors'

const PATIENCE_MS = 5000

const hmac = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('base64')

const isSame = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The text that a request is signed over: its query as it reads before any percent encoding. */
function prehashOf(timestamp: string, method: string, pathAndQuery: string, body: string): string {
  let plain = pathAndQuery
  try {
    plain = decodeURIComponent(pathAndQuery)
  } catch {
    // A broken escape is signed as it stands.
  }
  return timestamp + method + plain + body
}

/**
 * The account that signed a request (docs: "Authentication"). `now` is the exchange's clock, epoch ms.
 * Throws 400001 missing headers, 400003 key, 400002 clock, 400004 passphrase, 400005 signature, 400008 key version.
 */
export function authenticate(
  headers: IncomingHttpHeaders,
  request: { method: string; pathAndQuery: string; body: string; now: number },
  find: (apiKey: string) => Account | undefined,
): Account {
  const of = (name: string): string => {
    const value = headers[name]
    if (typeof value !== 'string' || value === '')
      throw new KucoinError('400001', `Please check the header of your request for ${name.toUpperCase()}.`, 401)
    return value
  }
  const [key, sign, timestamp] = [of('kc-api-key'), of('kc-api-sign'), of('kc-api-timestamp')]
  const [passphrase, version] = [of('kc-api-passphrase'), headers['kc-api-key-version']]
  const account = find(key)
  if (account?.record.exchange !== 'kucoin') throw new KucoinError('400003', 'KC-API-KEY not exists', 401)
  if (!/^\d{1,15}$/.test(timestamp) || Math.abs(request.now - Number(timestamp)) > PATIENCE_MS)
    throw new KucoinError('400002', 'Invalid KC-API-TIMESTAMP', 401)
  if (version !== '2' && version !== '3')
    throw new KucoinError('400008', 'KC-API-KEY-VERSION is not supported by this endpoint.', 401)
  const { apiSecret, apiPassphrase } = account.record
  if (!isSame(passphrase, hmac(apiSecret, apiPassphrase ?? '')))
    throw new KucoinError('400004', 'Invalid KC-API-PASSPHRASE', 401)
  const { method, pathAndQuery, body } = request
  if (!isSame(sign, hmac(apiSecret, prehashOf(timestamp, method, pathAndQuery, body))))
    throw new KucoinError('400005', 'Invalid KC-API-SIGN', 401)
  return account
}
