import { ORDER_VALUES, orderValues, placeOrderSql, WAKE_GATEWAY } from '@/lib/db/order-repository'
import { orderPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import { IS_NEXT } from '@/lib/db/webhook-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { OrderDraft } from '@/lib/domain/order/journal'

/**
 * Takes a webhook, settles it, writes its order and wakes the gateway, in one statement: a crash leaves either a webhook to
 * decide, or an order. False when it was taken before, or an earlier one of its user is not done: then nothing is written.
 */
export async function placeForWebhook(
  webhookId: string,
  draft: OrderDraft,
  now: EpochMs,
  db: Queryable = orderPool(),
): Promise<boolean> {
  const { rowCount } = await db.query(
    `WITH settled AS (
  UPDATE webhooks w SET status = 'EXECUTED', broker_id = $${ORDER_VALUES + 2}::uuid, processed_at = now() WHERE w.id = $${ORDER_VALUES + 1} AND ${IS_NEXT} RETURNING w.id),
${placeOrderSql('FROM settled')}
${WAKE_GATEWAY}`,
    [...orderValues(draft, now), webhookId, draft.brokerId],
  )
  return rowCount === 1
}
