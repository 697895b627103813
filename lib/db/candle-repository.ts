import { pgPool } from '@/lib/db/pool'
import type { Candle } from '@/lib/domain/market/candle'
import { type EpochMs, type Timeframe, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'

interface Row {
  close_time: Date
  open: string
  high: string
  low: string
  close: string
  volume: string
  trade_count: number
}

/** The newest `count` closed candles of a broker's market up to `closeTime` (inclusive), oldest first. */
export async function readCandles(
  brokerId: string,
  symbol: string,
  timeframe: Timeframe,
  closeTime: EpochMs,
  count: number,
): Promise<Candle[]> {
  const { rows } = await pgPool().query<Row>(
    `SELECT close_time, open, high, low, close, volume, trade_count FROM candles
     WHERE broker_id = $1 AND symbol = $2 AND timeframe = $3 AND close_time <= $4 ORDER BY close_time DESC LIMIT $5`,
    [brokerId, symbol, timeframe, new Date(closeTime), count],
  )
  return rows.reverse().map((row) => ({
    symbol,
    timeframe,
    openTime: row.close_time.getTime() - TIMEFRAME_MS[timeframe],
    closeTime: row.close_time.getTime(),
    open: parseDecimal(row.open),
    high: parseDecimal(row.high),
    low: parseDecimal(row.low),
    close: parseDecimal(row.close),
    volume: parseDecimal(row.volume),
    tradeCount: row.trade_count,
    isClosed: true,
  }))
}

/** Stores closed candles of a broker's market; one that is there already is corrected. */
export async function storeCandles(brokerId: string, candles: Candle[]): Promise<void> {
  const closed = candles.filter((candle) => candle.isClosed)
  const [first] = closed
  if (first === undefined) return
  await pgPool().query(
    `INSERT INTO candles (broker_id, symbol, timeframe, close_time, open_time, open, high, low, close, volume, trade_count)
     SELECT $1::uuid, $2, $3, c, o, op, h, l, cl, v, n
     FROM unnest($4::timestamptz[], $5::timestamptz[], $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[], $11::int[])
       AS u(c, o, op, h, l, cl, v, n)
     ON CONFLICT (broker_id, symbol, timeframe, close_time) DO UPDATE SET open = EXCLUDED.open, high = EXCLUDED.high,
       low = EXCLUDED.low, close = EXCLUDED.close, volume = EXCLUDED.volume, trade_count = EXCLUDED.trade_count`,
    [
      brokerId,
      first.symbol,
      first.timeframe,
      closed.map((candle) => new Date(candle.closeTime)),
      closed.map((candle) => new Date(candle.openTime)),
      ...(['open', 'high', 'low', 'close', 'volume'] as const).map((field) =>
        closed.map((candle) => toWire(candle[field])),
      ),
      closed.map((candle) => candle.tradeCount),
    ],
  )
}
