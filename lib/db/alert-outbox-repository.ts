import type { Queryable } from '@/lib/db/transaction'
import type { AlertDetail, AlertKind } from '@/lib/domain/alert/alert'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { JournaledOrder } from '@/lib/domain/order/journal'

// What the users' channels are to be told. Each function is called in the transaction that records what happened, so that an
// alert is neither lost nor told of something that was rolled back. Where no channel wants it, nothing is written.

/** Channels that are told of a kind, as `c`; `$1` is the kind. */
const WILLING = `alert_channels c WHERE c.is_active AND $1 = ANY(c.kinds)`
const INSERT = 'INSERT INTO alert_outbox (channel_id, kind, detail, occurred_at, queued_at)'

/** Tells one user or, with null, everyone. `exceptChannel` is the one that is spoken of. */
export async function queueAlert<K extends AlertKind>(
  tx: Queryable,
  alert: { userId: string | null; kind: K; detail: AlertDetail<K>; occurredAt: EpochMs; exceptChannel?: string },
  now: EpochMs,
): Promise<void> {
  await tx.query(
    `${INSERT} SELECT c.id, $1, $2, $3, $4 FROM ${WILLING} AND ($5::uuid IS NULL OR c.user_id = $5)
       AND c.id IS DISTINCT FROM $6::uuid`,
    [
      alert.kind,
      JSON.stringify(alert.detail),
      new Date(alert.occurredAt),
      new Date(now),
      alert.userId,
      alert.exceptChannel ?? null,
    ],
  )
}

/** What an order's row adds to its alert. */
const OF_ORDER = `jsonb_build_object('clientOrderId', t.client_order_id, 'broker', b.name, 'symbol', t.symbol, 'side', t.side,
    'type', t.type, 'purpose', t.purpose, 'source', t.source, 'origin', coalesce(s.name, w.source))`
const STATE_OF_ORDER = `jsonb_build_object('realizedPnl', t.realized_pnl::text, 'isComplete', t.status = 'FILLED')`
const ORDER_JOINS = `JOIN trades t ON t.client_order_id = $5 JOIN brokers b ON b.id = t.broker_id
    LEFT JOIN strategies s ON s.id = t.strategy_id LEFT JOIN webhooks w ON w.id = t.webhook_id`

/**
 * Tells of executions of an order that were recorded in this transaction, with the P&L of the order so far. Those older than
 * the account's entry here are history, and nobody is told of them.
 */
export async function queueFillAlert(
  tx: Queryable,
  order: Pick<JournaledOrder, 'clientOrderId' | 'userId'>,
  fill: Pick<AlertDetail<'FILL'>, 'quantity' | 'quoteQuantity'>,
  occurredAt: EpochMs,
  now: EpochMs,
): Promise<void> {
  await tx.query(
    `${INSERT} SELECT c.id, $1, $2::jsonb || ${OF_ORDER} || ${STATE_OF_ORDER}, $3, $4
     FROM alert_channels c ${ORDER_JOINS}
     WHERE c.is_active AND $1 = ANY(c.kinds) AND c.user_id = $6 AND b.created_at <= $3`,
    ['FILL', JSON.stringify(fill), new Date(occurredAt), new Date(now), order.clientOrderId, order.userId],
  )
}

/**
 * The same as part of a statement: `orders` are the rows of `trades` as it leaves them, `reports` (id, fill, filled_at) what
 * is told of them, `now` the value that holds the time.
 */
export const fillAlertsSql = (orders: string, reports: string, now: string): string => `
  ${INSERT} SELECT c.id, 'FILL', r.fill || ${OF_ORDER} || ${STATE_OF_ORDER}, r.filled_at, ${now}::timestamptz
  FROM ${reports} r JOIN ${orders} t ON t.client_order_id = r.id JOIN brokers b ON b.id = t.broker_id
    JOIN alert_channels c ON c.user_id = t.user_id AND c.is_active AND 'FILL' = ANY(c.kinds)
    LEFT JOIN strategies s ON s.id = t.strategy_id LEFT JOIN webhooks w ON w.id = t.webhook_id
  WHERE r.fill IS NOT NULL AND b.created_at <= r.filled_at`

/** Tells that an order failed; of a stop that failed, that the position has none. */
export async function queueFailedOrderAlert(
  tx: Queryable,
  order: Pick<JournaledOrder, 'clientOrderId' | 'userId' | 'purpose'>,
  failure: { status: string; code: string | null; reason: string | null },
  now: EpochMs,
): Promise<void> {
  const kind: AlertKind = order.purpose === 'STOP_LOSS' ? 'UNPROTECTED' : 'ORDER_FAILED'
  await tx.query(
    `${INSERT} SELECT c.id, $1, $2::jsonb || ${OF_ORDER} || jsonb_build_object('quantity', t.quantity::text), $3, $4
     FROM alert_channels c ${ORDER_JOINS} WHERE c.is_active AND $1 = ANY(c.kinds) AND c.user_id = $6`,
    [kind, JSON.stringify(failure), new Date(now), new Date(now), order.clientOrderId, order.userId],
  )
}

/** Tells that a webhook led to nothing; where a position is left without its stop by it, that. */
export async function queueWebhookAlert(
  tx: Queryable,
  webhookId: string,
  unprotected: { broker: string; symbol: string; reason: string } | null,
  now: EpochMs,
): Promise<void> {
  const kind: AlertKind = unprotected === null ? 'WEBHOOK_FAILED' : 'UNPROTECTED'
  const detail = unprotected === null ? {} : { ...unprotected, source: 'WEBHOOK' }
  await tx.query(
    `${INSERT} SELECT c.id, $1, jsonb_build_object('action', w.action_text, 'status', w.status, 'reason', w.reason,
         'source', w.source, 'origin', w.source, 'symbol', w.symbol, 'interval', w.interval) || $2::jsonb, $3, $3
     FROM alert_channels c JOIN webhooks w ON w.id = $4 AND w.user_id = c.user_id WHERE c.is_active AND $1 = ANY(c.kinds)`,
    [kind, JSON.stringify(detail), new Date(now), webhookId],
  )
}

/** Tells of unreadable webhooks, as part of the statement that stores webhooks as `first` (user_id, status, reason, received_at). */
export const UNREADABLE_ALERT = `told AS (
  ${INSERT} SELECT c.id, 'WEBHOOK_FAILED', jsonb_build_object('status', 'UNREADABLE', 'reason', first.reason),
    first.received_at, first.received_at
  FROM first JOIN alert_channels c ON c.user_id = first.user_id AND c.is_active AND 'WEBHOOK_FAILED' = ANY(c.kinds)
  WHERE first.status = 'UNREADABLE')`

/** Tells that webhooks are refused for their number: once in `everyMs`, whoever asks how often. */
export async function queueFloodAlert(tx: Queryable, userId: string, now: EpochMs, everyMs: number): Promise<void> {
  await tx.query(
    `${INSERT} SELECT c.id, $1, '{}', $2, $2 FROM ${WILLING} AND c.user_id = $3 AND NOT EXISTS (
       SELECT 1 FROM alert_outbox o WHERE o.channel_id = c.id AND o.kind = $1 AND o.queued_at > $4)`,
    ['WEBHOOK_FLOOD', new Date(now), userId, new Date(now - everyMs)],
  )
}
