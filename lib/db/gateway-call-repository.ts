import { pgPool, relaxedPool } from '@/lib/db/pool'
import { LONGEST_WAKE_BYTES, wakeSql } from '@/lib/db/wake'
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

/** A call as the gateway needs it to act on it. */
export type AskedCall = Pick<GatewayCallRow, 'id' | 'brokerId' | 'kind' | 'request'>

/** Stores a call and wakes the gateway with it: `call <JSON>`. One too long for that waits for the queue. */
export async function insertCall(call: AskedCall & { deadlineAt: EpochMs }, now: EpochMs): Promise<void> {
  const { deadlineAt, ...asked } = call
  const text = `call ${JSON.stringify(asked)}`
  await relaxedPool().query(
    `WITH stored AS (
        INSERT INTO exchange_calls (id, broker_id, kind, request, deadline_at, created_at) VALUES ($1,$2,$3,$4,$5,$6) RETURNING id)
      SELECT ${wakeSql('exchange_requests', '$7')} FROM stored WHERE $7::text IS NOT NULL`,
    [
      call.id,
      call.brokerId,
      call.kind,
      JSON.stringify(call.request),
      new Date(deadlineAt),
      new Date(now),
      Buffer.byteLength(text) > LONGEST_WAKE_BYTES ? null : text,
    ],
  )
}

/** Takes a call for execution; null when it was taken already or its deadline has passed. */
export async function claimCall(id: string, now: EpochMs): Promise<GatewayCallRow | null> {
  const { rows } = await relaxedPool().query<GatewayCallRow>(
    `UPDATE exchange_calls SET status = 'RUNNING', started_at = $2 WHERE id = $1 AND status = 'QUEUED' AND deadline_at > $2 RETURNING ${COLUMNS}`,
    [id, new Date(now)],
  )
  return rows[0] ?? null
}

/** What became of a call. */
export type CallResult = Pick<GatewayCallRow, 'answer' | 'errorCode' | 'error'> & { status: 'DONE' | 'FAILED' }

/** Stores what became of a call and tells the caller, with the answer itself unless it is too long for that. */
export async function answerCall(id: string, result: CallResult, now: EpochMs): Promise<void> {
  const whole = JSON.stringify({ id, result })
  const told = Buffer.byteLength(whole) > LONGEST_WAKE_BYTES ? JSON.stringify({ id }) : whole
  await relaxedPool().query(
    `WITH answered AS (
        UPDATE exchange_calls SET status = $2::"CallStatus", answer = $3, error_code = $4, error = $5, answered_at = $6 WHERE id = $1 RETURNING id)
      SELECT ${wakeSql('exchange_responses', '$7')} FROM answered`,
    [
      id,
      result.status,
      result.answer === null ? null : JSON.stringify(result.answer),
      result.errorCode,
      result.error,
      new Date(now),
      told,
    ],
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
