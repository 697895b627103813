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
import { isPong, PING, streamAddress } from '@/lib/exchanges/kucoin/bullet'
import { readCandles } from '@/lib/exchanges/kucoin/candles'
import { exchangeSymbolOf, mapPrint } from '@/lib/exchanges/kucoin/map-market'
import { KucoinRawClient } from '@/lib/exchanges/kucoin/raw-client'
import { parseMessage } from '@/lib/exchanges/kucoin/stream-message'

/** Pairs that one subscription may name. */
const PAIRS_A_TOPIC = 100

/** Market-data port of KuCoin spot: candles over REST, prints over /market/match. */
export class KucoinMarketDataClient implements MarketDataClient {
  readonly #http: ExchangeHttp
  readonly #raw: KucoinRawClient
  readonly #streamUrl: string
  readonly #timings: Partial<SocketTimings>

  constructor(options: { http: ExchangeHttp; streamUrl: string; timings: Partial<SocketTimings> }) {
    this.#http = options.http
    this.#raw = new KucoinRawClient(options.http)
    this.#streamUrl = options.streamUrl
    this.#timings = options.timings
  }

  streamTrades(symbols: string[], handlers: TradeStreamHandlers): StreamHandle {
    const names = new Map(symbols.map((symbol) => [exchangeSymbolOf(symbol), symbol]))
    const topics = topicsOf([...names.keys()])
    const unconfirmed = new WeakMap<SocketLine, Set<string>>()
    const onText = (text: string, line: SocketLine): undefined => {
      const message = parseMessage(text)
      switch (message?.type) {
        case 'welcome':
          unconfirmed.set(line, new Set(topics))
          for (const topic of topics) line.send(JSON.stringify({ id: topic, type: 'subscribe', topic, response: true }))
          return undefined
        case 'ack': {
          const waiting = unconfirmed.get(line)
          waiting?.delete(String(message.id))
          if (waiting?.size === 0) line.ready()
          return undefined
        }
        case 'message': {
          const print = mapPrint(message.data, names)
          if (typeof print === 'string') handlers.onUnreadable?.(text, print)
          else handlers.onTrade(print, text)
          return undefined
        }
        case 'error':
          line.fail(`the exchange refused: ${String(message.data)}`)
          return undefined
        case undefined:
        default:
          handlers.onUnreadable?.(text, 'not a message of a stream')
          return undefined
      }
    }
    return new ReconnectingSocket(
      async () => streamAddress(await this.#raw.getPublicToken(), this.#streamUrl),
      // The exchange speaks first.
      { onState: handlers.onState, onOpen: () => undefined, onText },
      { timings: this.#timings, keepAlive: PING, isAnswer: isPong },
    )
  }

  serverTime(): Promise<EpochMs> {
    return this.#raw.getServerTime()
  }

  async getCandles(range: CandleRange): Promise<Candle[]> {
    await this.#http.serverClock.keepFresh()
    return readCandles(this.#raw, range, () => this.#http.serverClock.now())
  }

  close(): Promise<void> {
    return this.#http.close()
  }
}

const topicsOf = (names: string[]): string[] => {
  const topics: string[] = []
  for (let i = 0; i < names.length; i += PAIRS_A_TOPIC)
    topics.push(`/market/match:${names.slice(i, i + PAIRS_A_TOPIC).join(',')}`)
  return topics
}
