import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import { type Amount, parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { averageEntryPrice, type Dust, type PositionState, type RoundTripState } from '@/lib/domain/position/fold'

export interface PositionOwner {
  userId: string
  brokerId: string
  symbol: string
  /** The run that holds it; without, it belongs to the account's other sources. */
  runId?: string | undefined
}

export interface PositionRow extends PositionOwner {
  id: string
  quantity: Amount
  cost: Amount
  dust: Dust
  averageEntryPrice: Amount
  realizedPnl: Amount
  stopLoss: Amount | null
  takeProfit: Amount | null
  openedAt: Date | null
}

/** The id of the owner's position in this market, made when it does not exist yet. */
export async function ensurePosition(db: Queryable, owner: PositionOwner): Promise<string> {
  const values = [owner.userId, owner.brokerId, owner.symbol, owner.runId ?? null]
  // One that another process makes in the same moment shows at the second look only.
  for (let look = 1; look <= 2; look++) {
    const { rows } = await db.query<{ id: string }>(
      `WITH known AS (
         SELECT id FROM positions WHERE broker_id = $2::uuid AND symbol = $3 AND run_id IS NOT DISTINCT FROM $4::uuid),
       made AS (
         INSERT INTO positions (id, user_id, broker_id, symbol, run_id)
         SELECT gen_random_uuid(), $1::uuid, $2::uuid, $3, $4::uuid WHERE NOT EXISTS (SELECT 1 FROM known)
         ON CONFLICT DO NOTHING RETURNING id)
       SELECT id FROM known UNION ALL SELECT id FROM made`,
      values,
    )
    if (rows[0] !== undefined) return rows[0].id
  }
  throw new Error(`no position for ${owner.symbol}`)
}

interface Row {
  id: string
  user_id: string
  broker_id: string
  symbol: string
  run_id: string | null
  quantity: string
  cost: string
  dust_quantity: string | null
  dust_cost: string | null
  average_entry_price: string
  realized_pnl: string
  stop_loss: string | null
  take_profit: string | null
  opened_at: Date | null
}

const positionOf = (row: Row): PositionRow => ({
  id: row.id,
  userId: row.user_id,
  brokerId: row.broker_id,
  symbol: row.symbol,
  runId: row.run_id ?? undefined,
  quantity: parseDecimal(row.quantity),
  cost: parseDecimal(row.cost),
  dust: { quantity: parseDecimal(row.dust_quantity ?? '0'), cost: parseDecimal(row.dust_cost ?? '0') },
  averageEntryPrice: parseDecimal(row.average_entry_price),
  realizedPnl: parseDecimal(row.realized_pnl),
  stopLoss: row.stop_loss === null ? null : parseDecimal(row.stop_loss),
  takeProfit: row.take_profit === null ? null : parseDecimal(row.take_profit),
  openedAt: row.opened_at,
})

/** SQL: the position `p` as JSON, amounts as text. */
export const POSITION_JSON = `json_build_object('id', p.id, 'user_id', p.user_id, 'broker_id', p.broker_id, 'symbol', p.symbol,
  'run_id', p.run_id, 'quantity', p.quantity::text, 'cost', p.cost::text, 'dust_quantity', p.dust_quantity::text,
  'dust_cost', p.dust_cost::text, 'average_entry_price', p.average_entry_price::text,
  'realized_pnl', p.realized_pnl::text, 'stop_loss', p.stop_loss::text, 'take_profit', p.take_profit::text,
  'opened_at', p.opened_at)`
export type PositionJson = Omit<Row, 'opened_at'> & { opened_at: string | null }

/** What POSITION_JSON gave. */
export const positionOfJson = (json: PositionJson): PositionRow =>
  positionOf({ ...json, opened_at: json.opened_at === null ? null : new Date(json.opened_at) })

/** Locks a position until the transaction ends, so that its fills are folded one after the other. */
export async function lockPosition(tx: Queryable, positionId: string): Promise<PositionRow | null> {
  // NO KEY: a fill or order that refers to it may be written meanwhile, and two such writers do not wait for each other.
  const { rows } = await tx.query<Row>('SELECT * FROM positions WHERE id = $1 FOR NO KEY UPDATE', [positionId])
  return rows[0] ? positionOf(rows[0]) : null
}

export async function findPosition(positionId: string): Promise<PositionRow | null> {
  const { rows } = await pgPool().query<Row>('SELECT * FROM positions WHERE id = $1', [positionId])
  return rows[0] ? positionOf(rows[0]) : null
}

export async function findPositionOfRun(runId: string): Promise<PositionRow | null> {
  const { rows } = await pgPool().query<Row>('SELECT * FROM positions WHERE run_id = $1', [runId])
  return rows[0] ? positionOf(rows[0]) : null
}

export async function findOpenPositions(brokerId: string): Promise<PositionRow[]> {
  const { rows } = await pgPool().query<Row>('SELECT * FROM positions WHERE broker_id = $1 AND quantity > 0', [
    brokerId,
  ])
  return rows.map(positionOf)
}

/** Writes the folded state. Stop and target go with the position: a flat one has none. */
export async function savePosition(
  tx: Queryable,
  positionId: string,
  state: PositionState,
  now: number,
): Promise<void> {
  await tx.query(
    `UPDATE positions SET quantity = $2, cost = $3, average_entry_price = $4, realized_pnl = $5, opened_at = $6,
       dust_quantity = $8, dust_cost = $9,
       stop_loss = CASE WHEN $2::numeric = 0 THEN NULL ELSE stop_loss END,
       take_profit = CASE WHEN $2::numeric = 0 THEN NULL ELSE take_profit END,
       unrealized_pnl = CASE WHEN current_price IS NULL THEN NULL ELSE $2::numeric * current_price - $3::numeric END,
       updated_at = $7 WHERE id = $1`,
    [
      positionId,
      toWire(state.quantity),
      toWire(state.cost),
      averageEntryPrice(state).toDecimalPlaces(18).toFixed(),
      toWire(state.realizedPnl.toDecimalPlaces(18)),
      state.openedAt === null ? null : new Date(state.openedAt),
      new Date(now),
      toWire(state.dust.quantity),
      toWire(state.dust.cost),
    ],
  )
}

/** Positions that were folded before dust was set aside. */
export async function listUnswept(): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>('SELECT id FROM positions WHERE dust_quantity IS NULL')
  return rows.map((row) => row.id)
}

