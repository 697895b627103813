import { draftsJson, placeOrdersSql, WAKE_GATEWAY } from '@/lib/db/order-repository'
import { orderPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import { IS_IN_LINE } from '@/lib/db/webhook-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { OrderDraft } from '@/lib/domain/order/journal'

/**
 * Takes webhooks of one account, settles them, writes their orders (one each, in their order) and wakes the gateway, in one
 * statement: a crash leaves either webhooks to decide, or orders. False when one of them was taken before, or an earlier one of
 * its line is not done: then nothing is written.
 */
export async function placeForWebhooks(
  drafts: (OrderDraft & { webhookId: string })[],
  now: EpochMs,
  db: Queryable = orderPool(),
): Promise<boolean> {
  const { rowCount } = await db.query(
    `WITH taken AS (
  SELECT w.id FROM webhooks w WHERE w.id = ANY($3::bigint[]) AND w.status = 'RECEIVED' AND NOT EXISTS (
    SELECT 1 FROM webhooks o WHERE ${IS_IN_LINE} AND o.id <> ALL($3::bigint[]))
  ORDER BY w.id FOR UPDATE OF w),
settled AS (
  UPDATE webhooks w SET status = 'EXECUTED', broker_id = d.broker_id, processed_at = now()
  FROM unnest($3::bigint[], $4::uuid[]) AS d(id, broker_id)
  WHERE w.id = d.id AND w.id = ANY($3::bigint[]) AND (SELECT count(*) FROM taken) = cardinality($3::bigint[]) RETURNING w.id),
${placeOrdersSql('(SELECT count(*) FROM settled) = cardinality($3::bigint[])')}
${WAKE_GATEWAY}`,
    [
      draftsJson(drafts),
      new Date(now),
      drafts.map(({ webhookId }) => webhookId),
      drafts.map(({ brokerId }) => brokerId),
    ],
  )
  return rowCount === drafts.length
}
