import { readCandles, storeCandles } from '@/lib/db/candle-repository'
import type { Candle } from '@/lib/domain/market/candle'
import { type EpochMs, type Timeframe, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'

export interface CandleSeries {
  brokerId: string
  symbol: string
  timeframe: Timeframe
}

/** Candles a strategy sees: enough for the averages of everyday use to have settled. */
const HISTORY = 500
/** What a strategy needs at least; a market younger than that is not traded. */
export const LEAST_HISTORY = 200

const isWhole = (candles: Candle[], closeTime: EpochMs): boolean =>
  candles.length >= LEAST_HISTORY &&
  candles.at(-1)?.closeTime === closeTime &&
  candles.every((candle, index) => index === 0 || candle.openTime === candles[index - 1]?.closeTime)

/** Where a stored series has to be continued from: its first hole, its end, or its beginning when it is too short. */
function missingFrom(stored: Candle[], { timeframe }: CandleSeries, closeTime: EpochMs): EpochMs {
  const start = closeTime - HISTORY * TIMEFRAME_MS[timeframe]
  if (stored.length < HISTORY) return start
  const hole = stored.findIndex((candle, index) => index > 0 && candle.openTime !== stored[index - 1]?.closeTime)
  return (hole > 0 ? stored[hole - 1] : stored.at(-1))?.closeTime ?? start
}

/**
 * The broker's own candles up to and including the one that ended at `closeTime`, oldest first and without a hole: from the
 * database, topped up through the gateway. Null while there are too few. Never another broker's.
 */
export async function readHistory(
  gateway: GatewayCaller,
  series: CandleSeries,
  closeTime: EpochMs,
): Promise<Candle[] | null> {
  const { brokerId, symbol, timeframe } = series
  const stored = await readCandles(brokerId, symbol, timeframe, closeTime, HISTORY)
  if (stored.length === HISTORY && isWhole(stored, closeTime)) return stored
  const startTime = missingFrom(stored, series, closeTime)
  const fetched = await gateway.call(brokerId, 'get_candles', { symbol, timeframe, startTime, endTime: closeTime })
  await storeCandles(
    brokerId,
    fetched.filter((candle) => candle.closeTime <= closeTime),
  )
  const known = new Map([...stored, ...fetched].map((candle) => [candle.closeTime, candle]))
  const candles = [...known.values()]
    .filter((candle) => candle.isClosed && candle.closeTime <= closeTime)
    .sort((a, b) => a.closeTime - b.closeTime)
    .slice(-HISTORY)
  return isWhole(candles, closeTime) ? candles : null
}

export type HistoryReader = (series: CandleSeries, closeTime: EpochMs) => Promise<Candle[] | null>

/** Reads histories for many at once: runs of the same market that are due on the same signal share one. */
export function createHistoryReader(gateway: GatewayCaller): HistoryReader {
  const reading = new Map<string, Promise<Candle[] | null>>()
  return (series, closeTime) => {
    const key = `${series.brokerId} ${series.symbol} ${series.timeframe} ${closeTime}`
    const known = reading.get(key)
    if (known !== undefined) return known
    const candles = readHistory(gateway, series, closeTime)
    reading.set(key, candles)
    const forget = (): void => void reading.delete(key)
    candles.then(forget, forget)
    return candles
  }
}
