import { z } from 'zod'
import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import type { UserStreamHandlers } from '@/lib/exchanges/execution-client'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import type { StreamHandle } from '@/lib/exchanges/market-data-client'
import { ReconnectingSocket, type SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import type { SocketLine } from '@/lib/exchanges/ws/socket-connection'
import type { BitgetMarkets } from '@/lib/exchanges/bitget/markets'
import type { BitgetOrders } from '@/lib/exchanges/bitget/orders'
import { passphraseOf, signatureOf } from '@/lib/exchanges/bitget/signing'
import { UserEvents } from '@/lib/exchanges/bitget/user-events'

// The account's stream (bitget.com/api-doc/common/websocket-intro): login, then one subscription a channel; text pings.

const PING_MS = 25_000
/** An idle account is silent but for the answers to pings. */
const STALL_MS = 70_000
/** "Service upgrade": the connection ends within a minute. */
const UPGRADE = 30033
const EXPIRED = new Set([30013, 30014])

const CHANNELS: Record<AccountMode, Record<string, string>[]> = {
  CLASSIC: [
    { instType: 'SPOT', channel: 'orders', instId: 'default' },
    { instType: 'SPOT', channel: 'account', coin: 'default' },
    { instType: 'SPOT', channel: 'orders-algo', instId: 'default' },
  ],
  UNIFIED: [
    { instType: 'UTA', topic: 'order' },
    { instType: 'UTA', topic: 'fill' },
    { instType: 'UTA', topic: 'account' },
    { instType: 'UTA', topic: 'strategy-order' },
  ],
}
/** Not documented for every account: without it the orders that plans place are still reported. */
const OPTIONAL = new Set(['orders-algo', 'strategy-order'])

const messageSchema = z.looseObject({
  event: z.string().optional(),
  code: z.union([z.int(), z.string()]).transform(Number).optional(),
  msg: z.string().nullish(),
  arg: z.looseObject({ channel: z.string().optional(), topic: z.string().optional() }).optional(),
  data: z.array(z.unknown()).optional(),
})

export interface UserStreamOptions {
  http: ExchangeHttp
  markets: BitgetMarkets
  /** Base address of the private streams. */
  privateUrl: string
  timings: Partial<SocketTimings>
  credentials: Credentials
  handlers: UserStreamHandlers
  /** Which account system the key belongs to, and its orders. */
  account: () => Promise<{ mode: AccountMode; orders: BitgetOrders }>
}

export class BitgetUserStream implements StreamHandle {
  readonly #options: UserStreamOptions
  readonly #socket: ReconnectingSocket
  /** Channels that are not confirmed yet, by connection. */
  readonly #awaited = new WeakMap<SocketLine, Set<string>>()
  #events: UserEvents | undefined
  #mode: AccountMode = 'CLASSIC'
  #isClosed = false

  constructor(options: UserStreamOptions) {
    this.#options = options
    this.#socket = new ReconnectingSocket(
      () => this.#address(),
      {
        onState: options.handlers.onState,
        onOpen: (line) => this.#login(line),
        onText: (text, line) => this.#onText(text, line),
      },
      {
        timings: { stallMs: STALL_MS, ...options.timings },
        keepAlive: { everyMs: Math.min(PING_MS, (options.timings.stallMs ?? STALL_MS) / 3), text: () => 'ping' },
        mayBeQuiet: true,
        isAnswer: (text) => text === 'pong',
      },
    )
  }

  close(): void {
    this.#isClosed = true
    this.#socket.close()
  }

  async #address(): Promise<string> {
    const { mode, orders } = await this.#options.account()
    const { credentials, handlers, markets } = this.#options
    this.#mode = mode
    this.#events ??= new UserEvents({ mode, orders, markets, credentials, handlers, isClosed: () => this.#isClosed })
    return `${this.#options.privateUrl}/${mode === 'CLASSIC' ? 'v2' : 'v3'}/ws/private`
  }

  async #login(line: SocketLine): Promise<void> {
    const { http, credentials } = this.#options
    await http.serverClock.keepFresh()
    const timestamp = Math.floor(http.serverClock.now() / 1000).toFixed()
    const sign = signatureOf(`${timestamp}GET/user/verify`, credentials)
    const passphrase = passphraseOf(credentials)
    line.send(JSON.stringify({ op: 'login', args: [{ apiKey: credentials.apiKey, passphrase, timestamp, sign }] }))
  }

  #onText(text: string, line: SocketLine): 'RENEW' | undefined {
    const message = messageSchema.safeParse(parseJson(text)).data
    if (message === undefined) {
      this.#options.handlers.onUnreadable?.(text, 'not a message of this protocol')
      return undefined
    }
    const channel = message.arg?.channel ?? message.arg?.topic
    switch (message.event) {
      case undefined:
        this.#events?.take(channel ?? '', message.data ?? [], text)
        return undefined
      case 'login':
        this.#subscribe(line)
        return undefined
      case 'subscribe':
        this.#confirm(line, channel ?? '')
        return undefined
      case 'error':
        return this.#onError(line, message.code ?? 0, channel, message.msg ?? '')
      default:
        return undefined
    }
  }

  #subscribe(line: SocketLine): void {
    const channels = CHANNELS[this.#mode]
    this.#awaited.set(line, new Set(channels.map((arg) => arg['channel'] ?? arg['topic'] ?? '')))
    line.send(JSON.stringify({ op: 'subscribe', args: channels }))
  }

  #confirm(line: SocketLine, channel: string): void {
    const awaited = this.#awaited.get(line)
    awaited?.delete(channel)
    if (awaited?.size === 0) line.ready()
  }

  #onError(line: SocketLine, code: number, channel: string | undefined, msg: string): 'RENEW' | undefined {
    if (code === UPGRADE) return 'RENEW'
    if (channel !== undefined && OPTIONAL.has(channel)) {
      this.#confirm(line, channel)
      return undefined
    }
    if (EXPIRED.has(code)) void this.#options.http.serverClock.sync().catch(() => undefined)
    line.fail(`the exchange refused: ${msg} (${code})`)
    return undefined
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
