import { fillAlertsSql } from '@/lib/db/alert-outbox-repository'
import { type OrderRow, orderOf } from '@/lib/db/order-row'
import { TRIP_JSON, type TripJson, tripOfJson } from '@/lib/db/ledger-repository'
import { POSITION_JSON, type PositionJson, positionOfJson, type PositionRow } from '@/lib/db/position-repository'
import type { Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal, toWire } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { Fill, OrderSide } from '@/lib/domain/order/order'
import type { OrderStatus } from '@/lib/domain/order/status'
import {
  averageEntryPrice,
  type PositionMarket,
  type PositionState,
  type RoundTripState,
} from '@/lib/domain/position/fold'

// What is reported of orders of one position goes into the ledger with two statements: one reads where the rows stand, one
// writes all of it, or nothing when a row has moved on in between. Versions are PostgreSQL's own (xmin).

/** An order that something is reported of, as its row stands. */
export interface ReportedOrder {
  order: JournaledOrder
  version: string
  /** Sums of its recorded executions. */
  recorded: { quantity: Amount; quoteQuantity: Amount }
  /** The exchange's ids of its recorded executions. */
  knownTradeIds: ReadonlySet<string>
  /** Does a channel of the user hear of anything? */
  isTold: boolean
  position: ReportedPosition | null
}

export interface ReportedPosition {
  row: PositionRow
  version: string
  /** The newest one. */
  roundTrip: RoundTripState | null
  newestFill: Pick<Fill, 'tradeTime' | 'exchangeTradeId' | 'side'> | null
}

interface Row extends OrderRow {
  version: string
  recorded_quantity: string
  recorded_quote: string
  known: string[]
  is_told: boolean
  position: PositionJson | null
  position_version: string | null
  trip: TripJson | null
  newest_time: Date | null
  newest_id: string | null
  newest_side: OrderSide | null
}

/** Orders with all that a report on them needs, by their ids. */
export async function readReported(db: Queryable, clientOrderIds: string[]): Promise<Map<string, ReportedOrder>> {
  const { rows } = await db.query<Row>(
    `SELECT t.*, t.xmin::text AS version, s.quantity::text AS recorded_quantity, s.quote::text AS recorded_quote,
       s.known,
       EXISTS (SELECT 1 FROM alert_channels c WHERE c.user_id = t.user_id AND c.is_active) AS is_told,
       p.xmin::text AS position_version, CASE WHEN p.id IS NOT NULL THEN ${POSITION_JSON} END AS position, r.trip,
       n.trade_time AS newest_time, n.exchange_trade_id AS newest_id, n.side AS newest_side
     FROM trades t
       CROSS JOIN LATERAL (SELECT coalesce(sum(f.quantity), 0) AS quantity, coalesce(sum(f.quote_quantity), 0) AS quote,
         coalesce(array_agg(f.exchange_trade_id), '{}') AS known FROM fills f WHERE f.client_order_id = t.client_order_id) s
       LEFT JOIN positions p ON p.id = t.position_id
       LEFT JOIN LATERAL (SELECT ${TRIP_JSON} AS trip FROM round_trips r WHERE r.position_id = p.id
         ORDER BY r.number DESC LIMIT 1) r ON true
       LEFT JOIN LATERAL (SELECT f.trade_time, f.exchange_trade_id, f.side FROM fills f WHERE f.position_id = p.id
         ORDER BY f.trade_time DESC, length(f.exchange_trade_id) DESC, f.exchange_trade_id DESC, f.side DESC LIMIT 1) n ON true
     WHERE t.client_order_id = ANY($1::text[])`,
    [clientOrderIds],
  )
  return new Map(rows.map((row) => [row.client_order_id, reportedOf(row)]))
}

const reportedOf = (row: Row): ReportedOrder => ({
  order: orderOf(row),
  version: row.version,
  recorded: { quantity: parseDecimal(row.recorded_quantity), quoteQuantity: parseDecimal(row.recorded_quote) },
  knownTradeIds: new Set(row.known),
  isTold: row.is_told,
  position: row.position && {
    row: positionOfJson(row.position),
    version: row.position_version ?? '',
    roundTrip: row.trip && tripOfJson(row.trip),
    newestFill:
      row.newest_time === null || row.newest_id === null || row.newest_side === null
        ? null
        : { tradeTime: row.newest_time.getTime(), exchangeTradeId: row.newest_id, side: row.newest_side },
  },
})

