import type { Candle } from '@/lib/domain/market/candle'
import { closeTimeOf, openTimeOf, type Timeframe } from '@/lib/domain/market/timeframe'
import { max, min } from '@/lib/domain/money/decimal'

/**
 * The longer bar that `parts` make up: at least one, oldest first, all inside it. Parts without trading do not count where
 * others traded: the bar opens at its first print, as the exchange's own bars do, not at the price before it.
 */
export function mergeCandles(parts: readonly [Candle, ...Candle[]], timeframe: Timeframe): Candle {
  const [first] = parts
  let merged: Candle | undefined
  for (const part of parts) {
    if (part.tradeCount === 0) continue
    merged = merged === undefined ? part : joined(merged, part)
  }
  const openTime = openTimeOf(timeframe, first.openTime)
  const closeTime = closeTimeOf(timeframe, first.openTime)
  return { ...(merged ?? first), timeframe, openTime, closeTime, isClosed: parts.every((part) => part.isClosed) }
}

const joined = (bar: Candle, next: Candle): Candle => ({
  ...bar,
  high: max(bar.high, next.high),
  low: min(bar.low, next.low),
  close: next.close,
  volume: bar.volume.plus(next.volume),
  tradeCount: bar.tradeCount + next.tradeCount,
})

/**
 * Longer bars out of shorter ones, oldest first, aligned on UTC. A bar whose first part is missing is left out; the last one
 * counts as closed only when its last part is there and closed.
 */
export function aggregateCandles(candles: readonly Candle[], timeframe: Timeframe): Candle[] {
  const groups = new Map<number, [Candle, ...Candle[]]>()
  for (const candle of candles) {
    const openTime = openTimeOf(timeframe, candle.openTime)
    const group = groups.get(openTime)
    if (group !== undefined) group.push(candle)
    else if (candle.openTime === openTime) groups.set(openTime, [candle])
  }
  return [...groups.values()].map((group) => {
    const merged = mergeCandles(group, timeframe)
    return { ...merged, isClosed: merged.isClosed && group.at(-1)?.closeTime === merged.closeTime }
  })
}
