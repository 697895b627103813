import type { Exchange } from '../exchange'
import { wire8 } from './native'

const DAY = 86_400_000
const FIFTEEN_MINUTES = 900_000
/** A day's statistics move slowly: they are made again at most this often. */
const KEPT_MS = 1000

/** Statistics of the last 24 hours (to the quarter of an hour). */
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

export async function dayStatistics(exchange: Exchange, symbol: string): Promise<DayStatistics> {
  const now = exchange.market.now()
  let known = kept.get(exchange)
  if (known === undefined) kept.set(exchange, (known = new Map() as Kept))
  const before = known.get(symbol)
  if (before !== undefined && Math.abs(now - before.at) < KEPT_MS) return before.statistics
  const candles = await exchange.market.candles(symbol, FIFTEEN_MINUTES, now - DAY, now, 1000)
  const trade = exchange.market.lastTrade(symbol)
  const last = trade?.price ?? wire8(null)
  const prices = candles.map((candle) => ({ ...candle, highValue: Number(candle.high), lowValue: Number(candle.low) }))
  const total = (of: (candle: (typeof prices)[number]) => string) =>
    prices.reduce((sum, candle) => sum + Number(of(candle)), 0).toFixed(8)
  const statistics: DayStatistics = {
    openTime: now - DAY,
    closeTime: now,
    open: prices[0]?.open ?? last,
    high: prices.reduce((best, candle) => (candle.highValue > Number(best) ? candle.high : best), last),
    low: prices.reduce((best, candle) => (candle.lowValue < Number(best) ? candle.low : best), last),
    last,
    lastQuantity: trade?.quantity ?? wire8(null),
    volume: total((candle) => candle.volume),
    quoteVolume: total((candle) => candle.quoteVolume),
    firstId: prices[0]?.firstId ?? -1,
    lastId: trade?.lastId ?? -1,
    count: prices.reduce((sum, candle) => sum + candle.tradeCount, 0),
  }
  known.set(symbol, { at: now, statistics })
  return statistics
}

/** Derived fields that both the REST ticker and the stream carry. */
export function derived(exchange: Exchange, symbol: string, day: DayStatistics) {
  const view = exchange.view(symbol)
  const change = Number(day.last) - Number(day.open)
  return {
    change: change.toFixed(8),
    changePercent: (Number(day.open) === 0 ? 0 : (change / Number(day.open)) * 100).toFixed(3),
    average: (Number(day.volume) === 0 ? Number(day.last) : Number(day.quoteVolume) / Number(day.volume)).toFixed(8),
    bidPrice: wire8(view?.bids[0]?.price ?? null),
    bidQuantity: wire8(view?.bids[0]?.quantity ?? null),
    askPrice: wire8(view?.asks[0]?.price ?? null),
    askQuantity: wire8(view?.asks[0]?.quantity ?? null),
  }
}

/** Answer of `GET /api/v3/ticker/24hr` for one pair. */
export async function dayTicker(exchange: Exchange, symbol: string) {
  const day = await dayStatistics(exchange, symbol)
  const more = derived(exchange, symbol, day)
  return {
    symbol,
    priceChange: more.change,
    priceChangePercent: more.changePercent,
    weightedAvgPrice: more.average,
    prevClosePrice: day.open,
    lastPrice: day.last,
    lastQty: day.lastQuantity,
    bidPrice: more.bidPrice,
    bidQty: more.bidQuantity,
    askPrice: more.askPrice,
    askQty: more.askQuantity,
    openPrice: day.open,
    highPrice: day.high,
    lowPrice: day.low,
    volume: day.volume,
    quoteVolume: day.quoteVolume,
    openTime: day.openTime,
    closeTime: day.closeTime,
    firstId: day.firstId,
    lastId: day.lastId,
    count: day.count,
  }
}
