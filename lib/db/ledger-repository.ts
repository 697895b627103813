import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import { type Amount, parseDecimal, toWire } from '@/lib/domain/money/decimal'
import type { RoundTripState } from '@/lib/domain/position/fold'

// What the ledger says that its fills must say too.

export async function listPositionIds(): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>('SELECT id FROM positions ORDER BY broker_id, symbol, id')
  return rows.map((row) => row.id)
}

interface TripRow {
  number: number
  opened_at: Date
  closed_at: Date | null
  bought: string
  sold: string
  cost: string
  proceeds: string
  realized_pnl: string
}

const tripOf = (row: TripRow): RoundTripState => ({
  number: row.number,
  openedAt: row.opened_at.getTime(),
  closedAt: row.closed_at?.getTime() ?? null,
  bought: parseDecimal(row.bought),
  sold: parseDecimal(row.sold),
  cost: parseDecimal(row.cost),
  proceeds: parseDecimal(row.proceeds),
  realizedPnl: parseDecimal(row.realized_pnl),
})

/** SQL: the round trip `r` as JSON, amounts as text. */
export const TRIP_JSON = `json_build_object('number', r.number, 'opened_at', r.opened_at, 'closed_at', r.closed_at,
  'bought', r.bought::text, 'sold', r.sold::text, 'cost', r.cost::text, 'proceeds', r.proceeds::text,
  'realized_pnl', r.realized_pnl::text)`
export type TripJson = Omit<TripRow, 'opened_at' | 'closed_at'> & { opened_at: string; closed_at: string | null }

/** What TRIP_JSON gave. */
export const tripOfJson = (json: TripJson): RoundTripState =>
  tripOf({
    ...json,
    opened_at: new Date(json.opened_at),
    closed_at: json.closed_at === null ? null : new Date(json.closed_at),
  })

/** All round trips of a position as they are stored, in their order. */
export async function roundTripsOf(tx: Queryable, positionId: string): Promise<RoundTripState[]> {
  const { rows } = await tx.query<TripRow>('SELECT * FROM round_trips WHERE position_id = $1 ORDER BY number', [
    positionId,
  ])
  return rows.map(tripOf)
}

/** What each order of a position realized, as stored; orders that realized nothing are not in it. */
export async function realizedByOrderOf(tx: Queryable, positionId: string): Promise<Map<string, Amount>> {
  const { rows } = await tx.query<{ id: string; pnl: string }>(
    'SELECT client_order_id AS id, realized_pnl::text AS pnl FROM trades WHERE position_id = $1 AND realized_pnl <> 0',
    [positionId],
  )
  return new Map(rows.map((row) => [row.id, parseDecimal(row.pnl)]))
}

/** Orders of a position whose recorded executions are more than the order says: `[id, order's sum, fills' sum]`. */
export async function ordersBehindFills(tx: Queryable, positionId: string): Promise<[string, string, string][]> {
  const { rows } = await tx.query<{ id: string; said: string; filled: string }>(
    `SELECT t.client_order_id AS id, t.filled_quantity::text AS said, f.filled::text AS filled
     FROM (SELECT client_order_id, sum(quantity) AS filled FROM fills WHERE position_id = $1 GROUP BY client_order_id) f
     JOIN trades t USING (client_order_id) WHERE f.filled > t.filled_quantity ORDER BY 1`,
    [positionId],
  )
  return rows.map((row) => [row.id, toWire(parseDecimal(row.said)), toWire(parseDecimal(row.filled))])
}

/** Raises orders of a position to the sums of their executions. */
export async function raiseToFills(tx: Queryable, positionId: string): Promise<void> {
  await tx.query(
    `UPDATE trades t SET filled_quantity = f.quantity, filled_quote_quantity = greatest(f.quote, t.filled_quote_quantity)
     FROM (SELECT client_order_id, sum(quantity) AS quantity, sum(quote_quantity) AS quote FROM fills
           WHERE position_id = $1 GROUP BY client_order_id) f
     WHERE f.client_order_id = t.client_order_id AND f.quantity > t.filled_quantity`,
    [positionId],
  )
}
