import type { Candle } from '@/lib/domain/market/candle'
import { type EpochMs, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import type { MarketDataClient } from '@/lib/exchanges/market-data-client'
import { sleep } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'
import type { HeartbeatTimings } from '@/daemons/heartbeat/timings'

const MINUTE = TIMEFRAME_MS['1m']

export interface RecoveryOptions {
  market: Pick<MarketDataClient, 'getCandles'>
  log: Logger
  timings: HeartbeatTimings
  /** Takes the fetched bars of one symbol, oldest first. */
  onRecovered: (candles: Candle[]) => void
}

/**
 * Fetches the minutes that the stream did not show whole (HB-7). Minutes wanted at about the same time go in one request;
 * what the exchange does not have yet is asked for again, for as long as the daemon runs.
 */
export class Recovery {
  readonly #options: RecoveryOptions
  readonly #wanted = new Map<string, Set<EpochMs>>()
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
    const minutes = this.#wanted.get(symbol) ?? new Set()
    this.#wanted.set(symbol, minutes)
    for (let openTime = from; openTime < to; openTime += MINUTE) minutes.add(openTime)
    if (minutes.size > 0 && !this.#running.has(symbol)) {
      this.#running.add(symbol)
      void this.#run(symbol, minutes)
    }
  }

  stop(): void {
    this.#abort.abort()
  }

  async #run(symbol: string, minutes: Set<EpochMs>): Promise<void> {
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

  async #fetch(symbol: string, minutes: Set<EpochMs>): Promise<void> {
    for (const [from, to] of runsOf(minutes)) {
      const range = { symbol, timeframe: '1m' as const, startTime: from, endTime: to, signal: this.#abort.signal }
      const candles = (await this.#options.market.getCandles(range)).filter(
        (candle) => candle.isClosed && minutes.has(candle.openTime),
      )
      for (const candle of candles) minutes.delete(candle.openTime)
      if (candles.length > 0) this.#options.onRecovered(candles)
    }
  }
}

/** Stretches of consecutive minutes, as [first open time, end). */
const runsOf = (minutes: ReadonlySet<EpochMs>): [EpochMs, EpochMs][] => {
  const runs: [EpochMs, EpochMs][] = []
  for (const openTime of [...minutes].sort((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last?.[1] === openTime) last[1] = openTime + MINUTE
    else runs.push([openTime, openTime + MINUTE])
  }
  return runs
}
