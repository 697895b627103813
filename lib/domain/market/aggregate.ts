import type { Candle } from '@/lib/domain/market/candle'
import { closeTimeOf, openTimeOf, type Timeframe } from '@/lib/domain/market/timeframe'
import { max, min } from '@/lib/domain/money/decimal'

/** The longer bar that `parts` make up: at least one, oldest first, all inside it. */
export function mergeCandles(parts: readonly [Candle, ...Candle[]], timeframe: Timeframe): Candle {
  const [first, ...rest] = parts
  let { high, low, close, volume, tradeCount, isClosed } = first
  for (const part of rest) {
    high = max(high, part.high)
    low = min(low, part.low)
    close = part.close
    volume = volume.plus(part.volume)
    tradeCount += part.tradeCount
    isClosed = part.isClosed
  }
  const openTime = openTimeOf(timeframe, first.openTime)
  const closeTime = closeTimeOf(timeframe, first.openTime)
  const { symbol, open } = first
  return { symbol, timeframe, openTime, closeTime, open, high, low, close, volume, tradeCount, isClosed }
}

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
