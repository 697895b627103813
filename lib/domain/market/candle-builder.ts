import type { Candle } from '@/lib/domain/market/candle'
import { CandleRollup } from '@/lib/domain/market/candle-rollup'
import { MinuteBar } from '@/lib/domain/market/minute-bar'
import { type EpochMs, openTimeOf, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import type { TradePrint } from '@/lib/domain/market/trade-print'
import { toWire } from '@/lib/domain/money/decimal'

const MINUTE = TIMEFRAME_MS['1m']

/** Why a minute could not be built from the stream alone. */
export type IncompleteReason =
  /** The stream began inside it. */
  | 'START'
  /** The connection was down during it. */
  | 'INTERRUPTION'
  /** A print is missing: the ids are not consecutive. */
  | 'LOST_PRINT'
  /** Nothing was traded, and the price before it is not known. */
  | 'NO_PRICE'

export type BuilderEvent =
  | { kind: 'CLOSED'; candle: Candle; isRecovered: boolean }
  /** A minute that has to be fetched from the exchange; its bar is not passed on. */
  | { kind: 'INCOMPLETE'; symbol: string; openTime: EpochMs; reason: IncompleteReason }
  /** A print for a minute that is already closed: that bar is wrong and stays as it was sent. */
  | { kind: 'LATE_PRINT'; print: TradePrint; openTime: EpochMs }

/**
 * Prints of one symbol in, closed bars of all timeframes out (HB-2). Deterministic: all time comes from the prints and from
 * `onClock`. Bars are exact or they are not sent: a minute that may lack a print is reported as incomplete instead.
 */
export class CandleBuilder {
  readonly #symbol: string
  readonly #emit: (event: BuilderEvent) => void
  readonly #rollup = new CandleRollup()
  #bar: MinuteBar | undefined
  #closeTime = 0
  #incomplete: IncompleteReason | undefined
  #isInterrupted = false
  #lastId = -1
  /** Price of the last print, empty while unknown. */
  #lastPrice = ''
  #isLastPriceSure = false
  #droppedDuplicates = 0

  constructor(symbol: string, emit: (event: BuilderEvent) => void) {
    this.#symbol = symbol
    this.#emit = emit
  }

  /** Prints that came twice, as they do while one connection takes over from another. */
  get droppedDuplicates(): number {
    return this.#droppedDuplicates
  }

  onTrade(print: TradePrint): void {
    const id = +print.tradeId
    if (id <= this.#lastId) {
      this.#droppedDuplicates += 1
      return
    }
    const bar = this.#bar ?? this.#begin(print.tradeTime)
    if (this.#lastId >= 0 && id !== this.#lastId + 1) this.#onLostPrints(print)
    else if (this.#isInterrupted && this.#lastId >= 0) this.#onIntactResumption()
    this.#lastId = id
    if (print.tradeTime >= this.#closeTime) this.#closeUpTo(print.tradeTime)
    else if (print.tradeTime < bar.openTime) {
      // It is the newest price all the same: a flat bar must not be made at the one before it.
      if (bar.tradeCount === 0) this.#isLastPriceSure = false
      this.#emit({ kind: 'LATE_PRINT', print, openTime: openTimeOf('1m', print.tradeTime) })
      return
    }
    bar.add(print)
    this.#lastPrice = print.price
    this.#isLastPriceSure = true
    if (this.#isInterrupted) {
      this.#isInterrupted = false
      this.#incomplete ??= 'INTERRUPTION'
    }
  }

  /** Tells the exchange's time, minus whatever grace late messages are given: minutes that have ended close. */
  onClock(exchangeTime: EpochMs): void {
    if (this.#bar === undefined) this.#begin(exchangeTime)
    else if (exchangeTime >= this.#closeTime) this.#closeUpTo(exchangeTime)
  }

  /** The connection is down, or was: what came meanwhile is lost unless the next print's id shows otherwise. */
  onInterruption(): void {
    this.#isInterrupted = true
    this.#isLastPriceSure = false
  }

  /** Takes a one-minute bar fetched from the exchange. Bars that were built already are left alone. */
  onRecovered(candle: Candle): void {
    for (const done of this.#rollup.add(candle)) this.#emit({ kind: 'CLOSED', candle: done, isRecovered: true })
    const isJustBefore = this.#bar !== undefined && candle.closeTime === this.#bar.openTime
    if (isJustBefore && this.#bar?.tradeCount === 0 && !this.#isLastPriceSure && !this.#isInterrupted) {
      this.#lastPrice = toWire(candle.close)
      this.#isLastPriceSure = true
    }
  }

  /** Whether the bar of this minute is known, built or recovered. */
  has(openTime: EpochMs): boolean {
    return this.#rollup.has('1m', openTime)
  }

  #begin(time: EpochMs): MinuteBar {
    this.#bar = new MinuteBar(openTimeOf('1m', time))
    this.#closeTime = this.#bar.openTime + MINUTE
    this.#incomplete = 'START'
    return this.#bar
  }

  /** Prints are missing somewhere between the last one and this: every minute from there to here is incomplete. */
  #onLostPrints(print: TradePrint): void {
    this.#incomplete ??= this.#isInterrupted ? 'INTERRUPTION' : 'LOST_PRINT'
    this.#isLastPriceSure = false
    if (print.tradeTime >= this.#closeTime) {
      this.#closeUpTo(print.tradeTime)
      this.#incomplete = this.#isInterrupted ? 'INTERRUPTION' : 'LOST_PRINT'
    }
    this.#isInterrupted = false
  }

  /** The first print after an interruption follows the last one before it: nothing was lost. */
  #onIntactResumption(): void {
    this.#isInterrupted = false
    this.#isLastPriceSure = this.#lastPrice !== ''
  }

  #closeUpTo(time: EpochMs): void {
    while (this.#bar !== undefined && time >= this.#closeTime) this.#closeMinute(this.#bar)
  }

  #closeMinute(bar: MinuteBar): void {
    const { openTime } = bar
    const reason = this.#incomplete ?? this.#doubtAbout(bar)
    const candle = reason === undefined ? bar.toCandle(this.#symbol, this.#lastPrice) : undefined
    bar.reset(this.#closeTime)
    this.#closeTime += MINUTE
    this.#incomplete = undefined
    if (candle === undefined) {
      this.#emit({ kind: 'INCOMPLETE', symbol: this.#symbol, openTime, reason: reason ?? 'NO_PRICE' })
      return
    }
    for (const done of this.#rollup.add(candle)) this.#emit({ kind: 'CLOSED', candle: done, isRecovered: false })
  }

  #doubtAbout(bar: MinuteBar): IncompleteReason | undefined {
    if (this.#isInterrupted) return 'INTERRUPTION'
    return bar.tradeCount === 0 && !this.#isLastPriceSure ? 'NO_PRICE' : undefined
  }
}
