import { queueAlert } from '@/lib/db/alert-outbox-repository'
import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'

/** A run as the engine works on it. */
export interface EngineRun {
  id: string
  userId: string
  strategyId: string
  brokerId: string
  symbol: string
  timeframe: Timeframe
  code: string
  isActive: boolean
  exitRequestedAt: Date | null
  exitReason: string | null
}

const SELECT = `SELECT r.id, r.user_id AS "userId", r.strategy_id AS "strategyId", r.broker_id AS "brokerId", r.symbol, r.timeframe, s.code,
    r.is_active AS "isActive", r.exit_requested_at AS "exitRequestedAt", r.exit_reason AS "exitReason"
  FROM active_strategies r JOIN strategies s ON s.id = r.strategy_id JOIN brokers b ON b.id = r.broker_id`

/** Active runs whose period holds `now`, on a broker that strategies may trade, for a signal's market and bar length. */
export async function findDueRuns(symbol: string, timeframe: Timeframe, now: EpochMs): Promise<EngineRun[]> {
  const { rows } = await pgPool().query<EngineRun>(
    `${SELECT} WHERE r.is_active AND r.timeframe = $1 AND r.symbol = $2 AND r.starts_at <= $3 AND r.ends_at > $3
       AND b.is_active AND b.trading_type = 'STRATEGY' ORDER BY r.created_at`,
    [timeframe, symbol, new Date(now)],
  )
  return rows
}

export async function findRun(id: string, db: Queryable = pgPool()): Promise<EngineRun | null> {
  const { rows } = await db.query<EngineRun>(`${SELECT} WHERE r.id = $1`, [id])
  return rows[0] ?? null
}

/** Runs the engine has to look after: with something held, something live, or a wish to get out. */
export async function findSupervisedRuns(): Promise<EngineRun[]> {
  const { rows } = await pgPool().query<EngineRun>(
    `${SELECT} WHERE r.exit_requested_at IS NOT NULL
       OR EXISTS (SELECT 1 FROM positions p WHERE p.run_id = r.id AND p.quantity > 0)
       OR EXISTS (SELECT 1 FROM trades t WHERE t.run_id = r.id AND t.status NOT IN ('DENIED','REJECTED','CANCELED','EXPIRED','FILLED'))`,
  )
  return rows
}

export async function requestExit(tx: Queryable, runId: string, reason: string, now: EpochMs): Promise<void> {
  await tx.query(
    'UPDATE active_strategies SET exit_requested_at = coalesce(exit_requested_at, $2), exit_reason = coalesce(exit_reason, $3) WHERE id = $1',
    [runId, new Date(now), reason],
  )
}

export async function clearExit(runId: string): Promise<void> {
  await pgPool().query('UPDATE active_strategies SET exit_requested_at = NULL, exit_reason = NULL WHERE id = $1', [
    runId,
  ])
}

/** What the run's last evaluation brought: null when it went well. The same failure again and again is told of once. */
export async function recordRunResult(
  tx: Queryable,
  runId: string,
  signalId: string,
  error: string | null,
  now: EpochMs,
): Promise<void> {
  const { rows } = await tx.query<
    Record<'userId' | 'strategy' | 'broker' | 'symbol' | 'timeframe', string> & { before: string | null }
  >(
    `UPDATE active_strategies r SET last_signal_id = $2, last_error = $3,
       last_error_at = CASE WHEN $3::text IS NULL THEN r.last_error_at ELSE $4 END
     FROM (SELECT id, last_error FROM active_strategies WHERE id = $1 FOR UPDATE) o, strategies s, brokers b
     WHERE r.id = o.id AND s.id = r.strategy_id AND b.id = r.broker_id
     RETURNING r.user_id AS "userId", s.name AS strategy, b.name AS broker, r.symbol, r.timeframe, o.last_error AS before`,
    [runId, signalId, error, new Date(now)],
  )
  const [run] = rows
  if (run === undefined || error === null || error === run.before) return
  const { userId, strategy, broker, symbol, timeframe } = run
  const detail = { strategy, broker, symbol, timeframe, reason: error }
  await queueAlert(tx, { userId, kind: 'STRATEGY_FAILED', detail, occurredAt: now }, now)
}

/** The candle series that active runs decide on, each once. */
export async function findActiveSeries(): Promise<{ brokerId: string; symbol: string; timeframe: Timeframe }[]> {
  const { rows } = await pgPool().query<{ brokerId: string; symbol: string; timeframe: Timeframe }>(
    `SELECT DISTINCT r.broker_id AS "brokerId", r.symbol, r.timeframe FROM active_strategies r JOIN brokers b ON b.id = r.broker_id
     WHERE r.is_active AND r.ends_at > now() AND b.is_active AND b.markets_loaded_at IS NOT NULL`,
  )
  return rows
}
