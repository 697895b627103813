import { type EpochMs, openTimeOf, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import type { MarketDataClient, StreamState } from '@/lib/exchanges/market-data-client'
import type { Clock } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'
import { CoherenceWatch } from '@/daemons/heartbeat/coherence-watch'
import { MarketWatch } from '@/daemons/heartbeat/market-watch'
import type { HeartbeatPorts, StatusChange } from '@/daemons/heartbeat/ports'
import { RawBatcher } from '@/daemons/heartbeat/raw-batcher'
import { Recovery } from '@/daemons/heartbeat/recovery'
import { SignalOutlet } from '@/daemons/heartbeat/signal-outlet'
import { SystemTicks } from '@/daemons/heartbeat/system-ticks'
import { HEARTBEAT_TIMINGS, type HeartbeatTimings } from '@/daemons/heartbeat/timings'

/** Longest stretch fetched after a stop: a week. */
const MAX_LOOKBACK_MS = 7 * 86_400_000

export interface HeartbeatOptions {
  symbols: string[]
  market: MarketDataClient
  ports: HeartbeatPorts
  clock: Clock
  log: Logger
  /** Tells the operator what is wrong, or null. */
  setError?: (reason: string | null) => void
  timings?: Partial<HeartbeatTimings>
}

/** The metronome: market stream in, closed bars and time signals out. Its parts are in the files beside this one. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #timings: HeartbeatTimings
  readonly #outlet: SignalOutlet
  readonly #recovery: Recovery
  readonly #watch: MarketWatch
  readonly #raw: RawBatcher
  readonly #ticks: SystemTicks
  readonly #coherence: CoherenceWatch
  readonly #timers: NodeJS.Timeout[] = []
  /** The exchange's time of the first message; signals are for bars that close after it. */
  #begunAt: EpochMs | undefined
  #isChecking = false

  /** Starts at once. */
  constructor(options: HeartbeatOptions) {
    this.#options = options
    const { symbols, market, ports, clock, log } = options
    const timings = { ...HEARTBEAT_TIMINGS, ...options.timings }
    this.#timings = timings
    const exchangeNow = () => this.exchangeNow()
    this.#outlet = new SignalOutlet({ ports, clock, log, timings, exchangeNow })
    this.#recovery = new Recovery({
      market,
      log,
      timings,
      onRecovered: (candles) => {
        this.#watch.recovered(candles)
      },
    })
    this.#raw = new RawBatcher((messages) => ports.publishRaw(messages), timings.rawBatchMs)
    this.#watch = this.#startWatch()
    this.#coherence = new CoherenceWatch({
      symbols,
      ports,
      market,
      clock,
      settleMs: timings.recoveryDelayMs + 3 * timings.retryMs,
      recover: (symbol, from, to) => {
        this.#recovery.want(symbol, from, to)
      },
    })
    this.#ticks = new SystemTicks({ ports, clock, exchangeNow, everyMs: timings.systemTickMs, log })
    this.#every(timings.retryMs, () => this.#outlet.retry())
    this.#every(timings.statusMs, () => this.#reportMessages())
    this.#every(timings.coherenceMs, () => this.checkCoherence())
  }

  /** The exchange's time, or the local one before its first message. */
  exchangeNow(): EpochMs {
    return this.#watch.exchangeNow() ?? this.#options.clock()
  }

  /** Figures for `/metrics`. */
  figures() {
    const { unstored, unsent, dropped } = this.#outlet.backlog
    const { prints, lastMessageAt } = this.#watch
    return { prints, lastMessageAt, unstored, unsent, dropped, missingMinutes: this.#recovery.pending }
  }

  /** Compares what is stored since this start with the exchange (HB-8). */
  async checkCoherence(): Promise<void> {
    if (this.#begunAt === undefined || this.#isChecking) return
    this.#isChecking = true
    try {
      await this.#coherence.check(this.#begunAt, this.exchangeNow())
    } finally {
      this.#isChecking = false
    }
  }

  /** Ends the stream, sends what is under way, and records the end. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#watch.stop()
    this.#recovery.stop()
    this.#ticks.stop()
    this.#raw.stop()
    await this.#outlet.drain()
  }

  #startWatch(): MarketWatch {
    const { symbols, market, clock, log, ports } = this.#options
    return new MarketWatch({
      symbols,
      market,
      clock,
      timings: this.#timings,
      onClosed: (candle, isRecovered) => {
        const isSignalled = this.#begunAt !== undefined && candle.closeTime > this.#begunAt
        this.#outlet.take(candle, isRecovered, isSignalled)
      },
      onIncomplete: (symbol, openTime, reason) => {
        log.info({ symbol, openTime, reason }, 'a minute is fetched from the exchange')
        this.#recovery.want(symbol, openTime, openTime + TIMEFRAME_MS['1m'])
      },
      onLatePrint: (print, openTime) => {
        const { symbol, tradeId } = print
        const closeTime = openTime + TIMEFRAME_MS['1m']
        const detail = `print ${tradeId} arrived after the bar was sent`
        log.warn({ symbol, tradeId, openTime }, 'a print arrived after its bar was sent')
        this.#settle(ports.recordFlaws([{ symbol, timeframe: '1m', closeTime, kind: 'DISAGREEMENT', detail }], clock()))
      },
      onBegin: (exchangeTime) => {
        this.#begunAt = exchangeTime
        for (const symbol of symbols) this.#settle(this.#fetchHistory(symbol, exchangeTime))
      },
      onRaw: (symbol, receivedAt, text) => {
        this.#raw.push(symbol, receivedAt, text)
      },
      onState: (state) => {
        this.#onState(state)
      },
      onUnreadable: (text, reason) => {
        log.warn({ reason, text: text.slice(0, 200) }, 'market message skipped')
      },
    })
  }

  /** From the last stored minute, and at least from the start of the longest bar under way, to the minute under way. */
  async #fetchHistory(symbol: string, exchangeTime: EpochMs): Promise<void> {
    const current = openTimeOf('1m', exchangeTime)
    const last = await this.#options.ports.lastCloseTime(symbol).catch(() => undefined)
    const from = Math.min(openTimeOf('4h', exchangeTime), last ?? current)
    this.#recovery.want(symbol, Math.max(from, current - MAX_LOOKBACK_MS), current)
  }

  #onState(state: StreamState): void {
    const { log, setError } = this.#options
    log.info({ state }, 'market stream')
    if (state.kind === 'CONNECTED' || state.kind === 'RENEWED') {
      setError?.(null)
      this.#record({ isConnected: true, lastError: null })
    } else if (state.kind === 'DISCONNECTED') {
      setError?.(`market stream: ${state.reason}`)
      this.#record({ isConnected: false, lastError: state.reason })
    } else if (state.kind === 'CLOSED') this.#record({ isConnected: false })
  }

  async #reportMessages(): Promise<void> {
    const { lastMessageAt } = this.#watch
    if (lastMessageAt !== undefined) await this.#options.ports.recordStatus({ lastMessageAt })
  }

  #record(change: StatusChange): void {
    this.#settle(this.#options.ports.recordStatus(change))
  }

  #every(ms: number, task: () => Promise<void>): void {
    const timer = setInterval(() => {
      this.#settle(task())
    }, ms)
    timer.unref()
    this.#timers.push(timer)
  }

  /** Lets work beside the stream fail without harm to it. */
  #settle(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#options.log.warn({ reason: String(error) }, 'heartbeat work beside the stream failed')
    })
  }
}
