import type { Candle } from '@/lib/domain/market/candle'
import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'
import { readBuilt } from '@/lib/exchanges/built-candles'
import { exchangeSymbolOf, mapKline, NATIVE_INTERVALS } from '@/lib/exchanges/binance/map-market'
import type { BinanceRawMarketClient } from '@/lib/exchanges/binance/raw-market-client'
import type { CandleRange } from '@/lib/exchanges/market-data-client'

const PAGE = 1000
/** Binance has no bars of this length; they are made of the second. */
const SHORTER: Partial<Record<Timeframe, Timeframe>> = { '10m': '5m' }

/**
 * Bars whose open time lies in [startTime, endTime), oldest first (GET /api/v3/klines, 1000 a page). The bar still forming is
 * among them, with `isClosed` false. `now` is the exchange's clock.
 * @throws TradingError EXCHANGE_UNAVAILABLE, RATE_LIMITED, BAD_REQUEST (no such pair).
 */
export async function readCandles(
  raw: BinanceRawMarketClient,
  range: CandleRange,
  now: () => EpochMs,
): Promise<Candle[]> {
  const { timeframe } = range
  if (NATIVE_INTERVALS.has(timeframe)) return readNative(raw, range, now)
  const shorter = SHORTER[timeframe]
  if (shorter === undefined) throw new RangeError(`no way to build ${timeframe}`)
  return readBuilt(range, shorter, (parts) => readNative(raw, parts, now))
}

const readNative = async (raw: BinanceRawMarketClient, range: CandleRange, now: () => EpochMs): Promise<Candle[]> => {
  const candles: Candle[] = []
  let startTime = range.startTime
  while (startTime < range.endTime && range.signal?.aborted !== true) {
    const rows = await raw.klines({
      symbol: exchangeSymbolOf(range.symbol),
      interval: range.timeframe,
      startTime: startTime.toFixed(),
      endTime: (range.endTime - 1).toFixed(),
      limit: PAGE.toFixed(),
    })
    const at = now()
    for (const row of rows) candles.push(mapKline(row, range.symbol, range.timeframe, at))
    range.onPage?.(candles.length)
    const last = candles.at(-1)
    if (rows.length < PAGE || last === undefined) break
    startTime = last.closeTime
  }
  return candles
}
