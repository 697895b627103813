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
import { readCandles } from '@/lib/exchanges/binance/candles'
import { exchangeSymbolOf, mapPrint } from '@/lib/exchanges/binance/map-market'
import { BinanceRawMarketClient } from '@/lib/exchanges/binance/raw-market-client'

export interface BinanceMarketDataOptions {
  http: ExchangeHttp
  /** Base address of the streams, `wss://stream.binance.com:9443`. */
  streamUrl: string
  timings?: Partial<SocketTimings>
}

/** Market-data port of Binance spot (binance-spot-api-docs, web-socket-streams.md and rest-api.md). */
export class BinanceMarketDataClient implements MarketDataClient {
  readonly #http: ExchangeHttp
  readonly #raw: BinanceRawMarketClient
  readonly #streamUrl: string
  readonly #timings: Partial<SocketTimings>

  constructor(options: BinanceMarketDataOptions) {
    this.#http = options.http
    this.#raw = new BinanceRawMarketClient(options.http)
    this.#streamUrl = options.streamUrl
    this.#timings = options.timings ?? {}
  }

  /** Combined `aggTrade` streams: one message per taker order and price, with consecutive ids that show a lost message. */
  streamTrades(symbols: string[], handlers: TradeStreamHandlers): StreamHandle {
    const symbolOf = new Map(symbols.map((symbol) => [exchangeSymbolOf(symbol), symbol]))
    const streams = [...symbolOf.keys()].map((name) => `${name.toLowerCase()}@aggTrade`)
    return new ReconnectingSocket(
      `${this.#streamUrl}/stream?streams=${streams.join('/')}`,
      {
        onState: handlers.onState,
        onText: (text) => {
          const event = eventOf(text)
          if (isServerShutdown(event)) return 'RENEW'
          const print = mapPrint(event, symbolOf)
          if (typeof print === 'string') handlers.onUnreadable?.(text, print)
          else handlers.onTrade(print, text)
          return undefined
        },
      },
      { timings: this.#timings },
    )
  }

  async serverTime(): Promise<EpochMs> {
    return (await this.#raw.time()).serverTime
  }

  async getCandles(range: CandleRange): Promise<Candle[]> {
    await this.#http.serverClock.keepFresh()
    return readCandles(this.#raw, range, () => this.#http.serverClock.now())
  }

  close(): Promise<void> {
    return this.#http.close()
  }
}

/** The event inside `{"stream": ..., "data": {...}}`, or the message itself where it comes unwrapped. */
const eventOf = (text: string): unknown => {
  try {
    const message: unknown = JSON.parse(text)
    if (typeof message === 'object' && message !== null && 'data' in message) return message.data
    return message
  } catch {
    return undefined
  }
}

/** Sent ten minutes before Binance takes a stream server down (since 2026-05). */
const isServerShutdown = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'e' in event && event.e === 'serverShutdown'
