import { findDisagreements, findHoles, type Flaw } from '@/lib/domain/market/coherence'
import { type EpochMs, openTimeOf, type Timeframe, TIMEFRAME_MS, TIMEFRAMES } from '@/lib/domain/market/timeframe'
import type { MarketDataClient } from '@/lib/exchanges/market-data-client'
import type { Clock } from '@/lib/platform/clock'
import type { HeartbeatPorts } from '@/daemons/heartbeat/ports'

export interface CoherenceWatchOptions {
  symbols: string[]
  ports: Pick<HeartbeatPorts, 'storedCandles' | 'recordFlaws' | 'resolveFilledHoles' | 'recordStatus'>
  market: Pick<MarketDataClient, 'getCandles'>
  clock: Clock
  /** Asks for the minutes that open in [from, to) once more. */
  recover: (symbol: string, from: EpochMs, to: EpochMs) => void
  /** A bar younger than this may still be on its way. */
  settleMs: number
}

/** Compares the stored series with itself and with the exchange's own bars, since this start (HB-8). */
export class CoherenceWatch {
  readonly #options: CoherenceWatchOptions
  /** Per symbol and timeframe: close time up to which the series was found whole and right. */
  readonly #checkedTo = new Map<string, EpochMs>()

  constructor(options: CoherenceWatchOptions) {
    this.#options = options
  }

  /**
   * One check of everything that closed in (since, exchangeNow]. Answers whether the series is coherent.
   * @throws what the ports throw: the check is tried again later.
   */
  async check(since: EpochMs, exchangeNow: EpochMs): Promise<boolean> {
    const { symbols, ports, clock } = this.#options
    const flaws: Flaw[] = []
    for (const symbol of symbols) {
      for (const timeframe of TIMEFRAMES)
        flaws.push(...(await this.#checkSeries(symbol, timeframe, since, exchangeNow)))
    }
    await ports.recordFlaws(flaws, clock())
    const isCoherent = (await ports.resolveFilledHoles(since, clock())) === 0
    await ports.recordStatus({ isCoherent })
    return isCoherent
  }

  async #checkSeries(symbol: string, timeframe: Timeframe, since: EpochMs, exchangeNow: EpochMs): Promise<Flaw[]> {
    const { ports, market, settleMs, recover } = this.#options
    const key = `${symbol} ${timeframe}`
    const from = this.#checkedTo.get(key) ?? since
    const to = openTimeOf(timeframe, exchangeNow - settleMs)
    if (to <= from) return []
    const ours = await ports.storedCandles(symbol, timeframe, from, to)
    const theirs = await market.getCandles({
      symbol,
      timeframe,
      startTime: from - TIMEFRAME_MS[timeframe] + 1,
      endTime: to,
    })
    const holes = findHoles(new Set(ours.map((candle) => candle.closeTime)), { symbol, timeframe }, from, to)
    for (const hole of holes)
      if (timeframe === '1m') recover(symbol, hole.closeTime - TIMEFRAME_MS['1m'], hole.closeTime)
    // Holes are looked at again until they are filled; what is there has been compared and is not fetched twice.
    const firstHole = holes[0]
    this.#checkedTo.set(key, firstHole === undefined ? to : firstHole.closeTime - TIMEFRAME_MS[timeframe])
    return [...holes, ...findDisagreements(ours, theirs)]
  }
}
