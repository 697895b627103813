import { aggregateCandles } from '@/lib/domain/market/aggregate'
import type { Candle } from '@/lib/domain/market/candle'
import { closeTimeOf, type EpochMs, openTimeOf, type Timeframe, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import { exchangeSymbolOf, INTERVALS, mapCandle } from '@/lib/exchanges/kucoin/map-market'
import type { KucoinRawClient } from '@/lib/exchanges/kucoin/raw-client'
import type { CandleRange } from '@/lib/exchanges/market-data-client'

const PAGE = 1500
/** KuCoin has no bars of this length; they are made of the second. */
const SHORTER: Partial<Record<Timeframe, Timeframe>> = { '10m': '5m' }

/**
 * Bars whose open time lies in [startTime, endTime), oldest first (GET /api/v1/market/candles, 1500 a page, newest first).
 * The bar still forming is among them, with `isClosed` false; spans without trading have no bars. `now` is the exchange's
 * clock.
 * @throws TradingError EXCHANGE_UNAVAILABLE, RATE_LIMITED, BAD_REQUEST (no such pair).
 */
export async function readCandles(raw: KucoinRawClient, range: CandleRange, now: () => EpochMs): Promise<Candle[]> {
  const { timeframe } = range
  if (INTERVALS[timeframe] !== undefined) return readNative(raw, range, now)
  const shorter = SHORTER[timeframe]
  if (shorter === undefined) throw new RangeError(`no way to build ${timeframe}`)
  // The first bar asked for starts at or after startTime, and the last one's parts reach past endTime.
  const startTime = nextOpen(timeframe, range.startTime)
  const endTime = nextOpen(timeframe, range.endTime)
  const parts = await readNative(raw, { ...range, timeframe: shorter, startTime, endTime }, now)
  return aggregateCandles(parts, timeframe)
}

/** The first open time at or after `time`. */
const nextOpen = (timeframe: Timeframe, time: EpochMs): EpochMs => {
  const open = openTimeOf(timeframe, time)
  return open === time ? time : closeTimeOf(timeframe, time)
}

const readNative = async (raw: KucoinRawClient, range: CandleRange, now: () => EpochMs): Promise<Candle[]> => {
  const { symbol, timeframe } = range
  const candles: Candle[] = []
  const last = Math.min(range.endTime, closeTimeOf(timeframe, now()))
  // Page by page through time: a page may be short because nothing was traded.
  let from = nextOpen(timeframe, range.startTime)
  while (from < last && range.signal?.aborted !== true) {
    const to = Math.min(from + PAGE * TIMEFRAME_MS[timeframe], nextOpen(timeframe, last))
    const rows = await raw.getKlines({
      symbol: exchangeSymbolOf(symbol),
      type: INTERVALS[timeframe],
      startAt: (from / 1000).toFixed(),
      endAt: (to / 1000).toFixed(),
    })
    const at = now()
    const page = (rows ?? []).map((row) => mapCandle(row, symbol, timeframe, at)).reverse()
    // Whether endAt itself belongs to the answer is not documented.
    candles.push(...page.filter(({ openTime }) => openTime >= from && openTime < Math.min(to, range.endTime)))
    range.onPage?.(candles.length)
    from = to
  }
  return candles
}
