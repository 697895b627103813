import type { Candle } from '@/lib/domain/market/candle'
import { ExactSum } from '@/lib/domain/market/exact-sum'
import { type EpochMs, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import type { TradePrint } from '@/lib/domain/market/trade-print'
import { parseDecimal } from '@/lib/domain/money/decimal'

/**
 * One-minute bar under construction. Prices are compared as doubles, which keep the order of the decimals they come from;
 * only where two doubles are equal and the texts differ are the decimals themselves compared. The texts are what is kept.
 */
export class MinuteBar {
  openTime: EpochMs
  tradeCount = 0
  #open = ''
  #high = ''
  #low = ''
  #close = ''
  #highNumber = Number.NEGATIVE_INFINITY
  #lowNumber = Number.POSITIVE_INFINITY
  readonly #volume = new ExactSum()

  constructor(openTime: EpochMs) {
    this.openTime = openTime
  }

  add(print: TradePrint): void {
    const text = print.price
    const price = +text
    if (this.tradeCount === 0) this.#open = text
    if (price > this.#highNumber || (price === this.#highNumber && isAbove(text, this.#high))) {
      this.#highNumber = price
      this.#high = text
    }
    if (price < this.#lowNumber || (price === this.#lowNumber && isAbove(this.#low, text))) {
      this.#lowNumber = price
      this.#low = text
    }
    this.#close = text
    this.#volume.add(print.quantity)
    this.tradeCount += print.count
  }

  /** Starts the next minute. */
  reset(openTime: EpochMs): void {
    this.openTime = openTime
    this.tradeCount = 0
    this.#highNumber = Number.NEGATIVE_INFINITY
    this.#lowNumber = Number.POSITIVE_INFINITY
    this.#volume.clear()
  }

  /** The finished bar; without a print, a flat one at `previousClose`. */
  toCandle(symbol: string, previousClose: string): Candle {
    const isEmpty = this.tradeCount === 0
    return {
      symbol,
      timeframe: '1m',
      openTime: this.openTime,
      closeTime: this.openTime + TIMEFRAME_MS['1m'],
      open: parseDecimal(isEmpty ? previousClose : this.#open),
      high: parseDecimal(isEmpty ? previousClose : this.#high),
      low: parseDecimal(isEmpty ? previousClose : this.#low),
      close: parseDecimal(isEmpty ? previousClose : this.#close),
      volume: this.#volume.total,
      tradeCount: this.tradeCount,
      isClosed: true,
    }
  }
}

const isAbove = (a: string, b: string): boolean => a !== b && parseDecimal(a).gt(parseDecimal(b))
