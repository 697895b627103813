import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal, toWire } from '@/lib/domain/money/decimal'
import type { Decision, StrategyFault } from '@/lib/domain/strategy/evaluation'

/**
 * Opens the decision of a run on a signal. Returns its id and whether it is still to be made: a signal delivered twice, or
 * handled again after a crash, finds the row of the first time.
 */
export async function openDecision(
  runId: string,
  signalId: string,
  closeTime: EpochMs,
): Promise<{ id: string; isPending: boolean }> {
  const { rows } = await pgPool().query<{ id: string; outcome: string }>(
    `INSERT INTO strategy_decisions (run_id, signal_id, signaled_at) VALUES ($1, $2, $3)
     ON CONFLICT (run_id, signal_id) DO UPDATE SET signal_id = EXCLUDED.signal_id RETURNING id, outcome`,
    [runId, signalId, new Date(closeTime)],
  )
  const [row] = rows
  if (row === undefined) throw new Error('no decision row')
  return { id: row.id, isPending: row.outcome === 'PENDING' }
}

export interface DecisionResult {
  outcome: 'DONE' | 'SKIPPED' | 'FAILED'
  reason: string
  decision?: Decision
  fault?: StrategyFault
}

/** Closes a pending decision. False when it was closed before. */
export async function closeDecision(tx: Queryable, id: string, result: DecisionResult, now: EpochMs): Promise<boolean> {
  const entry = result.decision?.kind === 'ENTER' ? result.decision : null
  const { rowCount } = await tx.query(
    `UPDATE strategy_decisions SET outcome = $2, kind = $3, reason = $4, quote_quantity = $5, stop_loss = $6, take_profit = $7,
       error = $8, error_line = $9, decided_at = $10 WHERE id = $1 AND outcome = 'PENDING'`,
    [
      id,
      result.outcome,
      result.decision?.kind ?? null,
      result.reason,
      entry === null ? null : toWire(entry.quoteQuantity),
      entry === null ? null : toWire(entry.stopLoss),
      entry === null ? null : toWire(entry.takeProfit),
      result.fault?.message ?? null,
      result.fault?.line ?? null,
      new Date(now),
    ],
  )
  return rowCount === 1
}

/** Stop and target of the decision that opened the run's present position, as fractions of the entry price. */
export async function readEntryTerms(runId: string): Promise<{ stopLoss: Amount; takeProfit: Amount } | null> {
  const { rows } = await pgPool().query<{ stop_loss: string; take_profit: string }>(
    `SELECT d.stop_loss, d.take_profit FROM strategy_decisions d JOIN trades t ON t.decision_id = d.id
     WHERE d.run_id = $1 AND t.purpose = 'ENTRY' AND t.filled_quantity > 0 ORDER BY t.created_at DESC LIMIT 1`,
    [runId],
  )
  const [row] = rows
  return row ? { stopLoss: parseDecimal(row.stop_loss), takeProfit: parseDecimal(row.take_profit) } : null
}

/** Decisions that a process left open when it died, or could not write down: on signals older than `before`. */
export async function findPendingDecisions(
  before: EpochMs,
): Promise<{ id: string; runId: string; signalId: string; closeTime: EpochMs }[]> {
  const { rows } = await pgPool().query<{ id: string; run_id: string; signal_id: string; signaled_at: Date }>(
    "SELECT id, run_id, signal_id, signaled_at FROM strategy_decisions WHERE outcome = 'PENDING' AND signaled_at < $1",
    [new Date(before)],
  )
  return rows.map((row) => ({
    id: row.id,
    runId: row.run_id,
    signalId: row.signal_id,
    closeTime: row.signaled_at.getTime(),
  }))
}
