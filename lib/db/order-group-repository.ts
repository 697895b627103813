import { insertOrders } from '@/lib/db/order-repository'
import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { OrderDraft } from '@/lib/domain/order/journal'

export type OrderGroupKind = 'OCO' | 'OTO' | 'OTOCO'

/** Orders that depend on each other: at the exchange, or (emulated) kept together by the engine. */
export interface OrderGroup {
  id: string
  kind: OrderGroupKind
  isEmulated: boolean
}

/** Writes a group with all its orders, each with its own row. */
export async function insertOrderGroup(
  tx: Queryable,
  group: OrderGroup,
  drafts: OrderDraft[],
  now: EpochMs,
): Promise<void> {
  const [first] = drafts
  if (first === undefined) throw new RangeError('an order group needs orders')
  await tx.query(
    'INSERT INTO order_groups (id, broker_id, kind, symbol, is_emulated, created_at) VALUES ($1,$2,$3,$4,$5,$6)',
    [group.id, first.brokerId, group.kind, first.symbol, group.isEmulated, new Date(now)],
  )
  await insertOrders(tx, drafts, now)
}

export async function findGroup(id: string): Promise<(OrderGroup & { exchangeListId?: string }) | null> {
  const { rows } = await pgPool().query<{
    kind: OrderGroupKind
    is_emulated: boolean
    exchange_list_id: string | null
  }>('SELECT kind, is_emulated, exchange_list_id FROM order_groups WHERE id = $1', [id])
  const [row] = rows
  if (row === undefined) return null
  const exchangeListId = row.exchange_list_id
  return { id, kind: row.kind, isEmulated: row.is_emulated, ...(exchangeListId === null ? {} : { exchangeListId }) }
}

/** Keeps the exchange's own id of a list. */
export async function setGroupListId(groupId: string, exchangeListId: string): Promise<void> {
  await pgPool().query('UPDATE order_groups SET exchange_list_id = $2 WHERE id = $1', [groupId, exchangeListId])
}

/** Whether the exchange itself keeps the orders of a group together. */
export async function isNativeGroup(db: Queryable, id: string): Promise<boolean> {
  const { rows } = await db.query<{ native: boolean }>(
    'SELECT NOT is_emulated AS native FROM order_groups WHERE id = $1',
    [id],
  )
  return rows[0]?.native ?? false
}
