import type { Exchange } from '../exchange'
import { flatCandle } from '../market/candle-builder'
import { INTERVAL_MS, barStart } from '../market/interval'
import { klineEvent } from './market-shapes'

const UPDATE_MS = 1000
/** A bar is closed this long after its end, when its last prints are surely announced. */
const SETTLE_MS = 40

interface Kline {
  stream: string
  symbol: string
  interval: string
  intervalMs: number
  /** Start of the bar in progress; undefined until the market has a price. */
  openTime: number | undefined
  updatedAt: number
  lastId: number
  isBusy: boolean
}

/** The kline streams listened to: each bar updated about once a second, and closed at its end on the market's clock. */
export class KlineStreams {
  private readonly klines = new Map<string, Kline>()
  private readonly exchange: Exchange
  private readonly publish: (stream: string, message: unknown) => void

  constructor(exchange: Exchange, publish: (stream: string, message: unknown) => void) {
    this.exchange = exchange
    this.publish = publish
  }

  add(stream: string, symbol: string, interval: string): void {
    const intervalMs = INTERVAL_MS[interval]
    if (intervalMs === undefined) return
    this.klines.set(stream, {
      stream,
      symbol,
      interval,
      intervalMs,
      openTime: undefined,
      updatedAt: 0,
      lastId: -1,
      isBusy: false,
    })
  }

  remove(stream: string): void {
    this.klines.delete(stream)
  }

  /** The market was replaced: bars begin anew. */
  restart(): void {
    for (const kline of this.klines.values()) kline.openTime = undefined
  }

  /** To be called often. `wall` is a running clock in ms, for the pace of the updates only. */
  tick(wall: number): void {
    for (const kline of this.klines.values())
      if (!kline.isBusy) {
        kline.isBusy = true
        void this.advance(kline, wall).finally(() => {
          kline.isBusy = false
        })
      }
  }

  private async advance(kline: Kline, wall: number): Promise<void> {
    const { market } = this.exchange
    const last = market.lastTrade(kline.symbol)
    if (last === undefined) return
    if (kline.openTime === undefined) {
      // A replay that is being awaited begins with its first bar, however many have passed by now.
      const first = market.kind === 'replay' ? (market.trades(kline.symbol, 1, 0)[0] ?? last) : undefined
      kline.openTime = barStart(first?.tradeTime ?? market.now(), kline.intervalMs)
    }
    const settle = market.kind === 'replay' ? 0 : SETTLE_MS
    let openTime = kline.openTime
    for (; market.now() >= openTime + kline.intervalMs + settle; openTime += kline.intervalMs) {
      await this.send(kline, openTime, true)
      if (market !== this.exchange.market) return
      kline.openTime = openTime + kline.intervalMs
    }
    if (wall - kline.updatedAt < UPDATE_MS || last.id === kline.lastId) return
    kline.updatedAt = wall
    kline.lastId = last.id
    await this.send(kline, openTime, false)
  }

  private async send(kline: Kline, openTime: number, isClosed: boolean): Promise<void> {
    const { market } = this.exchange
    const { symbol, interval, intervalMs, stream } = kline
    const [found] = await market.candles(symbol, intervalMs, openTime, openTime, 1)
    if (market !== this.exchange.market) return
    const last = market.lastTrade(symbol)
    const candle = found ?? (last === undefined ? undefined : flatCandle(last.price, openTime, intervalMs))
    if (candle !== undefined) this.publish(stream, klineEvent(symbol, interval, candle, isClosed, market.now()))
  }
}
