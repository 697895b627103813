import { barStart } from './interval'
import type { MarketCandle, MarketTrade } from './source'
import { formatUnits, parseUnits } from './units'

const DECIMALS = 8

interface Bar {
  openTime: number
  open: string
  high: bigint
  low: bigint
  close: string
  volume: bigint
  takerVolume: bigint
  /** Of 16 decimals: price times quantity. */
  quote: bigint
  takerQuote: bigint
  count: number
  firstId: number
  lastId: number
}

/** Bars of one length from prints in order of time, for the markets that announce prints only. Exact. */
export class CandleBuilder {
  readonly intervalMs: number
  private readonly bars: Bar[] = []
  private readonly kept: number

  constructor(intervalMs: number, kept = 50_000) {
    this.intervalMs = intervalMs
    this.kept = kept
  }

  add(trade: MarketTrade): void {
    const price = parseUnits(trade.price, DECIMALS)
    const quantity = parseUnits(trade.quantity, DECIMALS)
    const openTime = barStart(trade.tradeTime, this.intervalMs)
    let bar = this.bars.at(-1)
    if (bar === undefined || openTime > bar.openTime) {
      const sums = { volume: 0n, takerVolume: 0n, quote: 0n, takerQuote: 0n, count: 0 }
      bar = {
        openTime,
        open: trade.price,
        high: price,
        low: price,
        close: trade.price,
        ...sums,
        firstId: trade.firstId,
        lastId: trade.lastId,
      }
      this.bars.push(bar)
      if (this.bars.length > this.kept) this.bars.splice(0, this.kept / 10)
    }
    if (price > bar.high) bar.high = price
    if (price < bar.low) bar.low = price
    bar.close = trade.price
    bar.volume += quantity
    bar.quote += price * quantity
    if (!trade.isBuyerMaker) {
      bar.takerVolume += quantity
      bar.takerQuote += price * quantity
    }
    bar.count += trade.lastId - trade.firstId + 1
    bar.lastId = trade.lastId
  }

  /** Bars of a multiple of this length with `from <= openTime <= to`, oldest first; spans without trading are flat. */
  candles(intervalMs: number, from: number, to: number, limit: number): MarketCandle[] {
    const found: MarketCandle[] = []
    const first = this.bars[0]
    const last = this.bars.at(-1)
    if (first === undefined || last === undefined) return found
    let open = Math.max(barStart(from, intervalMs), barStart(first.openTime, intervalMs))
    if (open < from) open += intervalMs
    let at = this.bars.findIndex((bar) => bar.openTime >= open)
    let previous = at > 0 ? this.bars[at - 1] : undefined
    for (; open <= to && open <= last.openTime && found.length < limit; open += intervalMs) {
      const parts: Bar[] = []
      for (let bar = this.bars[at]; bar !== undefined && bar.openTime < open + intervalMs; bar = this.bars[at]) {
        parts.push(bar)
        at += 1
      }
      const candle = joined(parts, previous, open, intervalMs)
      if (candle !== undefined) found.push(candle)
      previous = parts.at(-1) ?? previous
    }
    return found
  }
}

function joined(
  parts: Bar[],
  previous: Bar | undefined,
  openTime: number,
  intervalMs: number,
): MarketCandle | undefined {
  const first = parts[0]
  const last = parts.at(-1)
  const closeTime = openTime + intervalMs
  if (first === undefined || last === undefined)
    return previous === undefined ? undefined : flatCandle(previous.close, openTime, intervalMs)
  const total = (of: (bar: Bar) => bigint) => parts.reduce((sum, bar) => sum + of(bar), 0n)
  const extreme = (a: bigint, b: bigint, isHigh: boolean) => (a > b === isHigh ? a : b)
  return {
    openTime,
    closeTime,
    open: first.open,
    high: formatUnits(
      parts.reduce((best, bar) => extreme(best, bar.high, true), first.high),
      DECIMALS,
    ),
    low: formatUnits(
      parts.reduce((best, bar) => extreme(best, bar.low, false), first.low),
      DECIMALS,
    ),
    close: last.close,
    volume: formatUnits(
      total((bar) => bar.volume),
      DECIMALS,
    ),
    quoteVolume: formatUnits(
      total((bar) => bar.quote),
      2 * DECIMALS,
    ),
    takerVolume: formatUnits(
      total((bar) => bar.takerVolume),
      DECIMALS,
    ),
    takerQuoteVolume: formatUnits(
      total((bar) => bar.takerQuote),
      2 * DECIMALS,
    ),
    tradeCount: parts.reduce((sum, bar) => sum + bar.count, 0),
    firstId: first.firstId,
    lastId: last.lastId,
  }
}

/** A bar in which nothing was traded: the previous close throughout. */
export const flatCandle = (close: string, openTime: number, intervalMs: number): MarketCandle => ({
  openTime,
  closeTime: openTime + intervalMs,
  open: close,
  high: close,
  low: close,
  close,
  volume: '0.00000000',
  quoteVolume: '0.00000000',
  takerVolume: '0.00000000',
  takerQuoteVolume: '0.00000000',
  tradeCount: 0,
  firstId: -1,
  lastId: -1,
})
