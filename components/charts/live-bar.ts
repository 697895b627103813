import { openTimeOf, type Timeframe } from '@/lib/domain/market/timeframe'
import type { PriceTick } from '@/lib/realtime/channels'
import type { ChartBar } from '@/lib/view/run-chart'

/** The last bar after a live price: grown, or a new one when its time has come. Null for a price of the past. */
export function liveBarOf(last: ChartBar | null, tick: PriceTick, timeframe: Timeframe): ChartBar | null {
  const openTime = openTimeOf(timeframe, tick.time)
  const price = Number(tick.price)
  if (last === null || openTime > last.openTime) return { openTime, open: price, high: price, low: price, close: price }
  if (openTime < last.openTime) return null
  return {
    ...last,
    high: Math.max(last.high, Number(tick.high)),
    low: Math.min(last.low, Number(tick.low)),
    close: price,
  }
}

/** Stored bars, and after them the live one that is not stored yet. */
export function barsFrom(stored: ChartBar[], live: ChartBar | null): ChartBar[] {
  const newest = stored.at(-1)
  return live !== null && (newest === undefined || live.openTime > newest.openTime) ? [...stored, live] : stored
}
