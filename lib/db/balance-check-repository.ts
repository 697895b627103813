import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import type { Amounts, BalanceLine, BalanceSnapshot, Move, Reconciliation } from '@/lib/domain/account/reconciliation'
import type { Transfer } from '@/lib/domain/account/transfer'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal, toWire, ZERO } from '@/lib/domain/money/decimal'

// Reconciliations: asked for by a row, done by the tracker.

/** Asks for a reconciliation; gives the one that is asked for or under way already, where there is one. */
export async function askCheck(brokerId: string, isDaily: boolean, now: EpochMs): Promise<string> {
  const { rows } = await pgPool().query<{ id: string }>(
    `WITH asked AS (
       INSERT INTO balance_checks (broker_id, is_daily, asked_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id)
     SELECT id::text FROM asked
     UNION ALL SELECT id::text FROM balance_checks WHERE broker_id = $1 AND state IN ('ASKED', 'RUNNING')`,
    [brokerId, isDaily, new Date(now)],
  )
  const [row] = rows
  // The other one ended between the two halves of the statement: it was as new as one could wish, but its answer is gone.
  return row === undefined ? askCheck(brokerId, isDaily, now) : row.id
}

/** Takes the oldest reconciliation that is asked for; null when there is none. */
export async function claimCheck(now: EpochMs): Promise<{ id: string; brokerId: string } | null> {
  const { rows } = await pgPool().query<{ id: string; brokerId: string }>(
    `UPDATE balance_checks SET state = 'RUNNING', started_at = $1 WHERE id =
       (SELECT id FROM balance_checks WHERE state = 'ASKED' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id::text, broker_id AS "brokerId"`,
    [new Date(now)],
  )
  return rows[0] ?? null
}

/** Those that a process left half done are begun anew: a reconciliation writes at its end only. */
export async function releaseChecks(): Promise<void> {
  await pgPool().query("UPDATE balance_checks SET state = 'ASKED' WHERE state = 'RUNNING'")
}

/** Active brokers that were not reconciled since `since`, nor tried since `triedSince`. */
export async function findBrokersToCheck(since: EpochMs, triedSince: EpochMs): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>(
    `SELECT id FROM brokers b WHERE is_active AND markets_loaded_at IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM balance_checks c WHERE c.broker_id = b.id
         AND ((c.state = 'DONE' AND c.read_at >= $1) OR c.state IN ('ASKED', 'RUNNING') OR c.finished_at > $2))
     ORDER BY created_at`,
    [new Date(since), new Date(triedSince)],
  )
  return rows.map((row) => row.id)
}

const amountsOf = <T extends { asset: string }>(rows: T[], of: (row: T) => string): Map<string, Amount> =>
  new Map(rows.map((row) => [row.asset, parseDecimal(of(row))]))

/** What stood at the end of a broker's last reconciliation; null before the first. */
export async function lastSnapshot(
  brokerId: string,
): Promise<{ checkId: string; readAt: EpochMs; snapshot: BalanceSnapshot } | null> {
  // By the number itself: `id` alone would be the text of the answer, in which 9 comes after 10.
  const { rows: checks } = await pgPool().query<{ id: string; at: Date }>(
    "SELECT id::text, read_at AS at FROM balance_checks WHERE broker_id = $1 AND state = 'DONE' ORDER BY balance_checks.id DESC LIMIT 1",
    [brokerId],
  )
  const [check] = checks
  if (check === undefined) return null
  const { rows } = await pgPool().query<{ asset: string; actual: string; counted: string }>(
    'SELECT asset, actual::text, counted::text FROM balance_lines WHERE check_id = $1',
    [check.id],
  )
  const snapshot = { actual: amountsOf(rows, (row) => row.actual), counted: amountsOf(rows, (row) => row.counted) }
  return { checkId: check.id, readAt: check.at.getTime(), snapshot }
}

