import { type BuilderEvent, CandleBuilder } from '@/lib/domain/market/candle-builder'
import type { Candle } from '@/lib/domain/market/candle'
import { StreamClock } from '@/lib/domain/market/exchange-clock'
import { type EpochMs, openTimeOf } from '@/lib/domain/market/timeframe'
import type { TradePrint } from '@/lib/domain/market/trade-print'
import type { MarketDataClient, StreamHandle, StreamState } from '@/lib/exchanges/market-data-client'
import type { Clock } from '@/lib/platform/clock'
import type { HeartbeatTimings } from '@/daemons/heartbeat/timings'

export interface MarketWatchOptions {
  symbols: string[]
  market: Pick<MarketDataClient, 'streamTrades'>
  clock: Clock
  timings: HeartbeatTimings
  onClosed: (candle: Candle, isRecovered: boolean) => void
  onIncomplete: (symbol: string, openTime: EpochMs, reason: string) => void
  /** A print for a bar that was already sent. */
  onLatePrint: (print: TradePrint, openTime: EpochMs) => void
  /** The first message is here: the exchange's time is known from now on. */
  onBegin: (exchangeTime: EpochMs) => void
  onRaw: (symbol: string, receivedAt: EpochMs, text: string) => void
  onState: (state: StreamState) => void
  onUnreadable: (text: string, reason: string) => void
}

/** The market stream, one candle builder per symbol, and the exchange's clock that both feed. */
export class MarketWatch {
  readonly #options: MarketWatchOptions
  readonly #builders: Map<string, CandleBuilder>
  readonly #exchangeClock = new StreamClock()
  readonly #stream: StreamHandle
  readonly #timer: NodeJS.Timeout
  #hasBegun = false
  prints = 0
  lastMessageAt: EpochMs | undefined

  constructor(options: MarketWatchOptions) {
    this.#options = options
    const emit = (event: BuilderEvent) => {
      this.#onEvent(event)
    }
    this.#builders = new Map(options.symbols.map((symbol) => [symbol, new CandleBuilder(symbol, emit)]))
    this.#stream = options.market.streamTrades(options.symbols, {
      onTrade: (print, text) => {
        this.#onTrade(print, text)
      },
      onState: (state) => {
        if (state.kind === 'DISCONNECTED') for (const builder of this.#builders.values()) builder.onInterruption()
        options.onState(state)
      },
      onUnreadable: options.onUnreadable,
    })
    this.#timer = setInterval(() => {
      this.#onTimer()
    }, options.timings.clockMs)
  }

  /** The exchange's time as its messages show it; undefined before the first. */
  exchangeNow(): EpochMs | undefined {
    return this.#exchangeClock.at(this.#options.clock())
  }

  /** Hands fetched one-minute bars of one symbol to its builder. */
  recovered(candles: readonly Candle[]): void {
    for (const candle of candles) this.#builders.get(candle.symbol)?.onRecovered(candle)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#stream.close()
  }

  #onTrade(print: TradePrint, text: string): void {
    const now = this.#options.clock()
    this.prints += 1
    this.lastMessageAt = now
    this.#exchangeClock.observe(print.eventTime, now)
    if (!this.#hasBegun) this.#begin(print.eventTime)
    this.#builders.get(print.symbol)?.onTrade(print)
    this.#options.onRaw(print.symbol, now, text)
  }

  /** Every symbol starts with the first message of any: one that is not traded closes its minutes all the same. */
  #begin(exchangeTime: EpochMs): void {
    this.#hasBegun = true
    this.#options.onBegin(exchangeTime)
    for (const builder of this.#builders.values()) builder.onClock(exchangeTime)
  }

  #onTimer(): void {
    const exchangeTime = this.exchangeNow()
    if (exchangeTime === undefined || !this.#hasBegun) return
    for (const builder of this.#builders.values()) builder.onClock(exchangeTime - this.#options.timings.graceMs)
  }

  #onEvent(event: BuilderEvent): void {
    switch (event.kind) {
      case 'CLOSED':
        this.#options.onClosed(event.candle, event.isRecovered)
        return
      case 'INCOMPLETE':
        this.#options.onIncomplete(event.symbol, event.openTime, event.reason)
        return
      case 'LATE_PRINT':
        // A minute that waits for the exchange's own bar will have the print in it.
        if (this.#builders.get(event.print.symbol)?.has(openTimeOf('1m', event.openTime)) === true) {
          this.#options.onLatePrint(event.print, event.openTime)
        }
    }
  }
}
