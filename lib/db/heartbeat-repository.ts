import { queueAlert } from '@/lib/db/alert-outbox-repository'
import { pgPool } from '@/lib/db/pool'
import { inTransaction } from '@/lib/db/transaction'
import type { Candle } from '@/lib/domain/market/candle'
import type { Flaw } from '@/lib/domain/market/coherence'
import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'

export type HeartbeatRole = 'PRIMARY' | 'SECONDARY'

/** A row of `candles_heartbeat`. */
export interface HeartbeatCandleRow {
  candle: Candle
  signalId: string
  receivedAt: EpochMs
  publishedAt: EpochMs | undefined
  isRecovered: boolean
  isLate: boolean
}

const at = (time: EpochMs): Date => new Date(time)

/** Opens a run of the heartbeat: its row, kept from one start to the next. Answers the row's id. */
export async function recordHeartbeatStart(start: {
  role: HeartbeatRole
  symbols: string[]
  marketSource: string
  startedAt: EpochMs
}): Promise<number> {
  const { rows } = await pgPool().query<{ id: number }>(
    `INSERT INTO heartbeat_status (role, symbols, market_source, last_application_start, is_connected, is_coherent, updated_at)
     VALUES ($1, $2, $3, $4, false, true, $4)
     ON CONFLICT (role) DO UPDATE SET symbols = EXCLUDED.symbols, market_source = EXCLUDED.market_source,
       last_application_start = EXCLUDED.last_application_start, is_connected = false, is_coherent = true,
       last_error = NULL, updated_at = EXCLUDED.updated_at
     RETURNING id`,
    [start.role, start.symbols, start.marketSource, at(start.startedAt)],
  )
  const row = rows[0]
  if (row === undefined) throw new Error('the heartbeat row was not written')
  return row.id
}

export async function recordHeartbeatStop(statusId: number, stoppedAt: EpochMs): Promise<void> {
  await pgPool().query(
    'UPDATE heartbeat_status SET last_application_stop = $2, is_connected = false, updated_at = $2 WHERE id = $1',
    [statusId, at(stoppedAt)],
  )
}

/** Changes what is given; `lastError: null` clears it. */
export async function updateHeartbeatStatus(
  statusId: number,
  change: { isConnected?: boolean; isCoherent?: boolean; lastMessageAt?: EpochMs; lastError?: string | null },
  updatedAt: EpochMs,
): Promise<void> {
  await pgPool().query(
    `UPDATE heartbeat_status SET is_connected = coalesce($2, is_connected), is_coherent = coalesce($3, is_coherent),
       last_message_at = coalesce($4, last_message_at), last_error = CASE WHEN $5 THEN $6 ELSE last_error END, updated_at = $7
     WHERE id = $1`,
    [
      statusId,
      change.isConnected ?? null,
      change.isCoherent ?? null,
      change.lastMessageAt === undefined ? null : at(change.lastMessageAt),
      change.lastError !== undefined,
      change.lastError ?? null,
      at(updatedAt),
    ],
  )
}

/** Writes closed bars in one statement. One of the same symbol, timeframe and close time stays as it was first written. */
export async function insertHeartbeatCandles(
  statusId: number,
  source: HeartbeatRole,
  rows: readonly HeartbeatCandleRow[],
): Promise<void> {
  if (rows.length === 0) return
  const column = (read: (row: HeartbeatCandleRow) => unknown) => rows.map(read)
  await pgPool().query(
    `INSERT INTO candles_heartbeat (heartbeat_status_id, source, symbol, timeframe, open_time, close_time, received_at, published_at,
       signal_id, is_recovered, is_late, open, high, low, close, volume, trade_count)
     SELECT $1, $2::"SignalSource", * FROM unnest($3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
       $8::timestamptz[], $9::text[], $10::bool[], $11::bool[], $12::numeric[], $13::numeric[], $14::numeric[], $15::numeric[],
       $16::numeric[], $17::int[])
     ON CONFLICT (symbol, timeframe, close_time) DO NOTHING`,
    [
      statusId,
      source,
      column((row) => row.candle.symbol),
      column((row) => row.candle.timeframe),
      column((row) => at(row.candle.openTime)),
      column((row) => at(row.candle.closeTime)),
      column((row) => at(row.receivedAt)),
      column((row) => (row.publishedAt === undefined ? null : at(row.publishedAt))),
      column((row) => row.signalId),
      column((row) => row.isRecovered),
      column((row) => row.isLate),
      column((row) => toWire(row.candle.open)),
      column((row) => toWire(row.candle.high)),
      column((row) => toWire(row.candle.low)),
      column((row) => toWire(row.candle.close)),
      column((row) => toWire(row.candle.volume)),
      column((row) => row.candle.tradeCount),
    ],
  )
}

