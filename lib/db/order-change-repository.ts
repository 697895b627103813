import { changeOrder, insertOrders, lockOrder } from '@/lib/db/order-repository'
import { pgPool } from '@/lib/db/pool'
import { type OrderRow, orderOf, type StoredChange } from '@/lib/db/order-row'
import { statusList } from '@/lib/db/status-list'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import { wakeSql } from '@/lib/db/wake'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { toWire } from '@/lib/domain/money/decimal'
import type { JournaledOrder, OrderDraft } from '@/lib/domain/order/journal'
import type { AmendRequest, ExchangeOrder } from '@/lib/domain/order/order'
import { LIVE_STATUSES, OPEN_STATUSES } from '@/lib/domain/order/status'
import { nextStatus } from '@/lib/domain/order/transitions'

const stored = (change: AmendRequest): StoredChange => ({
  ...(change.quantity && { quantity: toWire(change.quantity) }),
  ...(change.limitPrice && { limitPrice: toWire(change.limitPrice) }),
  ...(change.stopPrice && { stopPrice: toWire(change.stopPrice) }),
})

/** Notes a change of a locked order; its commit wakes the gateway. */
export async function requestChange(
  tx: Queryable,
  order: JournaledOrder,
  change: AmendRequest,
  now: EpochMs,
): Promise<void> {
  await changeOrder(tx, order, { kind: 'CHANGE_ASKED', to: order.status, detail: stored(change) }, now)
  await tx.query(
    `WITH asked AS (UPDATE trades SET change_requested = $2 WHERE client_order_id = $1 RETURNING client_order_id)
     SELECT ${wakeSql('exchange_requests', "'change ' || client_order_id")} FROM asked`,
    [order.clientOrderId, JSON.stringify(stored(change))],
  )
}

/** Takes a change for sending: the order is PENDING_UPDATE from here on. Null when there is none, or it cannot be changed now. */
export async function claimChange(
  clientOrderId: string,
  now: EpochMs,
): Promise<{ order: JournaledOrder; change: AmendRequest } | null> {
  return inTransaction(async (tx) => {
    const order = await lockOrder(tx, clientOrderId)
    const to = order && nextStatus(order.status, 'REQUEST_UPDATE')
    if (!order?.changeRequested || to === null || order.cancelRequestedAt !== undefined) return null
    await changeOrder(tx, order, { kind: 'REQUEST_UPDATE', to, detail: stored(order.changeRequested) }, now)
    await tx.query('UPDATE trades SET change_requested = NULL WHERE client_order_id = $1', [clientOrderId])
    return { order: { ...order, status: to }, change: order.changeRequested }
  })
}

/** Writes the order that takes another's place as sent: it goes out together with the end of that one. */
export async function insertReplacement(draft: OrderDraft, now: EpochMs): Promise<JournaledOrder> {
  return inTransaction(async (tx) => {
    await insertOrders(tx, [draft], now)
    const { rows } = await tx.query<OrderRow>(
      `WITH sent AS (UPDATE trades SET status = 'SUBMITTED', submitted_at = $2, updated_at = $2 WHERE client_order_id = $1 RETURNING *),
         noted AS (INSERT INTO order_events (client_order_id, kind, from_status, to_status, occurred_at)
           SELECT client_order_id, 'SUBMIT', 'INITIALIZED', 'SUBMITTED', $2 FROM sent)
       SELECT * FROM sent`,
      [draft.clientOrderId, new Date(now)],
    )
    if (rows[0] === undefined) throw new Error(`no row ${draft.clientOrderId}`)
    return orderOf(rows[0])
  })
}

/** Gives an order that is being sent until `sendBefore` for another try. */
export async function extendSending(clientOrderId: string, sendBefore: EpochMs): Promise<void> {
  await pgPool().query("UPDATE trades SET send_before = $2 WHERE client_order_id = $1 AND status = 'SUBMITTED'", [
    clientOrderId,
    new Date(sendBefore),
  ])
}

/** Notes why a change was not begun: the order stays as it is. */
export async function noteChangeRefused(clientOrderId: string, message: string, now: EpochMs): Promise<void> {
  await inTransaction(async (tx) => {
    const order = await lockOrder(tx, clientOrderId)
    if (order === null) return
    await changeOrder(tx, order, { kind: 'CHANGE_REFUSED', to: order.status, detail: { message } }, now)
  })
}

type Terms = Pick<ExchangeOrder, 'quantity' | 'limitPrice' | 'stopPrice'>

/** What an order asks for after it was changed: in place, as the exchange tells it, or before it is sent. */
export async function adoptTerms(terms: Terms, clientOrderId: string, now: EpochMs): Promise<void> {
  const at = new Date(now)
  await pgPool().query(
    `WITH before AS (SELECT client_order_id, status, quantity, limit_price, stop_price FROM trades WHERE client_order_id = $1),
       after AS (
         UPDATE trades t SET quantity = $2, limit_price = coalesce($3, t.limit_price), stop_price = coalesce($4, t.stop_price), updated_at = $5
         FROM before b WHERE t.client_order_id = b.client_order_id AND (b.quantity, b.limit_price, b.stop_price)
           IS DISTINCT FROM ($2::numeric, coalesce($3::numeric, b.limit_price), coalesce($4::numeric, b.stop_price))
         RETURNING t.client_order_id, t.status)
     INSERT INTO order_events (client_order_id, kind, from_status, to_status, detail, occurred_at)
     SELECT a.client_order_id, 'UPDATE', b.status, a.status, $6, $5 FROM after a JOIN before b USING (client_order_id)`,
    [
      clientOrderId,
      toWire(terms.quantity),
      terms.limitPrice ? toWire(terms.limitPrice) : null,
      terms.stopPrice ? toWire(terms.stopPrice) : null,
      at,
      JSON.stringify(
        stored({
          quantity: terms.quantity,
          ...(terms.limitPrice && { limitPrice: terms.limitPrice }),
          ...(terms.stopPrice && { stopPrice: terms.stopPrice }),
        }),
      ),
    ],
  )
}

/** Live orders that took the place of one whose end was asked for while it was being changed. */
export async function findHeirsOfCanceled(): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>(
    `SELECT t.client_order_id AS id FROM trades t JOIN trades o ON o.client_order_id = t.replaces_id
     WHERE t.status IN ${statusList(LIVE_STATUSES)} AND t.cancel_requested_at IS NULL AND o.cancel_requested_at IS NOT NULL`,
  )
  return rows.map((row) => row.id)
}

/** Open orders whose change was asked for before `before` and not begun: its wake-up was lost. */
export async function findWithChangeAsked(before: EpochMs): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>(
    `SELECT client_order_id AS id FROM trades
     WHERE change_requested IS NOT NULL AND cancel_requested_at IS NULL AND updated_at < $1
       AND status IN ${statusList(OPEN_STATUSES)}`,
    [new Date(before)],
  )
  return rows.map((row) => row.id)
}
