import { pgPool } from '@/lib/db/pool'
import { type OrderRow, orderOf } from '@/lib/db/order-row'
import { wakeSql } from '@/lib/db/wake'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, toWire } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'

// Orders that the engine keeps because their exchange does not have them.

/** All that are kept, oldest first, of brokers that are switched on. */
export async function findKeptOrders(): Promise<JournaledOrder[]> {
  const { rows } = await pgPool().query<OrderRow>(
    `SELECT t.* FROM trades t JOIN brokers b ON b.id = t.broker_id
     WHERE t.is_emulated AND t.status = 'INITIALIZED' AND t.released_at IS NULL AND b.is_active
     ORDER BY t.created_at, t.client_order_id`,
  )
  return rows.map(orderOf)
}

export async function setTrailingPeak(clientOrderId: string, peak: Amount): Promise<void> {
  await pgPool().query('UPDATE trades SET trailing_peak = $2 WHERE client_order_id = $1', [clientOrderId, toWire(peak)])
}

/** Notes that the trigger was reached. From here on the order goes out, as soon as nothing stands in its way. */
export async function markTriggered(clientOrderId: string, price: Amount, now: EpochMs): Promise<void> {
  await pgPool().query(
    `WITH hit AS (
       UPDATE trades SET triggered_at = $2, updated_at = $2
       WHERE client_order_id = $1 AND status = 'INITIALIZED' AND triggered_at IS NULL RETURNING client_order_id)
     INSERT INTO order_events (client_order_id, kind, from_status, to_status, detail, occurred_at)
     SELECT client_order_id, 'TRIGGERED_HERE', 'INITIALIZED', 'INITIALIZED', $3, $2 FROM hit`,
    [clientOrderId, new Date(now), JSON.stringify({ price: toWire(price) })],
  )
}

/** Hands a kept order on for sending until `sendBefore`; its commit wakes the gateway. Done twice, it is sent once. */
export async function releaseOrder(clientOrderId: string, sendBefore: EpochMs, now: EpochMs): Promise<void> {
  await pgPool().query(
    `WITH freed AS (
       UPDATE trades SET released_at = $2, send_before = $3, updated_at = $2
       WHERE client_order_id = $1 AND status = 'INITIALIZED' AND released_at IS NULL AND cancel_requested_at IS NULL
       RETURNING client_order_id),
     noted AS (
       INSERT INTO order_events (client_order_id, kind, from_status, to_status, occurred_at)
       SELECT client_order_id, 'RELEASE', 'INITIALIZED', 'INITIALIZED', $2 FROM freed)
     SELECT ${wakeSql('exchange_requests', "'order ' || client_order_id")} FROM freed`,
    [clientOrderId, new Date(now), new Date(sendBefore)],
  )
}
