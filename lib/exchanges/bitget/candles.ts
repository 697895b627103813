import type { Candle } from '@/lib/domain/market/candle'
import { type EpochMs, nextOpenTime, type Timeframe, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import type { CandleRange } from '@/lib/exchanges/market-data-client'
import { readBuilt } from '@/lib/exchanges/built-candles'
import { exchangeSymbolOf, GRANULARITIES, mapCandle } from '@/lib/exchanges/bitget/map-market'
import type { BitgetRawClient } from '@/lib/exchanges/bitget/raw-client'

const RECENT_PAGE = 1000
const OLDER_PAGE = 200
const DAY = 86_400_000
/** Timeframes that Bitget's spot market lacks, and what they are made of. */
const SHORTER: Partial<Record<Timeframe, Timeframe>> = { '10m': '5m', '2h': '1h' }
/** How far back the endpoint of the recent bars reaches: a little less than documented (1 month, 52, 83 and 240 days). */
const RECENT_DAYS: Partial<Record<Timeframe, number>> = { '15m': 50, '1h': 80, '4h': 235 }
const USUAL_RECENT_DAYS = 28

type Raw = Pick<BitgetRawClient, 'candles' | 'historyCandles'>

/**
 * Bars whose open time lies in [startTime, endTime), oldest first. The bar still forming is among them, with `isClosed` false.
 * `now` is the exchange's clock. Sources: "Get Candlestick Data", "Get History Candlestick Data".
 * @throws TradingError EXCHANGE_UNAVAILABLE, RATE_LIMITED, BAD_REQUEST (no such pair).
 */
export async function readCandles(raw: Raw, range: CandleRange, now: () => EpochMs): Promise<Candle[]> {
  const { timeframe } = range
  const shorter = SHORTER[timeframe]
  if (shorter === undefined) return readNative(raw, range, now)
  return readBuilt(range, shorter, (parts) => readNative(raw, parts, now))
}

async function readNative(raw: Raw, range: CandleRange, now: () => EpochMs): Promise<Candle[]> {
  const days = RECENT_DAYS[range.timeframe] ?? USUAL_RECENT_DAYS
  const recentFrom = nextOpenTime(range.timeframe, now() - days * DAY)
  const older = range.startTime < recentFrom ? await readOlder(raw, range, recentFrom, now) : []
  const start = nextOpenTime(range.timeframe, Math.max(range.startTime, Math.min(recentFrom, range.endTime)))
  return [...older, ...(await readRecent(raw, range, start, older.length, now))]
}

/** Backwards from the boundary, because this endpoint knows an end only; it ends where the market began. */
async function readOlder(raw: Raw, range: CandleRange, until: EpochMs, now: () => EpochMs): Promise<Candle[]> {
  const pages: Candle[][] = []
  let read = 0
  let endTime = Math.min(until, nextOpenTime(range.timeframe, range.endTime))
  while (endTime > range.startTime && range.signal?.aborted !== true) {
    const rows = await raw.historyCandles({
      ...namesOf(range),
      endTime: endTime.toFixed(),
      limit: OLDER_PAGE.toFixed(),
    })
    const page = sorted(rows.map((row) => mapCandle(row, range.symbol, range.timeframe, now()))).filter(
      ({ openTime }) => openTime < endTime,
    )
    const first = page[0]
    if (first === undefined) break
    pages.unshift(page.filter(({ openTime }) => openTime >= range.startTime))
    read += pages[0]?.length ?? 0
    range.onPage?.(read)
    endTime = first.openTime
  }
  return pages.flat()
}

/** Forwards, in windows that hold no more bars than one answer. */
async function readRecent(
  raw: Raw,
  range: CandleRange,
  start: EpochMs,
  before: number,
  now: () => EpochMs,
): Promise<Candle[]> {
  const candles: Candle[] = []
  const span = RECENT_PAGE * TIMEFRAME_MS[range.timeframe]
  const end = Math.min(range.endTime, now() + 1)
  for (let from = start; from < end && range.signal?.aborted !== true; from += span) {
    const to = Math.min(from + span, end)
    const rows = await raw.candles({
      ...namesOf(range),
      startTime: from.toFixed(),
      endTime: (to - 1).toFixed(),
      limit: RECENT_PAGE.toFixed(),
    })
    const page = sorted(rows.map((row) => mapCandle(row, range.symbol, range.timeframe, now())))
    candles.push(...page.filter(({ openTime }) => openTime >= from && openTime < to))
    range.onPage?.(before + candles.length)
  }
  return candles
}

const namesOf = ({ symbol, timeframe }: CandleRange) => {
  const granularity = GRANULARITIES[timeframe]
  if (granularity === undefined) throw new RangeError(`no way to build ${timeframe}`)
  return { symbol: exchangeSymbolOf(symbol), granularity }
}

const sorted = (candles: Candle[]): Candle[] => candles.sort((a, b) => a.openTime - b.openTime)
