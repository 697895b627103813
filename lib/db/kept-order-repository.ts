import { pgPool } from '@/lib/db/pool'
import { type OrderRow, orderOf } from '@/lib/db/order-row'
import { wakeSql } from '@/lib/db/wake'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, toWire } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'

// Orders that the engine keeps because their exchange does not have them.

/** How long one that fired and cannot be sent is tried; for minutes more it would be another order. */
const TRIED_FOR_MS = 600_000

/**
 * All that are kept, oldest first, of brokers that are switched on. One that could not be sent is left alone until it came back
 * before `backBefore`.
 */
export async function findKeptOrders(backBefore: EpochMs): Promise<JournaledOrder[]> {
  const { rows } = await pgPool().query<OrderRow>(
    `SELECT t.* FROM trades t JOIN brokers b ON b.id = t.broker_id
     WHERE t.is_emulated AND t.status = 'INITIALIZED' AND t.released_at IS NULL AND b.is_active
       AND (t.error_code IS NULL OR t.updated_at <= $1)
     ORDER BY t.created_at, t.client_order_id`,
    [new Date(backBefore)],
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

/** The price has left the trigger before the order could be sent: it is watched again. */
export async function watchAgain(clientOrderId: string): Promise<void> {
  await pgPool().query(
    `UPDATE trades SET triggered_at = NULL, error_code = NULL, error_message = NULL
     WHERE client_order_id = $1 AND status = 'INITIALIZED' AND released_at IS NULL`,
    [clientOrderId],
  )
}

/**
 * Takes back a kept order that was handed on and certainly not sent: the engine hands it on again while its reason stands. False
 * when it is none, when its end was asked for, or when that was tried for long enough.
 */
export async function keepAgain(
  { clientOrderId, status }: Pick<JournaledOrder, 'clientOrderId' | 'status'>,
  why: { code: string; message: string },
  now: EpochMs,
): Promise<boolean> {
  const { rowCount } = await pgPool().query(
    `WITH kept AS (
       UPDATE trades t SET status = 'INITIALIZED', released_at = NULL, error_code = $3, error_message = $4, updated_at = $5
       WHERE client_order_id = $1 AND status = $2::"OrderStatus" AND is_emulated AND released_at IS NOT NULL
         AND cancel_requested_at IS NULL AND NOT EXISTS (
           SELECT 1 FROM order_events e WHERE e.client_order_id = t.client_order_id AND e.kind = 'RELEASE'
             AND e.occurred_at >= coalesce(t.triggered_at, '-infinity') AND e.occurred_at < $6)
       RETURNING client_order_id)
     INSERT INTO order_events (client_order_id, kind, from_status, to_status, detail, occurred_at)
     SELECT client_order_id, 'NOT_SENT', $2::"OrderStatus", 'INITIALIZED', $7, $5 FROM kept`,
    [
      clientOrderId,
      status,
      why.code,
      why.message,
      new Date(now),
      new Date(now - TRIED_FOR_MS),
      JSON.stringify({ code: why.code, message: why.message }),
    ],
  )
  return (rowCount ?? 0) > 0
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
