import type { Candle } from '@/lib/domain/market/candle'
import { closeTimeOf, type EpochMs, nextOpenTime, type Timeframe, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import { readBuilt } from '@/lib/exchanges/built-candles'
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
  return readBuilt(range, shorter, (parts) => readNative(raw, parts, now))
}

const readNative = async (raw: KucoinRawClient, range: CandleRange, now: () => EpochMs): Promise<Candle[]> => {
  const { symbol, timeframe } = range
  const candles: Candle[] = []
  const last = Math.min(range.endTime, closeTimeOf(timeframe, now()))
  // Page by page through time: a page may be short because nothing was traded.
  let from = nextOpenTime(timeframe, range.startTime)
  while (from < last && range.signal?.aborted !== true) {
    const to = Math.min(from + PAGE * TIMEFRAME_MS[timeframe], nextOpenTime(timeframe, last))
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