/**
 * Locks positions and then their orders until the transaction ends. Always in this order: a position that is folded anew writes
 * what all of its orders realized, and whoever held one of those while it waits for the position would block both.
 */
export async function lockReported(tx: Queryable, clientOrderIds: string[]): Promise<void> {
  // NO KEY: a fill or order that refers to it may be written meanwhile, and two such writers do not wait for each other.
  await tx.query(
    `SELECT 1 FROM positions WHERE id IN (SELECT position_id FROM trades WHERE client_order_id = ANY($1::text[]))
     ORDER BY id FOR NO KEY UPDATE`,
    [clientOrderIds],
  )
  await tx.query('SELECT 1 FROM trades WHERE client_order_id = ANY($1::text[]) ORDER BY client_order_id FOR UPDATE', [
    clientOrderIds,
  ])
}

/** How one order moves on. */
export interface OrderRecord {
  clientOrderId: string
  version: string
  /** Appended to its events; null when only executions came. */
  kind: string | null
  from: OrderStatus
  to: OrderStatus
  exchangeOrderId: string | null
  /** Null: as it was. */
  quantity: Amount | null
  filledQuantity: Amount
  filledQuoteQuantity: Amount
  /** What its new executions realized, added to the rest; null where nothing was. */
  realizedPnl: Amount | null
  /** The exchange's words; kept with its webhook, too, when that asked for it and its status changed. */
  answer: unknown
  webhookId: string | null
  errorMessage: string | null
  isClosed: boolean
  /** Executions that the user's channels are to hear of. */
  told: { quantity: Amount; quoteQuantity: Amount; tradeTime: EpochMs } | null
}

export interface NewFill {
  clientOrderId: string
  fill: Fill
  feeInQuote: Amount | null
}

/** What a position becomes. `state` null: it is left as it is. */
export interface PositionRecord {
  row: Pick<PositionRow, 'id' | 'userId' | 'brokerId' | 'symbol'>
  /** Null when no execution came: then it matters to nobody whether it has moved. */
  version: string | null
  state: PositionState | null
  /** Round trips that were changed. */
  roundTrips: RoundTripState[]
}

export interface LedgerRecord {
  brokerId: string
  orders: OrderRecord[]
  fills: NewFill[]
  position: PositionRecord | null
  market: Pick<PositionMarket, 'minQuantity' | 'minNotional'>
  now: EpochMs
}

// The parts of the statement; the first of them locks the position before its orders, as lockReported does. What a record does not need is left out of it: a part costs the server also when it has
// nothing to do.

const GUARD = `asked AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(id text, version text, kind text, from_status "OrderStatus",
    to_status "OrderStatus", exchange_order_id text, quantity numeric, filled numeric, filled_quote numeric, realized numeric,
    answer jsonb, webhook_id bigint, error text, is_closed boolean, fill jsonb, filled_at timestamptz)),
held AS (SELECT id FROM positions WHERE id = $4::uuid AND ($5::text IS NULL OR xmin::text = $5) FOR NO KEY UPDATE),
locked AS (
  SELECT t.client_order_id FROM trades t JOIN asked ON asked.id = t.client_order_id AND asked.version = t.xmin::text
  WHERE t.client_order_id = ANY($2::text[]) AND ($4::uuid IS NULL OR EXISTS (SELECT 1 FROM held))
  ORDER BY t.client_order_id FOR UPDATE OF t),
sure AS (SELECT 1 WHERE (SELECT count(*) FROM locked) = cardinality($2::text[]))`

