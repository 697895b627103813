import { prisma } from '@/lib/db/client'
import { pgPool } from '@/lib/db/pool'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'

/** Where alerts come from: an indicator, on a market and an interval, for an account where they name one. */
interface SourceKey {
  userId: string
  name: string
  symbol: string
  interval: string
  brokerNumber: number | null
}

/** A received alert that the audit has not looked at yet. */
export interface UnauditedWebhook extends SourceKey {
  id: string
  barTime: EpochMs | null
  receivedAt: EpochMs
}

export interface WebhookSourceRow extends SourceKey {
  id: string
  auditedTo: EpochMs
}

/** The alerts after this one that the audit has not looked at, in the order in which they came; as many as are read at once. */
export async function findUnaudited(after: string): Promise<UnauditedWebhook[]> {
  const { rows } = await pgPool().query<
    Omit<UnauditedWebhook, 'barTime' | 'receivedAt'> & { barTime: Date | null; receivedAt: Date }
  >(
    `SELECT id, user_id AS "userId", coalesce(source, '') AS name, coalesce(symbol, '') AS symbol,
       coalesce(interval, '') AS interval, broker_number AS "brokerNumber", bar_time AS "barTime", received_at AS "receivedAt"
     FROM webhooks WHERE awaits_audit AND id > $1 ORDER BY id LIMIT 1000`,
    [after],
  )
  return rows.map((row) => ({
    ...row,
    barTime: row.barTime?.getTime() ?? null,
    receivedAt: row.receivedAt.getTime(),
  }))
}

/** Marks alerts as looked at that have no source to be put down to. */
export async function passOver(webhookIds: string[]): Promise<void> {
  if (webhookIds.length === 0) return
  await pgPool().query('UPDATE webhooks SET awaits_audit = false WHERE id = ANY($1)', [webhookIds])
}

/**
 * Puts an alert down to its source, which is made when it is new; a source that counted as switched off is awake again: both
 * are audited from `heardSince` on. What stands as missed at that close becomes LATE: it did come. Done twice, it changes
 * nothing more.
 */
export async function assignSource(webhook: UnauditedWebhook, dueAt: EpochMs, heardSince: EpochMs): Promise<void> {
  const { id, userId, name, symbol, interval, brokerNumber, receivedAt } = webhook
  await inTransaction(async (tx) => {
    const { rows } = await tx.query<{ id: string }>(
      `INSERT INTO webhook_sources
         (user_id, name, symbol, interval, broker_number, first_due_at, audited_to, last_received_at)
       VALUES ($1,$2,$3,$4,$5,$6,$6,$7)
       ON CONFLICT (user_id, name, symbol, interval, broker_number) DO UPDATE SET
         last_received_at = greatest(webhook_sources.last_received_at, EXCLUDED.last_received_at),
         audited_to = CASE WHEN webhook_sources.is_paused THEN greatest(webhook_sources.audited_to, EXCLUDED.audited_to)
           ELSE webhook_sources.audited_to END,
         missed_in_row = 0, is_paused = false
       RETURNING id`,
      [userId, name, symbol, interval, brokerNumber, new Date(heardSince), new Date(receivedAt)],
    )
    const sourceId = rows[0]?.id
    // A statement of its own: what an audit wrote while this one waited for the source is seen by it.
    await tx.query(
      `WITH late AS (
         UPDATE webhooks SET status = 'LATE', reason = $4 WHERE source_id = $2 AND due_at = $3 AND action = 'MISSED')
       UPDATE webhooks SET source_id = $2, due_at = $3, awaits_audit = false WHERE id = $1`,
      [
        id,
        sourceId,
        new Date(dueAt),
        `It came ${Math.max(0, Math.round((receivedAt - dueAt) / 1000))} s after its time.`,
      ],
    )
  })
}

/** Sources to be audited: those neither muted nor switched off. */
export async function findAuditedSources(): Promise<WebhookSourceRow[]> {
  const { rows } = await pgPool().query<Omit<WebhookSourceRow, 'auditedTo'> & { auditedTo: Date }>(
    `SELECT id, user_id AS "userId", name, symbol, interval, broker_number AS "brokerNumber", audited_to AS "auditedTo"
     FROM webhook_sources WHERE NOT is_muted AND NOT is_paused ORDER BY id`,
  )
  return rows.map((row) => ({ ...row, auditedTo: row.auditedTo.getTime() }))
}

/** The closes between two, both included, for which an alert of the source has come. */
export async function findArrivals(
  tx: Queryable,
  sourceId: string,
  first: EpochMs,
  last: EpochMs,
): Promise<Set<EpochMs>> {
  const { rows } = await tx.query<{ due: Date }>(
    `SELECT DISTINCT due_at AS due FROM webhooks
     WHERE source_id = $1 AND due_at BETWEEN $2 AND $3 AND action IS DISTINCT FROM 'MISSED'`,
    [sourceId, new Date(first), new Date(last)],
  )
  return new Set(rows.map(({ due }) => due.getTime()))
}

