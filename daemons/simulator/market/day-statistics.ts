import type { Exchange } from '../exchange'

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000
const NONE = '0.00000000'
const FIFTEEN_MINUTES = 900_000
/** Sums over a day move slowly: they are made again at most this often. The last price is always the last. */
const KEPT_MS = 1000

export interface DayStatistics {
  openTime: number
  closeTime: number
  open: string
  high: string
  low: string
  last: string
  lastQuantity: string
  volume: string
  quoteVolume: string
  firstId: number
  lastId: number
  count: number
}

type Kept = Map<string, { at: number; statistics: DayStatistics }>
const kept = new WeakMap<Exchange, Kept>()

/** Statistics of the last 24 hours (to the quarter of an hour). */
export async function dayStatistics(exchange: Exchange, symbol: string): Promise<DayStatistics> {
  const now = exchange.market.now()
  let known = kept.get(exchange)
  if (known === undefined) kept.set(exchange, (known = new Map() as Kept))
  const before = known.get(symbol)
  if (before !== undefined && Math.abs(now - before.at) < KEPT_MS) return withLast(exchange, symbol, before.statistics)
  const statistics = await windowStatistics(exchange, symbol, DAY)
  known.set(symbol, { at: now, statistics })
  return statistics
}

/** Statistics of a moment ago, with what was traded since. */
function withLast(exchange: Exchange, symbol: string, statistics: DayStatistics): DayStatistics {
  const trade = exchange.market.lastTrade(symbol)
  if (trade === undefined) return statistics
  const { price, quantity, lastId } = trade
  const { high, low } = statistics
  return {
    ...statistics,
    closeTime: exchange.market.now(),
    high: Number(price) > Number(high) ? price : high,
    low: Number(price) < Number(low) ? price : low,
    last: price,
    lastQuantity: quantity,
    lastId,
    count: statistics.count + Math.max(0, lastId - statistics.lastId),
  }
}

/** Statistics of the last `windowMs`, to the minute, for windows above two hours to the quarter of an hour. */
export async function windowStatistics(exchange: Exchange, symbol: string, windowMs: number): Promise<DayStatistics> {
  const now = exchange.market.now()
  const barMs = windowMs > 2 * HOUR ? FIFTEEN_MINUTES : MINUTE
  const candles = await exchange.market.candles(symbol, barMs, now - windowMs, now, 1000)
  const trade = exchange.market.lastTrade(symbol)
  const last = trade?.price ?? NONE
  const prices = candles.map((candle) => ({ ...candle, highValue: Number(candle.high), lowValue: Number(candle.low) }))
  const total = (of: (candle: (typeof prices)[number]) => string) =>
    prices.reduce((sum, candle) => sum + Number(of(candle)), 0).toFixed(8)
  return {
    openTime: now - windowMs,
    closeTime: now,
    open: prices[0]?.open ?? last,
    high: prices.reduce((best, candle) => (candle.highValue > Number(best) ? candle.high : best), last),
    low: prices.reduce((best, candle) => (candle.lowValue < Number(best) ? candle.low : best), last),
    last,
    lastQuantity: trade?.quantity ?? NONE,
    volume: total((candle) => candle.volume),
    quoteVolume: total((candle) => candle.quoteVolume),
    firstId: prices[0]?.firstId ?? -1,
    lastId: trade?.lastId ?? -1,
    count: prices.reduce((sum, candle) => sum + candle.tradeCount, 0),
  }
}
