import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import type { UserStreamHandlers } from '@/lib/exchanges/execution-client'
import type { StreamHandle } from '@/lib/exchanges/market-data-client'
import { ReconnectingSocket, type SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import type { SocketLine } from '@/lib/exchanges/ws/socket-connection'
import type { KucoinAccount } from '@/lib/exchanges/kucoin/account'
import { isPong, PING, streamAddress } from '@/lib/exchanges/kucoin/bullet'
import { symbolOf } from '@/lib/exchanges/kucoin/map-market'
import { mapFunds } from '@/lib/exchanges/kucoin/map-unified'
import { OrderFeed } from '@/lib/exchanges/kucoin/order-feed'
import type { KucoinRawClient } from '@/lib/exchanges/kucoin/raw-client'
import { parseMessage } from '@/lib/exchanges/kucoin/stream-message'

// The private stream of classic accounts (docs "WebSocket: Spot Private Channels").

const ORDERS = '/spotMarket/tradeOrdersV2'
const STOPS = '/spotMarket/advancedOrders'
const BALANCE = '/account/balance'
const TOPICS = [ORDERS, STOPS, BALANCE]
const STALL_MS = 45_000

const orderSchema = z.looseObject({ symbol: z.string(), orderId: z.string(), type: z.string() })
const stopSchema = z.looseObject({
  symbol: z.string(),
  orderId: z.string(),
  stop: z.string(),
  type: z.string(),
  triggerSuccess: z.boolean().optional(),
})
const balanceSchema = z.looseObject({
  currency: z.string(),
  available: z.string(),
  hold: z.string(),
  time: z.union([z.string(), z.int()]),
})

export interface KucoinStreamOptions {
  raw: KucoinRawClient
  account: KucoinAccount
  streamUrl: string
  timings: Partial<SocketTimings>
  credentials: Credentials
  handlers: UserStreamHandlers
}

export class ClassicStream implements StreamHandle {
  readonly #options: KucoinStreamOptions
  readonly #feed: OrderFeed
  readonly #socket: ReconnectingSocket
  readonly #waiting = new WeakMap<SocketLine, Set<string>>()
  readonly #fundsAt = new Map<string, number>()

  constructor(options: KucoinStreamOptions) {
    this.#options = options
    const { raw, credentials, streamUrl, handlers } = options
    this.#feed = new OrderFeed(options)
    this.#socket = new ReconnectingSocket(
      async () => streamAddress(await raw.getPrivateToken(credentials), streamUrl),
      // The exchange speaks first.
      { onState: handlers.onState, onOpen: () => undefined, onText: (text, line) => this.#onText(text, line) },
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

  #onText(text: string, line: SocketLine): undefined {
    const message = parseMessage(text)
    switch (message?.type) {
      case 'welcome':
        this.#waiting.set(line, new Set(TOPICS))
        for (const topic of TOPICS)
          line.send(JSON.stringify({ id: topic, type: 'subscribe', topic, privateChannel: true, response: true }))
        return undefined
      case 'ack': {
        const waiting = this.#waiting.get(line)
        waiting?.delete(String(message.id))
        if (waiting?.size === 0) line.ready()
        return undefined
      }
      case 'message': {
        const reason = this.#onMessage(message.topic ?? '', message.data)
        if (reason !== undefined) this.#options.handlers.onUnreadable?.(text, reason)
        return undefined
      }
      case 'error':
        line.fail(`the exchange refused: ${String(message.data)}`)
        return undefined
      case undefined:
      default:
        this.#options.handlers.onUnreadable?.(text, 'not a message of a stream')
        return undefined
    }
  }

  /** Answers a sentence for a message that is not as documented. */
  #onMessage(topic: string, data: unknown): string | undefined {
    if (topic === ORDERS) {
      const order = orderSchema.safeParse(data)
      if (!order.success) return z.prettifyError(order.error)
      const { symbol, orderId, type } = order.data
      // It has not met the book yet: what became of it follows.
      if (type !== 'received') this.#feed.touch(symbolOf(symbol), orderId, type === 'match' || type === 'filled')
      return undefined
    }
    if (topic === STOPS) {
      const stop = stopSchema.safeParse(data)
      if (!stop.success) return z.prettifyError(stop.error)
      const { symbol, orderId, stop: kind, type, triggerSuccess } = stop.data
      // The legs of pairs have no client id of their own; and what a stop order became speaks for itself.
      const isOwn = kind === 'loss' || kind === 'entry'
      if (isOwn && !(type === 'triggered' && triggerSuccess !== false))
        this.#feed.touch(symbolOf(symbol), orderId, false)
      return undefined
    }
    if (topic !== BALANCE) return `topic ${topic} was not asked for`
    const funds = balanceSchema.safeParse(data)
    if (!funds.success) return z.prettifyError(funds.error)
    const { currency, available, hold, time } = funds.data
    // Messages may overtake each other: older funds do not replace newer ones.
    const at = +time
    if (at < (this.#fundsAt.get(currency) ?? 0)) return undefined
    this.#fundsAt.set(currency, at)
    this.#options.handlers.onBalance([mapFunds(currency, available, hold)])
    return undefined
  }
}