/** The first close after `after`, and not after `until`, for which an alert has come; null when there is none. */
export async function findNextArrival(
  tx: Queryable,
  sourceId: string,
  after: EpochMs,
  until: EpochMs,
): Promise<EpochMs | null> {
  const { rows } = await tx.query<{ due: Date }>(
    `SELECT due_at AS due FROM webhooks
     WHERE source_id = $1 AND due_at > $2 AND due_at <= $3 AND action IS DISTINCT FROM 'MISSED' ORDER BY due_at LIMIT 1`,
    [sourceId, new Date(after), new Date(until)],
  )
  return rows[0]?.due.getTime() ?? null
}

/** Writes down one that never came, with the time it was due. Once, whoever asks how often. */
export async function insertMissed(
  tx: Queryable,
  source: WebhookSourceRow,
  dueAt: EpochMs,
  now: EpochMs,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `INSERT INTO webhooks (user_id, status, action, action_text, source, symbol, interval, broker_number, raw_body, received_at,
       processed_at, source_id, due_at, reason)
     VALUES ($1,'MISSED','MISSED','MISS',nullif($2,''),nullif($3,''),$4,$5,'',$6,$6,$7,$8,'No alert came at its time.')
     ON CONFLICT DO NOTHING`,
    [
      source.userId,
      source.name,
      source.symbol,
      source.interval,
      source.brokerNumber,
      new Date(now),
      source.id,
      new Date(dueAt),
    ],
  )
  return rowCount === 1
}

/**
 * Locks a source for its audit from there on, and tells how many it has missed in a row. Null when another process audits it,
 * or has done so meanwhile.
 */
export async function lockSource(tx: Queryable, sourceId: string, auditedTo: EpochMs): Promise<number | null> {
  const { rows } = await tx.query<{ missedInRow: number }>(
    `SELECT missed_in_row AS "missedInRow" FROM webhook_sources WHERE id = $1 AND audited_to = $2 AND NOT is_muted
     FOR UPDATE SKIP LOCKED`,
    [sourceId, new Date(auditedTo)],
  )
  return rows[0]?.missedInRow ?? null
}

export async function saveAudit(
  tx: Queryable,
  sourceId: string,
  audit: { auditedTo: EpochMs; missedInRow: number; isPaused: boolean },
): Promise<void> {
  await tx.query('UPDATE webhook_sources SET audited_to = $2, missed_in_row = $3, is_paused = $4 WHERE id = $1', [
    sourceId,
    new Date(audit.auditedTo),
    audit.missedInRow,
    audit.isPaused,
  ])
}

/** A notice for the user's screen and channels. */
export async function insertNotice(
  tx: Queryable,
  notice: { userId: string; code: string; detail: Record<string, unknown> },
  now: EpochMs,
): Promise<void> {
  await tx.query('INSERT INTO alerts (user_id, level, code, detail, occurred_at) VALUES ($1,$2,$3,$4,$5)', [
    notice.userId,
    'WARNING',
    notice.code,
    JSON.stringify(notice.detail),
    new Date(now),
  ])
}

/** Mutes a user's source, or listens to it again: then from now on. */
export async function setSourceMuted(
  userId: string,
  sourceId: string,
  isMuted: boolean,
  now: EpochMs,
): Promise<boolean> {
  const { rowCount } = await pgPool().query(
    `UPDATE webhook_sources SET is_muted = $3, missed_in_row = 0, is_paused = false,
       audited_to = CASE WHEN is_muted AND NOT $3 THEN greatest(audited_to, $4) ELSE audited_to END
     WHERE id = $2 AND user_id = $1`,
    [userId, sourceId, isMuted, new Date(now)],
  )
  return rowCount === 1
}

/** A user's sources with what came and what did not. */
export async function listSources(userId: string) {
  const [sources, counts] = await Promise.all([
    prisma().webhookSource.findMany({ where: { userId }, orderBy: { lastReceivedAt: 'desc' } }),
    pgPool().query<{ id: string; came: number; missed: number }>(
      `SELECT source_id::text AS id, (count(DISTINCT due_at) FILTER (WHERE action IS DISTINCT FROM 'MISSED'))::int AS came,
         (count(*) FILTER (WHERE status = 'MISSED'))::int AS missed
       FROM webhooks WHERE user_id = $1 AND source_id IS NOT NULL GROUP BY source_id`,
      [userId],
    ),
  ])
  const byId = new Map(counts.rows.map((row) => [row.id, row]))
  return sources.map((source) => {
    const { came = 0, missed = 0 } = byId.get(source.id.toString()) ?? {}
    const lossRate = came + missed === 0 ? 0 : missed / (came + missed)
    return { ...source, id: source.id.toString(), came, missed, lossRate }
  })
}
