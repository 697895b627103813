import type { Candle } from '@/lib/domain/market/candle'
import { type EpochMs, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import type { MarketDataClient } from '@/lib/exchanges/market-data-client'
import { sleep } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'
import type { HeartbeatTimings } from '@/daemons/heartbeat/timings'

const MINUTE = TIMEFRAME_MS['1m']
/** An exchange that answers so often without a minute has none: it was closed, or its history does not reach back. */
const MAX_ANSWERS = 5

export interface RecoveryOptions {
  market: Pick<MarketDataClient, 'getCandles'>
  log: Logger
  timings: HeartbeatTimings
  /** Takes the fetched bars of one symbol, oldest first. */
  onRecovered: (candles: Candle[]) => void
}

/**
 * Fetches the minutes that the stream did not show whole (HB-7). Minutes wanted at about the same time go in one request;
 * while the exchange is out of reach it is asked again and again, and what it does not have is given up.
 */
export class Recovery {
  readonly #options: RecoveryOptions
  /** Per symbol: open times wanted, with the number of answers they were missing from. */
  readonly #wanted = new Map<string, Map<EpochMs, number>>()
  readonly #running = new Set<string>()
  readonly #abort = new AbortController()

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  /** Minutes not fetched yet. */
  get pending(): number {
    let count = 0
    for (const minutes of this.#wanted.values()) count += minutes.size
    return count
  }

  /** Asks for the minutes that open in [from, to). */
  want(symbol: string, from: EpochMs, to: EpochMs): void {
    const minutes = this.#wanted.get(symbol) ?? new Map<EpochMs, number>()
    this.#wanted.set(symbol, minutes)
    for (let openTime = from; openTime < to; openTime += MINUTE) minutes.set(openTime, 0)
    if (minutes.size > 0 && !this.#running.has(symbol)) {
      this.#running.add(symbol)
      void this.#run(symbol, minutes)
    }
  }

  stop(): void {
    this.#abort.abort()
  }

  async #run(symbol: string, minutes: Map<EpochMs, number>): Promise<void> {
    const { timings, log } = this.#options
    const { signal } = this.#abort
    let waitMs = timings.recoveryDelayMs
    while (minutes.size > 0) {
      await sleep(waitMs, signal)
      if (signal.aborted) break
      waitMs = timings.retryMs
      try {
        await this.#fetch(symbol, minutes)
      } catch (error) {
        log.warn({ symbol, minutes: minutes.size, reason: String(error) }, 'missing bars could not be fetched yet')
      }
    }
    this.#running.delete(symbol)
  }

  async #fetch(symbol: string, minutes: Map<EpochMs, number>): Promise<void> {
    for (const [from, to] of runsOf(minutes.keys())) {
      const range = { symbol, timeframe: '1m' as const, startTime: from, endTime: to, signal: this.#abort.signal }
      const candles = (await this.#options.market.getCandles(range)).filter(
        (candle) => candle.isClosed && minutes.has(candle.openTime),
      )
      for (const candle of candles) minutes.delete(candle.openTime)
      this.#countAnswer(symbol, minutes, from, to)
      if (candles.length > 0) this.#options.onRecovered(candles)
    }
  }

  #countAnswer(symbol: string, minutes: Map<EpochMs, number>, from: EpochMs, to: EpochMs): void {
    let givenUp = 0
    for (let openTime = from; openTime < to; openTime += MINUTE) {
      const answers = minutes.get(openTime)
      if (answers === undefined) continue
      minutes.set(openTime, answers + 1)
      if (answers + 1 < MAX_ANSWERS) continue
      minutes.delete(openTime)
      givenUp += 1
    }
    if (givenUp > 0) this.#options.log.warn({ symbol, from, to, givenUp }, 'the exchange has no bars for these minutes')
  }
}

/** Stretches of consecutive minutes, as [first open time, end). */
const runsOf = (minutes: Iterable<EpochMs>): [EpochMs, EpochMs][] => {
  const runs: [EpochMs, EpochMs][] = []
  for (const openTime of [...minutes].sort((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last?.[1] === openTime) last[1] = openTime + MINUTE
    else runs.push([openTime, openTime + MINUTE])
  }
  return runs
}
