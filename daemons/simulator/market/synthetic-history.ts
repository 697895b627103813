import type { Overlays } from './overlays'
import type { RawCandle, RawTrade, SyntheticPath } from './synthetic'
import { joinCandles, minuteCandle } from './synthetic'

const MINUTE = 60_000
const MINUTES_PER_HOUR = 60
/** Some 140 bytes each: at most 6 MB a pair. */
const MAX_CACHED = 40_000

/** Prints and bars of one pair at any time, with what was computed kept. */
export class SyntheticHistory {
  private readonly path: SyntheticPath
  private readonly overlays: Overlays
  private readonly hours = new Map<number, RawCandle | undefined>()
  private readonly minutes = new Map<number, RawCandle | undefined>()
  private recent: { minute: number; trades: RawTrade[] } | undefined

  constructor(path: SyntheticPath, overlays: Overlays) {
    this.path = path
    this.overlays = overlays
  }

  /** Drops what was computed, after the market was forced elsewhere. */
  forget(): void {
    this.hours.clear()
    this.minutes.clear()
    this.recent = undefined
  }

  /** Price of the last print up to `time` without what tests forced, in ticks. */
  pureTicks(time: number): number {
    let ticks = 0
    for (const trade of this.path.trades(Math.floor(time / MINUTE)))
      if (ticks === 0 || trade.time <= time) ticks = trade.ticks
    return ticks
  }

  /** Prints with `from <= time < to`, oldest first. */
  between(from: number, to: number, limit = Infinity): RawTrade[] {
    const found: RawTrade[] = []
    for (let minute = Math.floor(from / MINUTE); minute * MINUTE < to && found.length < limit; minute += 1)
      for (const trade of this.tradesOf(minute)) {
        if (trade.time >= to || found.length >= limit) break
        if (trade.time >= from) found.push(trade)
      }
    return found
  }

  /** The last `limit` prints before `until`, oldest first. */
  newest(until: number, limit: number): RawTrade[] {
    let found: RawTrade[] = []
    for (let minute = Math.floor((until - 1) / MINUTE); found.length < limit; minute -= 1)
      found = [...this.tradesOf(minute).filter((trade) => trade.time < until), ...found]
    return found.slice(-limit)
  }

  /** Prints from number `id` on, before `until`. */
  fromId(id: number, until: number, limit: number): RawTrade[] {
    const first = Math.floor((id - this.overlays.shift) / this.path.listing.tradesPerMinute)
    const found: RawTrade[] = []
    for (let minute = Math.max(0, first); minute * MINUTE < until && found.length < limit; minute += 1)
      found.push(...this.tradesOf(minute).filter((trade) => trade.id >= id && trade.time < until))
    return found.slice(0, limit)
  }

  /** Bar of one minute, of the prints before `until`. */
  minute(minute: number, until: number): RawCandle | undefined {
    const isClosed = (minute + 1) * MINUTE <= until
    if (isClosed && this.minutes.has(minute)) return this.minutes.get(minute)
    const candle = this.overlays.isEmpty
      ? minuteCandle(this.path, minute, until)
      : candleOf(this.tradesOf(minute).filter((trade) => trade.time < until))
    if (isClosed) keep(this.minutes, minute, candle)
    return candle
  }

  /** Bar of one whole hour that is over. */
  hour(hour: number): RawCandle | undefined {
    if (this.hours.has(hour)) return this.hours.get(hour)
    let candle: RawCandle | undefined
    for (let i = 0; i < MINUTES_PER_HOUR; i += 1) {
      const minute = hour * MINUTES_PER_HOUR + i
      candle = joinCandles(candle, this.minutes.get(minute) ?? this.closedMinute(minute))
    }
    keep(this.hours, hour, candle)
    return candle
  }

  private closedMinute(minute: number): RawCandle | undefined {
    return this.overlays.isEmpty ? minuteCandle(this.path, minute) : candleOf(this.tradesOf(minute))
  }

  private tradesOf(minute: number): RawTrade[] {
    if (this.recent?.minute === minute) return this.recent.trades
    const trades: RawTrade[] = []
    const forced = this.overlays.prints(minute * MINUTE, (minute + 1) * MINUTE)
    for (const trade of this.path.trades(minute)) {
      while (forced[0] !== undefined && forced[0].from <= trade.time)
        trades.push(forced.splice(0, 1)[0]?.print ?? trade)
      trades.push(this.overlays.isEmpty ? trade : this.overlays.shown(trade))
    }
    for (const overlay of forced) trades.push(overlay.print)
    this.recent = { minute, trades }
    return trades
  }
}

function keep(cache: Map<number, RawCandle | undefined>, key: number, candle: RawCandle | undefined): void {
  if (cache.size >= MAX_CACHED) cache.clear()
  cache.set(key, candle)
}

/** Bar of given prints. */
function candleOf(trades: RawTrade[]): RawCandle | undefined {
  let candle: RawCandle | undefined
  for (const { id, ticks, steps, isBuyerMaker } of trades) {
    const value = BigInt(ticks) * BigInt(steps)
    const takerQuote = isBuyerMaker ? 0n : value
    const takerSteps = isBuyerMaker ? 0 : steps
    const single = {
      open: ticks,
      high: ticks,
      low: ticks,
      close: ticks,
      steps,
      takerSteps,
      quote: value,
      takerQuote,
      count: 1,
      firstId: id,
      lastId: id,
    }
    candle = joinCandles(candle, single)
  }
  return candle
}