/** What executions of a broker moved: the sum of those from `since` until `recentFrom`, and each one later, oldest first. */
export async function movesOf(
  brokerId: string,
  since: EpochMs,
  recentFrom: EpochMs,
): Promise<{ moved: Amounts; recent: Move[]; executions: number }> {
  // One statement, so that both halves see the same rows.
  const { rows } = await pgPool().query<{ id: string | null; at: Date; asset: string; change: string; count: number }>(
    `WITH moves AS (
       SELECT id, trade_time, length(exchange_trade_id) AS digits, exchange_trade_id, asset, change
       FROM fills CROSS JOIN LATERAL (VALUES
         (split_part(symbol, '/', 1), CASE side WHEN 'BUY' THEN quantity ELSE -quantity END),
         (split_part(symbol, '/', 2), CASE side WHEN 'BUY' THEN -quote_quantity ELSE quote_quantity END),
         (fee_asset, -fee)) AS moved (asset, change)
       WHERE broker_id = $1 AND trade_time >= $2)
     SELECT NULL AS id, min(trade_time) AS at, asset, sum(change)::text AS change, count(*)::int AS count FROM moves WHERE trade_time < $3 GROUP BY asset
     UNION ALL
     SELECT * FROM (SELECT id::text, trade_time AS at, asset, change::text, 1 AS count FROM moves WHERE trade_time >= $3
       ORDER BY trade_time, digits, exchange_trade_id) AS recent`,
    [brokerId, new Date(since), new Date(recentFrom)],
  )
  const recent = new Map<string, { time: EpochMs; amounts: Map<string, Amount> }>()
  for (const { id, at, asset, change } of rows) {
    if (id === null) continue
    const move = recent.get(id) ?? { time: at.getTime(), amounts: new Map<string, Amount>() }
    recent.set(id, move)
    move.amounts.set(asset, (move.amounts.get(asset) ?? ZERO).plus(parseDecimal(change)))
  }
  const moved = amountsOf(
    rows.filter((row) => row.id === null),
    (row) => row.change,
  )
  return { moved, recent: [...recent.values()], executions: rows.reduce((total, row) => total + row.count, 0) }
}

/** Which of these records explain a difference already. */
export async function accountedTransfers(brokerId: string, ids: string[]): Promise<Set<string>> {
  const { rows } = await pgPool().query<{ id: string }>(
    'SELECT exchange_transfer_id AS id FROM balance_differences WHERE broker_id = $1 AND exchange_transfer_id = ANY($2)',
    [brokerId, ids],
  )
  return new Set(rows.map((row) => row.id))
}

interface Check {
  id: string
  brokerId: string
}

async function insertDifference(
  tx: Queryable,
  check: Check,
  asset: string,
  { kind, amount, transfer }: BalanceLine['explanations'][number],
): Promise<void> {
  await tx.query(
    `INSERT INTO balance_differences (check_id, broker_id, asset, kind, amount, exchange_transfer_id, note, occurred_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      check.id,
      check.brokerId,
      asset,
      kind,
      toWire(amount),
      transfer?.exchangeTransferId ?? null,
      transfer?.note ?? null,
      transfer === null ? null : new Date(transfer.time),
    ],
  )
}

/** Ends a reconciliation with what it found. `recorded`: records of before a first look, which explain nothing later. */
export async function saveCheck(
  tx: Queryable,
  check: Check,
  found: Reconciliation & { readAt: EpochMs; isFirst: boolean; recordsError: string | null; recorded: Transfer[] },
  now: EpochMs,
): Promise<void> {
  const { lines, snapshot, readAt, isFirst, recordsError, recorded } = found
  await tx.query(
    "UPDATE balance_checks SET state = 'DONE', is_first = $2, read_at = $3, finished_at = $4, records_error = $5 WHERE id = $1",
    [check.id, isFirst, new Date(readAt), new Date(now), recordsError],
  )
  for (const { asset, expected, actual, explanations } of lines) {
    const counted = snapshot.counted.get(asset) ?? ZERO
    await tx.query(
      'INSERT INTO balance_lines (check_id, asset, expected, actual, counted) VALUES ($1, $2, $3, $4, $5)',
      [check.id, asset, toWire(expected), toWire(actual), toWire(counted)],
    )
    for (const explanation of explanations) await insertDifference(tx, check, asset, explanation)
  }
  for (const transfer of recorded) {
    const { asset, kind, amount } = transfer
    await insertDifference(tx, check, asset, { kind, amount, transfer })
  }
}

/** Ends a reconciliation that could not be done. */
export async function giveUpCheck(
  id: string,
  why: { state: 'UNSETTLED' } | { state: 'FAILED'; errorCode: string; error: string },
  now: EpochMs,
): Promise<void> {
  const { errorCode, error } = why.state === 'FAILED' ? why : { errorCode: null, error: null }
  await pgPool().query(
    'UPDATE balance_checks SET state = $2::"CheckState", finished_at = $3, error_code = $4, error = $5 WHERE id = $1',
    [id, why.state, new Date(now), errorCode, error],
  )
}
