import type { Exchange } from '../exchange'
import { dayStatistics, type DayStatistics, windowStatistics } from '../market/day-statistics'
import { BinanceError } from './errors'
import { wire8 } from './native'

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

const WINDOW = /^(?:([1-9]|[1-5]\d)m|([1-9]|1\d|2[0-3])h|([1-7])d)$/

/** A `windowSize` of 1m to 59m, 1h to 23h or 1d to 7d, in ms. Throws -1130. */
export function windowOf(text: string): number {
  const found = WINDOW.exec(text)
  if (found === null) throw new BinanceError(-1130, "Data sent for parameter 'windowSize' is not valid.")
  const [, minutes = 0, hours = 0, days = 0] = found.map(Number).map((value) => (Number.isNaN(value) ? 0 : value))
  return minutes * 60_000 + hours * 3_600_000 + days * 86_400_000
}

/** Answer of `GET /api/v3/ticker` and `/ticker/tradingDay` for one pair. */
export async function windowTicker(exchange: Exchange, symbol: string, windowMs: number) {
  const window = await windowStatistics(exchange, symbol, windowMs)
  const more = derived(exchange, symbol, window)
  return {
    symbol,
    priceChange: more.change,
    priceChangePercent: more.changePercent,
    weightedAvgPrice: more.average,
    openPrice: window.open,
    highPrice: window.high,
    lowPrice: window.low,
    lastPrice: window.last,
    volume: window.volume,
    quoteVolume: window.quoteVolume,
    openTime: window.openTime,
    closeTime: window.closeTime,
    firstId: window.firstId,
    lastId: window.lastId,
    count: window.count,
  }
}
