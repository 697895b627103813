import type { Candle } from '@/lib/domain/market/candle'
import { inSignalOrder } from '@/lib/domain/market/signal-order'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { isLate, signalIdOf } from '@/lib/domain/signal/candle-closed'
import { type Clock, sleep } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'
import type { ClosedBar, HeartbeatPorts } from '@/daemons/heartbeat/ports'
import type { HeartbeatTimings } from '@/daemons/heartbeat/timings'

/** About a day of one symbol's bars, or an hour of fifty symbols'. */
const BACKLOG_LIMIT = 5000
const BATCH = 1000

export interface SignalOutletOptions {
  ports: Pick<HeartbeatPorts, 'storeCandles' | 'publishSignal' | 'recordAlert'>
  clock: Clock
  log: Logger
  timings: HeartbeatTimings
  /** The exchange's time, by which a signal is late or not. */
  exchangeNow: () => EpochMs
}

/**
 * The way out of closed bars: stored first, then signalled, shortest timeframe first. A database or queue that is away holds
 * nothing up: bars and signals wait in a bounded backlog and follow later, the signals flagged as late.
 */
export class SignalOutlet {
  readonly #options: SignalOutletOptions
  #fresh: { candle: Candle; isRecovered: boolean; isSignalled: boolean; receivedAt: EpochMs }[] = []
  #unstored: ClosedBar[] = []
  #unsent: ClosedBar[] = []
  #isRunning = false
  #dropped = 0

  constructor(options: SignalOutletOptions) {
    this.#options = options
  }

  /** Bars and signals that wait for the database or the queue. */
  get backlog(): { unstored: number; unsent: number; dropped: number } {
    return { unstored: this.#unstored.length, unsent: this.#unsent.length, dropped: this.#dropped }
  }

  /** Takes a closed bar; returns at once. `isSignalled` is false for history from before this start. */
  take(candle: Candle, isRecovered: boolean, isSignalled: boolean): void {
    this.#fresh.push({ candle, isRecovered, isSignalled, receivedAt: this.#options.clock() })
    if (this.#isRunning) return
    this.#isRunning = true
    // All bars of this moment, of every symbol, leave together.
    setImmediate(() => void this.#run())
  }

  /** Resolves when everything taken so far has been stored and sent, or given up for now. */
  async drain(): Promise<void> {
    while (this.#isRunning) await sleep(1)
    if (this.#unstored.length + this.#unsent.length > 0) await this.retry()
  }

  /** Tries the backlog again; called from time to time. */
  async retry(): Promise<void> {
    if (this.#unstored.length > 0) {
      const waiting = this.#unstored.splice(0)
      await this.#store(waiting)
    }
    const unsent = this.#unsent.splice(0).map((bar) => this.#judged(bar))
    await this.#publish(unsent)
  }

  async #run(): Promise<void> {
    while (this.#fresh.length > 0) {
      const now = this.#options.clock()
      const bars = inSignalOrder(this.#fresh.splice(0)).map(({ candle, isRecovered, isSignalled, receivedAt }) =>
        this.#judged({
          candle,
          signalId: signalIdOf(candle.timeframe, candle.closeTime),
          receivedAt,
          publishedAt: isSignalled ? now : undefined,
          isRecovered,
          isLate: false,
        }),
      )
      const stored = this.#store(bars)
      await Promise.race([stored, sleep(this.#options.timings.storePatienceMs)])
      await this.#publish(bars.filter((bar) => bar.publishedAt !== undefined))
    }
    this.#isRunning = false
  }

  #judged(bar: ClosedBar): ClosedBar {
    const { timeframe, closeTime } = bar.candle
    return { ...bar, isLate: isLate(timeframe, closeTime, this.#options.exchangeNow()) }
  }

  async #store(bars: readonly ClosedBar[]): Promise<void> {
    for (let from = 0; from < bars.length; from += BATCH) {
      const batch = bars.slice(from, from + BATCH)
      try {
        await this.#options.ports.storeCandles(batch)
      } catch (error) {
        this.#options.log.warn({ reason: String(error), bars: batch.length }, 'bars could not be stored yet')
        this.#keep(this.#unstored, batch, 'bars')
      }
    }
  }

  /** One timeframe after the other; the symbols of one timeframe together. */
  async #publish(bars: readonly ClosedBar[]): Promise<void> {
    const groups = new Map<string, ClosedBar[]>()
    for (const bar of bars) groups.set(bar.signalId, [...(groups.get(bar.signalId) ?? []), bar])
    for (const group of groups.values()) {
      await Promise.all(
        group.map((bar) =>
          this.#options.ports.publishSignal(bar).catch((error: unknown) => {
            this.#options.log.warn({ reason: String(error), signalId: bar.signalId }, 'signal could not be sent yet')
            this.#keep(this.#unsent, [bar], 'signals')
          }),
        ),
      )
    }
  }

  #keep(backlog: ClosedBar[], bars: readonly ClosedBar[], what: string): void {
    backlog.push(...bars)
    const excess = backlog.length - BACKLOG_LIMIT
    if (excess <= 0) return
    backlog.splice(0, excess)
    this.#dropped += excess
    const { ports, clock, log } = this.#options
    log.error({ what, dropped: this.#dropped }, 'backlog is full, the oldest were dropped')
    ports.recordAlert('HEARTBEAT_BACKLOG_FULL', { what, dropped: excess }, clock()).catch(() => undefined)
  }
}
