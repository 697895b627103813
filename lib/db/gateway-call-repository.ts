import { pgPool } from '@/lib/db/pool'
import type { EpochMs } from '@/lib/domain/market/timeframe'

export interface GatewayCallRow {
  id: string
  brokerId: string
  kind: string
  request: unknown
  status: 'QUEUED' | 'RUNNING' | 'DONE' | 'FAILED'
  answer: unknown
  errorCode: string | null
  error: string | null
  deadlineAt: Date
}

const COLUMNS =
  'id, broker_id AS "brokerId", kind, request, status, answer, error_code AS "errorCode", error, deadline_at AS "deadlineAt"'

export async function insertCall(
  call: { id: string; brokerId: string; kind: string; request: unknown; deadlineAt: EpochMs },
  now: EpochMs,
): Promise<void> {
  await pgPool().query(
    'INSERT INTO exchange_calls (id, broker_id, kind, request, deadline_at, created_at) VALUES ($1,$2,$3,$4,$5,$6)',
    [call.id, call.brokerId, call.kind, JSON.stringify(call.request), new Date(call.deadlineAt), new Date(now)],
  )
}

/** Takes a call for execution; null when it was taken already or its deadline has passed. */
export async function claimCall(id: string, now: EpochMs): Promise<GatewayCallRow | null> {
  const { rows } = await pgPool().query<GatewayCallRow>(
    `UPDATE exchange_calls SET status = 'RUNNING', started_at = $2 WHERE id = $1 AND status = 'QUEUED' AND deadline_at > $2 RETURNING ${COLUMNS}`,
    [id, new Date(now)],
  )
  return rows[0] ?? null
}

export async function answerCall(
  id: string,
  result: { answer: unknown } | { errorCode: string; error: string },
  now: EpochMs,
): Promise<void> {
  if ('answer' in result)
    await pgPool().query("UPDATE exchange_calls SET status = 'DONE', answer = $2, answered_at = $3 WHERE id = $1", [
      id,
      JSON.stringify(result.answer),
      new Date(now),
    ])
  else
    await pgPool().query(
      "UPDATE exchange_calls SET status = 'FAILED', error_code = $2, error = $3, answered_at = $4 WHERE id = $1",
      [id, result.errorCode, result.error, new Date(now)],
    )
}

export async function findCall(id: string): Promise<GatewayCallRow | null> {
  const { rows } = await pgPool().query<GatewayCallRow>(`SELECT ${COLUMNS} FROM exchange_calls WHERE id = $1`, [id])
  return rows[0] ?? null
}

/** Is a call of this kind asked for or being answered, with time left? */
export async function findCallUnderWay(brokerId: string, kind: string, now: EpochMs): Promise<boolean> {
  const { rowCount } = await pgPool().query(
    "SELECT 1 FROM exchange_calls WHERE broker_id = $1 AND kind = $2 AND status IN ('QUEUED', 'RUNNING') AND deadline_at > $3 LIMIT 1",
    [brokerId, kind, new Date(now)],
  )
  return (rowCount ?? 0) > 0
}

/** Calls whose wake-up seems lost: still queued a while after they were asked for, with time left. */
export async function findWaitingCalls(before: EpochMs, now: EpochMs): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>(
    "SELECT id FROM exchange_calls WHERE status = 'QUEUED' AND created_at < $1 AND deadline_at > $2",
    [new Date(before), new Date(now)],
  )
  return rows.map((row) => row.id)
}

export async function deleteOldCalls(before: EpochMs): Promise<void> {
  await pgPool().query('DELETE FROM exchange_calls WHERE created_at < $1', [new Date(before)])
}
