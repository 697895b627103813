import { reportPool } from '@/lib/db/pool'
import { FIRST, ORIGIN, PURCHASES, STRATEGY, WEBHOOK } from '@/lib/db/statistics-reads'

// The ledger for the tax return: account after account, a page of rows at a time, so that memory does not grow with it.
// Amounts come as plain decimals and times as text in the user's zone, ready to be written down.

export interface ExportFilter {
  /** Accounts, which the caller knows to be the user's. */
  brokerIds: string[]
  /** Days of the zone, both included; without them there is no end. */
  from?: string | undefined
  to?: string | undefined
  timeZone: string
}

const PAGE = 5000

const chosenBy = (column: string): string => `r.broker_id = $1
  AND ($2::date IS NULL OR ${column} >= $2::date::timestamp AT TIME ZONE $4)
  AND ($3::date IS NULL OR ${column} < ($3::date + 1)::timestamp AT TIME ZONE $4)
  AND (${column}, r.id) > ($5::timestamptz, $6::bigint)`
const local = (column: string): string => `to_char(${column} AT TIME ZONE $4, 'YYYY-MM-DD HH24:MI:SS')`
const plain = (column: string): string => `trim_scale(${column})::text`

interface Placed {
  id: string
  at: Date
}

async function* pages<Row extends Placed>(sql: string, filter: ExportFilter): AsyncGenerator<Row[]> {
  const { brokerIds, from = null, to = null, timeZone } = filter
  for (const brokerId of brokerIds) {
    let last = { id: '0', at: new Date(0) }
    for (;;) {
      const { rows } = await reportPool().query<Row & Record<string, never>>(sql, [
        brokerId,
        from,
        to,
        timeZone,
        last.at,
        last.id,
      ])
      if (rows.length > 0) yield rows
      const end = rows.at(-1)
      if (end === undefined || rows.length < PAGE) break
      last = end
    }
  }
}

export interface TripExport extends Placed {
  openedAt: string
  closedAt: string
  broker: string
  exchange: string
  symbol: string
  bought: string
  sold: string
  cost: string
  proceeds: string
  gain: string
  source: string | null
  strategy: string | null
  webhook: string | null
}

/** Closed round trips by the time of their end. */
export const exportTrips = (filter: ExportFilter): AsyncGenerator<TripExport[]> =>
  pages<TripExport>(
    `WITH chosen AS MATERIALIZED (
       SELECT r.* FROM round_trips r WHERE r.closed_at IS NOT NULL AND ${chosenBy('r.closed_at')}
       ORDER BY r.closed_at, r.id LIMIT ${PAGE}),
     trips AS (
       SELECT DISTINCT ON (r.closed_at, r.id) r.*, f.client_order_id FROM chosen r ${PURCHASES}
       ORDER BY r.closed_at, r.id, ${FIRST})
     SELECT r.id::text, r.closed_at AS at, ${local('r.opened_at')} AS "openedAt", ${local('r.closed_at')} AS "closedAt",
       b.name AS broker, b.exchange_id AS exchange, r.symbol, ${plain('r.bought')} AS bought, ${plain('r.sold')} AS sold,
       ${plain('r.cost')} AS cost, ${plain('r.proceeds')} AS proceeds, ${plain('r.realized_pnl')} AS gain,
       o.source::text AS source, ${STRATEGY} AS strategy, ${WEBHOOK} AS webhook
     FROM trips r JOIN brokers b ON b.id = r.broker_id ${ORIGIN} ORDER BY r.closed_at, r.id`,
    filter,
  )

export interface FillExport extends Placed {
  time: string
  broker: string
  exchange: string
  symbol: string
  side: 'BUY' | 'SELL'
  price: string
  quantity: string
  amount: string
  fee: string
  feeAsset: string
  feeInQuote: string | null
  source: string
  tradeId: string
  orderId: string
}

/** Executions by their time. */
export const exportFills = (filter: ExportFilter): AsyncGenerator<FillExport[]> =>
  pages<FillExport>(
    `SELECT r.id::text, r.trade_time AS at, ${local('r.trade_time')} AS time, b.name AS broker, b.exchange_id AS exchange, r.symbol,
       r.side::text AS side, ${plain('r.price')} AS price, ${plain('r.quantity')} AS quantity,
       ${plain('r.quote_quantity')} AS amount, ${plain('r.fee')} AS fee, r.fee_asset AS "feeAsset",
       ${plain('r.fee_in_quote')} AS "feeInQuote", o.source::text AS source, r.exchange_trade_id AS "tradeId",
       r.exchange_order_id AS "orderId"
     FROM fills r JOIN brokers b ON b.id = r.broker_id JOIN trades o ON o.client_order_id = r.client_order_id
     WHERE ${chosenBy('r.trade_time')} ORDER BY r.trade_time, r.id LIMIT ${PAGE}`,
    filter,
  )