/** Close time of the newest one-minute bar of a symbol. */
export async function findLastHeartbeatCloseTime(symbol: string): Promise<EpochMs | undefined> {
  const { rows } = await pgPool().query<{ close_time: Date }>(
    `SELECT close_time FROM candles_heartbeat WHERE symbol = $1 AND timeframe = '1m' ORDER BY close_time DESC LIMIT 1`,
    [symbol],
  )
  return rows[0]?.close_time.getTime()
}

interface CandleColumns {
  open_time: Date
  close_time: Date
  open: string
  high: string
  low: string
  close: string
  volume: string
  trade_count: number
}

/** Bars that close in (from, to], oldest first. */
export async function listHeartbeatCandles(
  symbol: string,
  timeframe: Timeframe,
  from: EpochMs,
  to: EpochMs,
): Promise<Candle[]> {
  const { rows } = await pgPool().query<CandleColumns>(
    `SELECT open_time, close_time, open, high, low, close, volume, trade_count FROM candles_heartbeat
     WHERE symbol = $1 AND timeframe = $2 AND close_time > $3 AND close_time <= $4 ORDER BY close_time`,
    [symbol, timeframe, at(from), at(to)],
  )
  return rows.map((row) => ({
    symbol,
    timeframe,
    openTime: row.open_time.getTime(),
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

/** Notes flaws; one that is known already is left alone. New ones leave one alert for everyone. Answers how many were new. */
export function insertHeartbeatGaps(statusId: number, flaws: readonly Flaw[], foundAt: EpochMs): Promise<number> {
  if (flaws.length === 0) return Promise.resolve(0)
  return inTransaction(async (tx) => {
    const { rows } = await tx.query<{ symbol: string }>(
      `INSERT INTO heartbeat_gaps (heartbeat_status_id, found_at, symbol, timeframe, close_time, kind, detail)
       SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[])
       ON CONFLICT (symbol, timeframe, close_time, kind) DO NOTHING RETURNING symbol`,
      [
        statusId,
        at(foundAt),
        flaws.map((flaw) => flaw.symbol),
        flaws.map((flaw) => flaw.timeframe),
        flaws.map((flaw) => at(flaw.closeTime)),
        flaws.map((flaw) => flaw.kind),
        flaws.map((flaw) => flaw.detail),
      ],
    )
    if (rows.length > 0) {
      const detail = { count: rows.length, symbols: [...new Set(rows.map((row) => row.symbol))].join(', ') }
      await tx.query(
        `INSERT INTO alerts (level, code, detail, occurred_at) VALUES ('WARNING', 'HEARTBEAT_INCOHERENT', $1, $2)`,
        [JSON.stringify(detail), at(foundAt)],
      )
      const told = { code: 'HEARTBEAT_INCOHERENT', ...detail }
      await queueAlert(tx, { userId: null, kind: 'MARKET', detail: told, occurredAt: foundAt }, foundAt)
    }
    return rows.length
  })
}

/** Marks holes whose bar is stored by now, then counts the flaws since `since` (by close time) that remain. */
export async function resolveHeartbeatGaps(statusId: number, since: EpochMs, resolvedAt: EpochMs): Promise<number> {
  await pgPool().query(
    `UPDATE heartbeat_gaps g SET resolved_at = $2 WHERE g.heartbeat_status_id = $1 AND g.kind = 'HOLE' AND g.resolved_at IS NULL
       AND EXISTS (SELECT 1 FROM candles_heartbeat c WHERE c.symbol = g.symbol AND c.timeframe = g.timeframe AND c.close_time = g.close_time)`,
    [statusId, at(resolvedAt)],
  )
  const { rows } = await pgPool().query<{ count: number }>(
    `SELECT count(*)::int AS count FROM heartbeat_gaps WHERE heartbeat_status_id = $1 AND resolved_at IS NULL AND close_time > $2`,
    [statusId, at(since)],
  )
  return rows[0]?.count ?? 0
}

/** An alert for everyone. */
export async function insertHeartbeatAlert(
  code: string,
  detail: Record<string, string | number>,
  occurredAt: EpochMs,
): Promise<void> {
  await inTransaction(async (tx) => {
    await tx.query(`INSERT INTO alerts (level, code, detail, occurred_at) VALUES ('ERROR', $1, $2, $3)`, [
      code,
      JSON.stringify(detail),
      at(occurredAt),
    ])
    await queueAlert(tx, { userId: null, kind: 'MARKET', detail: { code }, occurredAt }, occurredAt)
  })
}