const FILLS = `filled AS (
  INSERT INTO fills (client_order_id, broker_id, position_id, symbol, exchange_trade_id, exchange_order_id, side, price,
    quantity, quote_quantity, fee, fee_asset, fee_in_quote, liquidity, trade_time, recorded_at, min_quantity, min_notional)
  SELECT f.id, $6::uuid, $4::uuid, f.symbol, f.trade_id, f.order_id, f.side, f.price, f.quantity, f.quote, f.fee, f.fee_asset,
    f.fee_in_quote, f.liquidity, f.trade_time, $7::timestamptz, $8::numeric, $9::numeric
  FROM sure, jsonb_to_recordset($3::jsonb) AS f(id text, symbol text, trade_id text, order_id text, side "OrderSide",
    price numeric, quantity numeric, quote numeric, fee numeric, fee_asset text, fee_in_quote numeric, liquidity "Liquidity",
    trade_time timestamptz))`

const ORDERS = `moved AS (
  UPDATE trades t SET status = a.to_status, exchange_order_id = coalesce(a.exchange_order_id, t.exchange_order_id),
    quantity = coalesce(a.quantity, t.quantity), filled_quantity = a.filled, filled_quote_quantity = a.filled_quote,
    realized_pnl = CASE WHEN a.realized IS NULL THEN t.realized_pnl ELSE coalesce(t.realized_pnl, 0) + a.realized END,
    error_message = coalesce(a.error, t.error_message), status_exchange_client = coalesce(a.answer, t.status_exchange_client),
    acknowledged_at = CASE WHEN a.exchange_order_id IS NULL THEN t.acknowledged_at ELSE coalesce(t.acknowledged_at, $7) END,
    closed_at = CASE WHEN a.is_closed THEN coalesce(t.closed_at, $7) ELSE t.closed_at END,
    updated_at = CASE WHEN a.kind IS NULL THEN t.updated_at ELSE $7 END
  FROM sure, asked a WHERE t.client_order_id = a.id AND t.client_order_id = ANY($2::text[])
  RETURNING t.client_order_id, t.user_id, t.broker_id, t.strategy_id, t.webhook_id, t.symbol, t.side, t.type, t.purpose, t.source,
    t.status, t.realized_pnl),
noted AS (
  INSERT INTO order_events (client_order_id, kind, from_status, to_status, occurred_at)
  SELECT id, kind, from_status, to_status, $7 FROM sure, asked WHERE kind IS NOT NULL)`

const POSITION = `kept AS (
  UPDATE positions SET quantity = $10::numeric, cost = $11::numeric, average_entry_price = $12::numeric,
    realized_pnl = $13::numeric, opened_at = $14::timestamptz, dust_quantity = $19::numeric, dust_cost = $20::numeric,
    stop_loss = CASE WHEN $10::numeric = 0 THEN NULL ELSE stop_loss END,
    take_profit = CASE WHEN $10::numeric = 0 THEN NULL ELSE take_profit END,
    unrealized_pnl = CASE WHEN current_price IS NULL THEN NULL ELSE $10::numeric * current_price - $11::numeric END,
    updated_at = $7
  FROM sure WHERE id = $4::uuid),
tripped AS (
  INSERT INTO round_trips (user_id, broker_id, position_id, symbol, number, opened_at, closed_at, bought, sold, cost, proceeds,
    realized_pnl)
  SELECT $16::uuid, $6::uuid, $4::uuid, $17, r.* FROM sure, jsonb_to_recordset($15::jsonb) AS r(number int, opened_at timestamptz,
    closed_at timestamptz, bought numeric, sold numeric, cost numeric, proceeds numeric, realized_pnl numeric)
  ON CONFLICT (position_id, number) DO UPDATE SET opened_at = EXCLUDED.opened_at, closed_at = EXCLUDED.closed_at,
    bought = EXCLUDED.bought, sold = EXCLUDED.sold, cost = EXCLUDED.cost, proceeds = EXCLUDED.proceeds,
    realized_pnl = EXCLUDED.realized_pnl)`

const ANSWERS = `answered AS (
  UPDATE webhooks w SET status_exchange_client = coalesce(a.answer, w.status_exchange_client)
  FROM sure, asked a WHERE w.id = a.webhook_id AND w.id = ANY($18::bigint[]))`

const ALERTS = `told AS (${fillAlertsSql('moved', 'asked', '$7')})`

