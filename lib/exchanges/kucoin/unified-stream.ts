import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import type { UserStreamHandlers } from '@/lib/exchanges/execution-client'
import type { StreamHandle } from '@/lib/exchanges/market-data-client'
import { ReconnectingSocket, type SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import type { SocketLine } from '@/lib/exchanges/ws/socket-connection'
import type { KucoinAccount } from '@/lib/exchanges/kucoin/account'
import { isPong, PING, unifiedAddress } from '@/lib/exchanges/kucoin/bullet'
import { symbolOf } from '@/lib/exchanges/kucoin/map-market'
import { amountOrNone } from '@/lib/exchanges/kucoin/map-order'
import { mapFunds } from '@/lib/exchanges/kucoin/map-unified'
import { OrderFeed } from '@/lib/exchanges/kucoin/order-feed'
import { parseUnified } from '@/lib/exchanges/kucoin/stream-message'
import type { KucoinUnifiedRawClient } from '@/lib/exchanges/kucoin/unified-raw-client'

// The private stream of unified accounts (docs "UTA WebSocket: Private Channels"). Field names are single letters.

const CHANNELS = ['orderAll', 'balance']
const STALL_MS = 45_000
const TRIGGERED = 1

const orderSchema = z.looseObject({ s: z.string(), oi: z.string(), os: z.int(), fS: z.string() })
const balanceSchema = z.looseObject({
  c: z.string(),
  a: z.string(),
  h: z.string(),
  U: z.union([z.string(), z.int()]),
})

export interface UnifiedStreamOptions {
  raw: KucoinUnifiedRawClient
  account: KucoinAccount
  privateUrl: string
  timings: Partial<SocketTimings>
  credentials: Credentials
  handlers: UserStreamHandlers
}

export class UnifiedStream implements StreamHandle {
  readonly #options: UnifiedStreamOptions
  readonly #feed: OrderFeed
  readonly #socket: ReconnectingSocket
  readonly #waiting = new WeakMap<SocketLine, Set<string>>()
  readonly #fundsAt = new Map<string, bigint>()

  constructor(options: UnifiedStreamOptions) {
    this.#options = options
    const { raw, credentials, privateUrl, handlers } = options
    this.#feed = new OrderFeed(options)
    this.#socket = new ReconnectingSocket(
      async () => unifiedAddress(await raw.privateToken(credentials), privateUrl),
      {
        onState: handlers.onState,
        onOpen: (line) => {
          this.#subscribe(line)
        },
        onText: (text, line) => this.#onText(text, line),
      },
      {
        timings: { stallMs: STALL_MS, ...options.timings },
        keepAlive: PING,
        isAnswer: isPong,
        mayBeQuiet: true,
      },
    )
  }

  close(): void {
    this.#feed.close()
    this.#socket.close()
  }

  #subscribe(line: SocketLine): void {
    this.#waiting.set(line, new Set(CHANNELS))
    for (const channel of CHANNELS)
      line.send(JSON.stringify({ id: channel, action: 'subscribe', channel, tradeType: 'UNIFIED' }))
  }

  #onText(text: string, line: SocketLine): undefined {
    const message = parseUnified(text)
    if (message?.T !== undefined) {
      const reason = this.#onMessage(message.T.split('.', 1)[0] ?? '', message.d)
      if (reason !== undefined) this.#options.handlers.onUnreadable?.(text, reason)
    } else if (message?.result === true) {
      const waiting = this.#waiting.get(line)
      waiting?.delete(String(message.id))
      if (waiting?.size === 0) line.ready()
    } else if (message?.result === false || message?.type === 'error')
      line.fail(`the exchange refused: ${message.reason ?? 'no reason given'}`)
    else if (message?.type !== 'welcome') this.#options.handlers.onUnreadable?.(text, 'neither an answer nor a message')
    return undefined
  }

  /** Answers a sentence for a message that is not as documented. */
  #onMessage(channel: string, data: unknown): string | undefined {
    if (channel === 'orderAll' || channel === 'order') {
      const order = orderSchema.safeParse(data)
      if (!order.success) return z.prettifyError(order.error)
      const { s, oi, os, fS } = order.data
      // What a trigger order became speaks for itself.
      if (os !== TRIGGERED) this.#feed.touch(symbolOf(s), oi, amountOrNone(fS) !== undefined)
      return undefined
    }
    if (channel !== 'balance') return `channel ${channel} was not asked for`
    const funds = balanceSchema.safeParse(data)
    if (!funds.success) return z.prettifyError(funds.error)
    const { c, a, h, U } = funds.data
    // Messages may overtake each other: older funds do not replace newer ones.
    const at = BigInt(U)
    if (at < (this.#fundsAt.get(c) ?? 0n)) return undefined
    this.#fundsAt.set(c, at)
    this.#options.handlers.onBalance([mapFunds(c, a, h)])
    return undefined
  }
}
