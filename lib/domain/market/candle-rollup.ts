import { mergeCandles } from '@/lib/domain/market/aggregate'
import type { Candle } from '@/lib/domain/market/candle'
import {
  closeTimeOf,
  type EpochMs,
  openTimeOf,
  type Timeframe,
  TIMEFRAME_MS,
  TIMEFRAMES,
} from '@/lib/domain/market/timeframe'

/** Which longer bars are made of which shorter ones, in the order in which they are made: shortest first. */
const MADE_FROM: Record<Timeframe, Timeframe[]> = {
  '1m': ['3m', '5m'],
  '3m': [],
  '5m': ['10m', '15m'],
  '10m': [],
  '15m': ['1h'],
  '1h': ['2h'],
  '2h': ['4h'],
  '4h': [],
}

/** Bars that ended longer than this before the newest are forgotten: two of the longest. */
const KEPT_MS = 2 * TIMEFRAME_MS['4h']
/** Parts of a bar that still waits for others are kept so long: an exchange may refuse its history for days, its stream up. */
const WAITS_MS = 7 * 86_400_000

/**
 * Makes the longer bars of one symbol out of its complete one-minute bars. A longer bar comes out once every one of its parts
 * is there, in whatever order they came: one recovered late completes the bars that waited for it.
 */
export class CandleRollup {
  readonly #bars = new Map<Timeframe, Map<EpochMs, Candle>>(TIMEFRAMES.map((timeframe) => [timeframe, new Map()]))
  #newest = 0

  /** Takes one complete bar of one minute. Answers it and every longer bar that it completes, shortest first. */
  add(minute: Candle): Candle[] {
    if (this.has('1m', minute.openTime)) return []
    if (minute.openTime > this.#newest) {
      this.#newest = minute.openTime
      if (minute.openTime % TIMEFRAME_MS['1h'] === 0) this.#forget()
    }
    const done: Candle[] = []
    this.#keep(minute, done)
    return done
  }

  has(timeframe: Timeframe, openTime: EpochMs): boolean {
    return this.#bars.get(timeframe)?.has(openTime) ?? false
  }

  #keep(bar: Candle, done: Candle[]): void {
    done.push(bar)
    this.#bars.get(bar.timeframe)?.set(bar.openTime, bar)
    for (const longer of MADE_FROM[bar.timeframe]) {
      const merged = this.#tryMerge(bar, longer)
      if (merged !== undefined) this.#keep(merged, done)
    }
  }

  #tryMerge(part: Candle, longer: Timeframe): Candle | undefined {
    const start = openTimeOf(longer, part.openTime)
    if (this.has(longer, start)) return undefined
    const parts: Candle[] = []
    for (let time = start; time < closeTimeOf(longer, start); time += TIMEFRAME_MS[part.timeframe]) {
      const found = this.#bars.get(part.timeframe)?.get(time)
      if (found === undefined) return undefined
      parts.push(found)
    }
    const [first, ...rest] = parts
    return first && mergeCandles([first, ...rest], longer)
  }

  #forget(): void {
    // Shortest first: a part is asked for the longer bars made of it before those are forgotten themselves.
    for (const [timeframe, bars] of this.#bars) {
      const isInAll = (bar: Candle) =>
        MADE_FROM[timeframe].every((longer) => this.has(longer, openTimeOf(longer, bar.openTime)))
      for (const [openTime, bar] of bars) {
        const age = this.#newest - bar.closeTime
        if (age >= WAITS_MS || (age >= KEPT_MS && isInAll(bar))) bars.delete(openTime)
      }
    }
  }
}
