import type { z } from 'zod'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { bulletSchema } from '@/lib/exchanges/kucoin/schemas'

type Bullet = z.infer<typeof bulletSchema>

let connections = 0
const connectId = (): string => {
  connections += 1
  return `${Date.now()}${connections}`
}

/**
 * The address of a classic stream from a bullet's answer. `trusted` is the configured address of the streams: on its host
 * clear text is fine where that was, and everywhere else the exchange must name a secure address.
 * @throws TradingError EXCHANGE_UNAVAILABLE for a bullet without an address that may be used.
 */
export function streamAddress(bullet: Bullet, trusted: string): string {
  const endpoint = bullet.instanceServers[0]?.endpoint ?? ''
  const url = URL.parse(endpoint)
  const isTrusted = url?.protocol === 'wss:' || url?.origin === URL.parse(trusted)?.origin
  if (url === null || !isTrusted)
    throw new TradingError('EXCHANGE_UNAVAILABLE', 'KuCoin named no secure address for its streams.', {
      outcome: 'NOT_SENT',
      isRetryable: true,
    })
  url.searchParams.set('token', bullet.token)
  url.searchParams.set('connectId', connectId())
  return url.href
}

/** The address of a unified account's stream: a fixed host, opened with the bullet's token. */
export const unifiedAddress = (bullet: Bullet, privateUrl: string): string =>
  `${privateUrl}/?token=${encodeURIComponent(bullet.token)}`

/** KuCoin wants a JSON ping within its interval (18 s) and takes no ping frames. */
export const PING = { everyMs: 9_000, text: () => JSON.stringify({ id: connectId(), type: 'ping' }) }
export const isPong = (text: string): boolean => text.length < 200 && /"type"\s*:\s*"pong"/.test(text)
