import { CandleBuilder } from './candle-builder'
import type { MarketCandle, MarketTrade } from './source'

const KEPT = 5000
const MINUTE = 60_000

/** What was announced of one pair by a market that has no formula: its newest prints and all its one-minute bars. */
export class RecordedTrades {
  private readonly newest: MarketTrade[] = []
  private readonly minutes = new CandleBuilder(MINUTE)

  add(trade: MarketTrade): void {
    this.newest.push(trade)
    if (this.newest.length >= 2 * KEPT) this.newest.splice(0, KEPT)
    this.minutes.add(trade)
  }

  get last(): MarketTrade | undefined {
    return this.newest.at(-1)
  }

  trades(limit: number, fromId?: number): MarketTrade[] {
    return fromId === undefined
      ? this.newest.slice(-limit)
      : this.newest.filter((trade) => trade.id >= fromId).slice(0, limit)
  }

  between(from: number, to: number, limit: number): MarketTrade[] {
    return this.newest.filter((trade) => trade.tradeTime >= from && trade.tradeTime < to).slice(0, limit)
  }

  candles(intervalMs: number, from: number, to: number, limit: number): MarketCandle[] {
    return this.minutes.candles(intervalMs, from, to, limit)
  }
}
