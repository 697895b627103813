import type { Candle } from '@/lib/domain/market/candle'
import { TIMEFRAME_MS } from '@/lib/domain/market/timeframe'

/** Order in which signals go out: by close time, then shortest timeframe first (HB-4), then by symbol. */
export const inSignalOrder = <T extends { candle: Candle }>(closed: readonly T[]): T[] =>
  closed.toSorted(
    (a, b) =>
      a.candle.closeTime - b.candle.closeTime ||
      TIMEFRAME_MS[a.candle.timeframe] - TIMEFRAME_MS[b.candle.timeframe] ||
      (a.candle.symbol < b.candle.symbol ? -1 : 1),
  )
