import { z } from 'zod'
import type { Candle } from '@/lib/domain/market/candle'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import type {
  CandleRange,
  MarketDataClient,
  StreamHandle,
  TradeStreamHandlers,
} from '@/lib/exchanges/market-data-client'
import { ReconnectingSocket, type SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import type { SocketLine } from '@/lib/exchanges/ws/socket-connection'
import { readCandles } from '@/lib/exchanges/bitget/candles'
import { exchangeSymbolOf, mapPrint } from '@/lib/exchanges/bitget/map-market'
import { BitgetRawClient } from '@/lib/exchanges/bitget/raw-client'

const PING_MS = 25_000
const UPGRADE = 30033

const messageSchema = z.looseObject({
  event: z.string().optional(),
  code: z.union([z.int(), z.string()]).transform(Number).optional(),
  msg: z.string().nullish(),
  action: z.string().optional(),
  arg: z.looseObject({ channel: z.string().optional(), instId: z.string().optional() }).optional(),
  data: z.array(z.unknown()).optional(),
  ts: z.union([z.int(), z.string()]).transform(Number).optional(),
})
type Message = z.infer<typeof messageSchema>

export interface BitgetMarketDataOptions {
  http: ExchangeHttp
  /** Base address of the public streams, `wss://ws.bitget.com`. */
  streamUrl: string
  timings?: Partial<SocketTimings>
}

/** Market-data port of Bitget spot (bitget.com/api-doc/spot/market, /spot/websocket/public). */
export class BitgetMarketDataClient implements MarketDataClient {
  readonly #options: BitgetMarketDataOptions
  readonly #raw: BitgetRawClient

  constructor(options: BitgetMarketDataOptions) {
    this.#options = options
    this.#raw = new BitgetRawClient(options.http)
  }

  /** The `trade` channel of each pair. */
  streamTrades(symbols: string[], handlers: TradeStreamHandlers): StreamHandle {
    return new TradeStream(symbols, handlers, this.#options)
  }

  async serverTime(): Promise<EpochMs> {
    return +(await this.#raw.publicTime()).serverTime
  }

  async getCandles(range: CandleRange): Promise<Candle[]> {
    const { serverClock } = this.#options.http
    await serverClock.keepFresh()
    return readCandles(this.#raw, range, () => serverClock.now())
  }

  close(): Promise<void> {
    return this.#options.http.close()
  }
}

class TradeStream implements StreamHandle {
  readonly #handlers: TradeStreamHandlers
  readonly #symbolOf: Map<string, string>
  readonly #socket: ReconnectingSocket
  /** Pairs that are not confirmed yet, by connection. */
  readonly #awaited = new WeakMap<SocketLine, Set<string>>()
  /** Id of the newest print handed on, by pair: what a new connection repeats is dropped. */
  readonly #lastId = new Map<string, bigint>()

  constructor(symbols: string[], handlers: TradeStreamHandlers, options: BitgetMarketDataOptions) {
    this.#handlers = handlers
    this.#symbolOf = new Map(symbols.map((symbol) => [exchangeSymbolOf(symbol), symbol]))
    this.#socket = new ReconnectingSocket(
      `${options.streamUrl}/v2/ws/public`,
      {
        onState: handlers.onState,
        onOpen: (line) => this.#subscribe(line),
        onText: (text, line) => this.#onText(text, line),
      },
      {
        ...(options.timings === undefined ? {} : { timings: options.timings }),
        keepAlive: { everyMs: PING_MS, text: () => 'ping' },
        isAnswer: (text) => text === 'pong',
      },
    )
  }

  close(): void {
    this.#socket.close()
  }

  #subscribe(line: SocketLine): void {
    const pairs = [...this.#symbolOf.keys()]
    this.#awaited.set(line, new Set(pairs))
    const args = pairs.map((instId) => ({ instType: 'SPOT', channel: 'trade', instId }))
    line.send(JSON.stringify({ op: 'subscribe', args }))
  }

  #onText(text: string, line: SocketLine): 'RENEW' | undefined {
    const message = messageSchema.safeParse(parseJson(text)).data
    const instId = message?.arg?.instId ?? ''
    if (message === undefined) {
      this.#handlers.onUnreadable?.(text, 'not a message of this protocol')
      return undefined
    }
    if (message.event === 'subscribe') {
      const awaited = this.#awaited.get(line)
      awaited?.delete(instId)
      if (awaited?.size === 0) line.ready()
    } else if (message.event === 'error') {
      if (message.code === UPGRADE) return 'RENEW'
      line.fail(`the exchange refused: ${message.msg ?? ''} (${message.code ?? ''})`)
    } else if (message.event === undefined) this.#onPrints(message, instId, text)
    return undefined
  }

  /** Newest first on the wire. The first snapshot is what happened before we came: only its end is noted. */
  #onPrints(message: Message, instId: string, text: string): void {
    const symbol = this.#symbolOf.get(instId)
    if (symbol === undefined) {
      this.#handlers.onUnreadable?.(text, `pair ${instId} was not asked for`)
      return
    }
    const isHistory = message.action === 'snapshot' && !this.#lastId.has(instId)
    for (const row of (message.data ?? []).toReversed()) {
      const print = mapPrint(row, symbol, message.ts ?? 0)
      if (typeof print === 'string') {
        this.#handlers.onUnreadable?.(text, print)
        continue
      }
      const id = BigInt(print.tradeId)
      if (id <= (this.#lastId.get(instId) ?? -1n)) continue
      this.#lastId.set(instId, id)
      if (!isHistory) this.#handlers.onTrade(print, text)
    }
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
