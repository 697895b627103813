import { pgPool } from '@/lib/db/pool'
import { type OrderRow, orderOf } from '@/lib/db/order-row'
import { statusList } from '@/lib/db/status-list'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import { LIVE_STATUSES } from '@/lib/domain/order/status'

// The orders that protect the positions of an account's own, and what stands beside them.

/** The last stop of a position, and the other leg where it had one. None when it ended more than a day ago. */
export async function findLastExits(positionId: string): Promise<JournaledOrder[]> {
  const { rows } = await pgPool().query<OrderRow>(
    `WITH last AS (SELECT client_order_id, group_id FROM trades WHERE position_id = $1 AND purpose = 'STOP_LOSS'
       ORDER BY created_at DESC, client_order_id DESC LIMIT 1)
     SELECT t.* FROM trades t, last WHERE (t.client_order_id = last.client_order_id OR t.group_id = last.group_id)
       AND (t.closed_at IS NULL OR t.closed_at > now() - interval '1 day')`,
    [positionId],
  )
  return rows.map(orderOf)
}

/** Live sales of a market, other than stops and targets, that hold the base asset. Those that are kept here hold none. */
export async function findRestingSales(brokerId: string, symbol: string): Promise<JournaledOrder[]> {
  const { rows } = await pgPool().query<OrderRow>(
    `SELECT * FROM trades WHERE broker_id = $1 AND symbol = $2 AND side = 'SELL' AND status IN ${statusList(LIVE_STATUSES)}
       AND coalesce(purpose NOT IN ('STOP_LOSS', 'TAKE_PROFIT'), true) AND (NOT is_emulated OR released_at IS NOT NULL)`,
    [brokerId, symbol],
  )
  return rows.map(orderOf)
}

/**
 * Positions whose stop and target are being exchanged; closed ones that have some left of an alert's; those that lost their
 * stop; and those whose stop would sell more than they hold. The other leg of a pair is given a moment to go by itself.
 */
export async function findPositionsWantingExits(): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>(
    `SELECT id FROM positions WHERE wanted_exits IS NOT NULL
     UNION SELECT p.id FROM trades t JOIN positions p ON p.id = t.position_id AND p.run_id IS NULL AND p.quantity = 0
       WHERE t.status IN ${statusList(LIVE_STATUSES)} AND t.purpose IN ('STOP_LOSS', 'TAKE_PROFIT') AND t.source = 'WEBHOOK'
         AND t.cancel_requested_at IS NULL AND (t.group_id IS NULL OR p.updated_at < now() - interval '2 seconds')
     UNION SELECT p.id FROM positions p WHERE p.run_id IS NULL AND p.quantity > 0 AND p.stop_loss IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM trades t WHERE t.broker_id = p.broker_id AND t.position_id = p.id
         AND t.status IN ${statusList(LIVE_STATUSES)} AND t.purpose = 'STOP_LOSS')
     UNION SELECT p.id FROM trades t JOIN positions p ON p.id = t.position_id AND p.run_id IS NULL AND p.quantity > 0
       WHERE t.status IN ('ACCEPTED', 'INITIALIZED') AND t.purpose = 'STOP_LOSS' AND t.source = 'WEBHOOK'
         AND t.cancel_requested_at IS NULL AND t.quantity > p.quantity`,
  )
  return rows.map((row) => row.id)
}