/** Every value is named, also where no part of it is left: a statement has to know the types of all of its values. */
const VALUES = `given AS (SELECT $3::jsonb, $4::uuid, $5::text, $6::uuid, $7::timestamptz, $8::numeric, $9::numeric, $10::numeric,
  $11::numeric, $12::numeric, $13::numeric, $14::timestamptz, $15::jsonb, $16::uuid, $17::text, $18::bigint[], $19::numeric, $20::numeric)`

const atScale = (amount: Amount): string => toWire(amount.toDecimalPlaces(18))

/** Writes all of it in one statement. False when a row is not what was read any more: then nothing was written. */
export async function writeRecord(db: Queryable, record: LedgerRecord): Promise<boolean> {
  const { orders, fills, position, market } = record
  const state = position?.state ?? null
  const answered = orders.flatMap(({ webhookId }) => webhookId ?? [])
  const parts = [
    VALUES,
    GUARD,
    ...(fills.length > 0 ? [FILLS] : []),
    ORDERS,
    ...(state === null ? [] : [POSITION]),
    ...(answered.length > 0 ? [ANSWERS] : []),
    ...(orders.some(({ told }) => told !== null) ? [ALERTS] : []),
  ]
  const { rowCount } = await db.query(`WITH ${parts.join(',\n')}\nSELECT 1 FROM sure`, [
    JSON.stringify(orders.map(orderJson)),
    orders.map(({ clientOrderId }) => clientOrderId),
    JSON.stringify(fills.map(fillJson)),
    position?.row.id ?? null,
    position?.version ?? null,
    record.brokerId,
    new Date(record.now),
    toWire(market.minQuantity),
    toWire(market.minNotional),
    state && toWire(state.quantity),
    state && toWire(state.cost),
    state && averageEntryPrice(state).toDecimalPlaces(18).toFixed(),
    state && atScale(state.realizedPnl),
    state?.openedAt == null ? null : new Date(state.openedAt),
    JSON.stringify((position?.roundTrips ?? []).map(tripJson)),
    position?.row.userId ?? null,
    position?.row.symbol ?? null,
    answered,
    state && toWire(state.dust.quantity),
    state && toWire(state.dust.cost),
  ])
  return rowCount === 1
}

const orderJson = (order: OrderRecord): object => ({
  id: order.clientOrderId,
  version: order.version,
  kind: order.kind,
  from_status: order.from,
  to_status: order.to,
  exchange_order_id: order.exchangeOrderId,
  quantity: order.quantity && toWire(order.quantity),
  filled: toWire(order.filledQuantity),
  filled_quote: toWire(order.filledQuoteQuantity),
  realized: order.realizedPnl && atScale(order.realizedPnl),
  answer: order.answer,
  webhook_id: order.webhookId,
  error: order.errorMessage,
  is_closed: order.isClosed,
  fill: order.told && { quantity: toWire(order.told.quantity), quoteQuantity: toWire(order.told.quoteQuantity) },
  filled_at: order.told && new Date(order.told.tradeTime),
})

const fillJson = ({ clientOrderId, fill, feeInQuote }: NewFill): object => ({
  id: clientOrderId,
  symbol: fill.symbol,
  trade_id: fill.exchangeTradeId,
  order_id: fill.exchangeOrderId,
  side: fill.side,
  price: toWire(fill.price),
  quantity: toWire(fill.quantity),
  quote: toWire(fill.quoteQuantity),
  fee: toWire(fill.fee),
  fee_asset: fill.feeAsset,
  fee_in_quote: feeInQuote && toWire(feeInQuote),
  liquidity: fill.liquidity,
  trade_time: new Date(fill.tradeTime),
})

const tripJson = (trip: RoundTripState): object => ({
  number: trip.number,
  opened_at: new Date(trip.openedAt),
  closed_at: trip.closedAt === null ? null : new Date(trip.closedAt),
  bought: toWire(trip.bought),
  sold: toWire(trip.sold),
  cost: atScale(trip.cost),
  proceeds: atScale(trip.proceeds),
  realized_pnl: atScale(trip.realizedPnl),
})
