import { UNREADABLE_ALERT } from '@/lib/db/alert-outbox-repository'
import { orderPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import { wakeSql } from '@/lib/db/wake'
import { clean, type WebhookStatus } from '@/lib/db/webhook-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, toWire } from '@/lib/domain/money/decimal'
import { isAudited } from '@/lib/domain/signal/due-time'
import { intervalMs, symbolOf, type WebhookAlert } from '@/lib/domain/signal/webhook-alert'

export interface ReceivedWebhook {
  userId: string
  rawBody: string
  receivedAt: EpochMs
  /** Understood, or the reason why not. */
  reading: { alert: WebhookAlert } | { reason: string }
  /** Its own name from the moment it came in: stored once, also when it took the way over the disk as well. */
  spoolId: string
}

export interface StoredWebhook {
  id: string
  status: WebhookStatus
}

/** Same source, symbol, interval, bar time and action: the same alert. Null for alerts without a bar time. */
function dedupeKeyOf(alert: WebhookAlert): string | null {
  if (alert.barTime === null || alert.action === null) return null
  return JSON.stringify([
    alert.source,
    symbolOf(alert),
    alert.interval,
    alert.barTime,
    alert.action,
    alert.brokerNumber,
  ])
}

/** A column: its name, its type, and its value for a webhook. */
type Column = [name: string, type: string, read: (webhook: ReceivedWebhook, alert: WebhookAlert | null) => unknown]

const wire = (amount: Amount | null | undefined): string | null => (amount ? toWire(amount) : null)

// As arrays and not as JSON: a text that came from outside may hold what JSON in PostgreSQL refuses.
const COLUMNS: Column[] = [
  ['user_id', 'uuid', ({ userId }) => userId],
  ['status', '"WebhookStatus"', (_, alert) => (alert === null ? 'UNREADABLE' : 'RECEIVED')],
  ['action', '"AlertAction"', (_, alert) => alert?.action ?? null],
  ['action_text', 'text', (_, alert) => alert?.actionText ?? null],
  ['source', 'text', (_, alert) => alert?.source ?? null],
  ['symbol', 'text', (_, alert) => alert && symbolOf(alert)],
  ['interval', 'text', (_, alert) => alert?.interval ?? null],
  ['bar_time', 'timestamptz', (_, alert) => (alert?.barTime == null ? null : new Date(alert.barTime).toISOString())],
  ['size_percent', 'numeric', (_, alert) => wire(alert?.sizePercent)],
  ['price', 'numeric', (_, alert) => wire(alert?.price)],
  ['stop_loss_price', 'numeric', (_, alert) => wire(alert?.stopLossPrice)],
  ['take_profit_price', 'numeric', (_, alert) => wire(alert?.takeProfitPrice)],
  ['raw_body', 'text', ({ rawBody }) => clean(rawBody)],
  ['payload', 'jsonb', (_, alert) => alert && JSON.stringify(alert.fields)],
  ['reason', 'text', ({ reading }) => ('reason' in reading ? clean(reading.reason) : null)],
  ['dedupe_key', 'text', (_, alert) => alert && dedupeKeyOf(alert)],
  ['received_at', 'timestamptz', ({ receivedAt }) => new Date(receivedAt).toISOString()],
  ['broker_number', 'integer', (_, alert) => alert?.brokerNumber ?? null],
  ['awaits_audit', 'boolean', (_, alert) => isAudited(intervalMs(alert?.interval ?? null))],
  ['spool_id', 'text', ({ spoolId }) => spoolId],
]
const NAMES = COLUMNS.map(([name]) => name).join(', ')
/** The same row, as a second delivery of an alert that is there already. */
const AS_DUPLICATE = COLUMNS.map(([name]) =>
  name === 'status' ? "'DUPLICATE'" : name === 'reason' ? "'The same alert was delivered before.'" : `g.${name}`,
).join(', ')

/**
 * Whom an alert `g` waits with: the account that it names, or the only one that takes webhooks; where that is unclear, its
 * user's others of this kind.
 */
const LINE = `(SELECT CASE WHEN count(*) = 1 THEN min(b.id::text)::uuid ELSE g.user_id END FROM brokers b
    WHERE b.user_id = g.user_id
      AND (b.public_number = g.broker_number OR g.broker_number IS NULL AND b.trading_type = 'WEBHOOK' AND b.is_active))`

const statement = (hasUnreadable: boolean): string => `WITH given AS (
  SELECT g.*, ${LINE} AS line_id FROM unnest(${COLUMNS.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')}) WITH ORDINALITY AS g(${NAMES}, nr)),
first AS (
  INSERT INTO webhooks (${NAMES}, line_id) SELECT ${NAMES}, line_id FROM given ORDER BY nr
  ON CONFLICT DO NOTHING RETURNING id, user_id, line_id, status, reason, received_at, spool_id),
${hasUnreadable ? `${UNREADABLE_ALERT},` : ''}
again AS (
  INSERT INTO webhooks (${NAMES}, line_id) SELECT ${AS_DUPLICATE}, g.line_id FROM given g
  WHERE NOT EXISTS (SELECT 1 FROM first WHERE first.spool_id = g.spool_id) ORDER BY nr
  ON CONFLICT (spool_id) DO NOTHING RETURNING id, line_id, status, spool_id)
SELECT id::text, status::text, spool_id AS "spoolId",
  CASE WHEN status = 'RECEIVED' THEN ${wakeSql('webhook_raw', "id || ' ' || line_id")} END
FROM (SELECT id, line_id, status, spool_id FROM first UNION ALL SELECT * FROM again) stored`

/**
 * Stores webhooks as they came, numbered in this order, and wakes the engine. A second delivery of the same alert is stored as
 * DUPLICATE. Answers one result per webhook; null of a spooled one that is stored already.
 */
export async function insertWebhooks(
  webhooks: ReceivedWebhook[],
  db: Queryable = orderPool(),
): Promise<(StoredWebhook | null)[]> {
  const rows = webhooks.map((webhook) => ({
    webhook,
    alert: 'alert' in webhook.reading ? webhook.reading.alert : null,
  }))
  const answer = await db.query<StoredWebhook & { spoolId: string }>(
    statement(rows.some(({ alert }) => alert === null)),
    COLUMNS.map(([, , read]) => rows.map(({ webhook, alert }) => read(webhook, alert))),
  )
  const stored = new Map(answer.rows.map(({ spoolId, id, status }) => [spoolId, { id, status }]))
  return webhooks.map(({ spoolId }) => stored.get(spoolId) ?? null)
}
