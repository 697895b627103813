import { lastRoundTrip } from '@/lib/db/ledger-repository'
import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import { type Amount, parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { averageEntryPrice, type PositionState, type RoundTripState } from '@/lib/domain/position/fold'

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
  averageEntryPrice: Amount
  realizedPnl: Amount
  stopLoss: Amount | null
  takeProfit: Amount | null
  openedAt: Date | null
}

/** The id of the owner's position in this market, made when it does not exist yet. */
export async function ensurePosition(tx: Queryable, owner: PositionOwner): Promise<string> {
  const values = [owner.userId, owner.brokerId, owner.symbol, owner.runId ?? null]
  await tx.query(
    'INSERT INTO positions (id, user_id, broker_id, symbol, run_id) VALUES (gen_random_uuid(), $1, $2, $3, $4) ON CONFLICT DO NOTHING',
    values,
  )
  const { rows } = await tx.query<{ id: string }>(
    'SELECT id FROM positions WHERE broker_id = $1 AND symbol = $2 AND run_id IS NOT DISTINCT FROM $3',
    values.slice(1),
  )
  const [row] = rows
  if (row === undefined) throw new Error(`no position for ${owner.symbol}`)
  return row.id
}

interface Row {
  id: string
  user_id: string
  broker_id: string
  symbol: string
  run_id: string | null
  quantity: string
  cost: string
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
  averageEntryPrice: parseDecimal(row.average_entry_price),
  realizedPnl: parseDecimal(row.realized_pnl),
  stopLoss: row.stop_loss === null ? null : parseDecimal(row.stop_loss),
  takeProfit: row.take_profit === null ? null : parseDecimal(row.take_profit),
  openedAt: row.opened_at,
})

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
    ],
  )
}

export async function saveRoundTrip(
  tx: Queryable,
  position: PositionOwner & { id: string },
  trip: RoundTripState,
): Promise<void> {
  await tx.query(
    `INSERT INTO round_trips (user_id, broker_id, position_id, symbol, number, opened_at, closed_at, bought, sold, cost, proceeds, realized_pnl)
     VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)
     ON CONFLICT (position_id, number) DO UPDATE SET opened_at = EXCLUDED.opened_at, closed_at = EXCLUDED.closed_at,
       bought = EXCLUDED.bought, sold = EXCLUDED.sold, cost = EXCLUDED.cost, proceeds = EXCLUDED.proceeds, realized_pnl = EXCLUDED.realized_pnl`,
    [
      position.userId,
      position.brokerId,
      position.id,
      position.symbol,
      trip.number,
      new Date(trip.openedAt),
      trip.closedAt === null ? null : new Date(trip.closedAt),
      toWire(trip.bought),
      toWire(trip.sold),
      toWire(trip.cost.toDecimalPlaces(18)),
      toWire(trip.proceeds.toDecimalPlaces(18)),
      toWire(trip.realizedPnl.toDecimalPlaces(18)),
    ],
  )
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

/** The folded state as it was last written, with the newest round trip. */
export const readState = async (tx: Queryable, position: PositionRow): Promise<PositionState> => ({
  quantity: position.quantity,
  cost: position.cost,
  realizedPnl: position.realizedPnl,
  openedAt: position.openedAt?.getTime() ?? null,
  roundTrip: await lastRoundTrip(tx, position.id),
})
