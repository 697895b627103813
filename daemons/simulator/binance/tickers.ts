import type { Exchange } from '../exchange'
import { dayStatistics, type DayStatistics } from '../market/day-statistics'
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