/** Writes all round trips of a position anew. */
export async function replaceRoundTrips(
  tx: Queryable,
  position: PositionOwner & { id: string },
  trips: RoundTripState[],
): Promise<void> {
  await tx.query('DELETE FROM round_trips WHERE position_id = $1', [position.id])
  const column = <T>(read: (trip: RoundTripState) => T): T[] => trips.map(read)
  await tx.query(
    `INSERT INTO round_trips (user_id, broker_id, position_id, symbol, number, opened_at, closed_at, bought, sold, cost, proceeds, realized_pnl)
     SELECT $1, $2, $3, $4, t.* FROM unnest($5::int[], $6::timestamptz[], $7::timestamptz[], $8::numeric[], $9::numeric[],
       $10::numeric[], $11::numeric[], $12::numeric[]) AS t`,
    [
      position.userId,
      position.brokerId,
      position.id,
      position.symbol,
      column((trip) => trip.number),
      column((trip) => new Date(trip.openedAt)),
      column((trip) => (trip.closedAt === null ? null : new Date(trip.closedAt))),
      column((trip) => toWire(trip.bought)),
      column((trip) => toWire(trip.sold)),
      column((trip) => toWire(trip.cost)),
      column((trip) => toWire(trip.proceeds)),
      column((trip) => toWire(trip.realizedPnl)),
    ],
  )
}

/** The exit prices that protect a position. */
export async function setExits(
  tx: Queryable,
  positionId: string,
  stopLoss: Amount | null,
  takeProfit: Amount | null,
): Promise<void> {
  await tx.query('UPDATE positions SET stop_loss = $2, take_profit = $3, updated_at = now() WHERE id = $1', [
    positionId,
    stopLoss && toWire(stopLoss),
    takeProfit && toWire(takeProfit),
  ])
}

/** Values open positions of a market at a new price. Returns those changed, with their user. */
export async function markToMarket(
  brokerId: string,
  symbol: string,
  price: Amount,
): Promise<{ id: string; userId: string; runId: string | null; unrealizedPnl: string }[]> {
  const { rows } = await pgPool().query<{ id: string; user_id: string; run_id: string | null; unrealized_pnl: string }>(
    `UPDATE positions SET current_price = $3::numeric, unrealized_pnl = quantity * $3::numeric - cost, updated_at = now()
     WHERE broker_id = $1 AND symbol = $2 AND quantity > 0 RETURNING id, user_id, run_id, unrealized_pnl`,
    [brokerId, symbol, toWire(price)],
  )
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    runId: row.run_id,
    unrealizedPnl: parseDecimal(row.unrealized_pnl).toFixed(),
  }))
}
