import { aggregateCandles } from '@/lib/domain/market/aggregate'
import type { Candle } from '@/lib/domain/market/candle'
import { nextOpenTime, type Timeframe } from '@/lib/domain/market/timeframe'
import type { CandleRange } from '@/lib/exchanges/market-data-client'

/** Bars of a timeframe that an exchange does not offer, made of its bars of the `shorter` one. */
export async function readBuilt(
  range: CandleRange,
  shorter: Timeframe,
  readNative: (range: CandleRange) => Promise<Candle[]>,
): Promise<Candle[]> {
  const { timeframe } = range
  // The first bar asked for starts at or after startTime, and the last one's parts reach past endTime.
  const startTime = nextOpenTime(timeframe, range.startTime)
  const endTime = nextOpenTime(timeframe, range.endTime)
  return aggregateCandles(await readNative({ ...range, timeframe: shorter, startTime, endTime }), timeframe)
}
