import { pgPool } from '@/lib/db/pool'
import { ORIGIN } from '@/lib/db/statistics-reads'

// The ledger for the tax return, a page of rows at a time: memory does not grow with the account.

export interface ExportFilter {
  userId: string
  brokerId: string | null
  from: string | null
  to: string | null
  timeZone: string
}

const PAGE = 5000

const inPeriod = (broker: string, column: string): string => `($2::uuid IS NULL OR ${broker} = $2)
  AND ($3::date IS NULL OR ${column} >= $3::date::timestamp AT TIME ZONE $5)
  AND ($4::date IS NULL OR ${column} < ($4::date + 1)::timestamp AT TIME ZONE $5)
  AND (${column}, r.id) > ($6::timestamptz, $7::bigint)`

interface Placed {
  id: string
  at: Date
}

async function* pages<Row extends Placed>(sql: string, filter: ExportFilter): AsyncGenerator<Row[]> {
  let last = { id: '0', at: new Date(0) }
  for (;;) {
    const { rows } = await pgPool().query<Row & Record<string, never>>(sql, [
      filter.userId,
      filter.brokerId,
      filter.from,
      filter.to,
      filter.timeZone,
      last.at,
      last.id,
    ])
    const end = rows.at(-1)
    if (end === undefined) return
    yield rows
    if (rows.length < PAGE) return
    last = end
  }
}

export interface TripExport extends Placed {
  openedAt: Date
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
    `SELECT r.id::text, r.closed_at AS at, r.opened_at AS "openedAt", b.name AS broker, b.exchange_id AS exchange, r.symbol,
       r.bought::text, r.sold::text, r.cost::text, r.proceeds::text, r.realized_pnl::text AS gain, o.source::text AS source,
       s.name AS strategy, w.source AS webhook
     FROM (SELECT r.* FROM round_trips r
       WHERE r.user_id = $1 AND r.closed_at IS NOT NULL AND ${inPeriod('r.broker_id', 'r.closed_at')}
       ORDER BY r.closed_at, r.id LIMIT ${PAGE}) r JOIN brokers b ON b.id = r.broker_id ${ORIGIN} ORDER BY r.closed_at, r.id`,
    filter,
  )

export interface FillExport extends Placed {
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
    `SELECT r.id::text, r.trade_time AS at, b.name AS broker, b.exchange_id AS exchange, r.symbol, r.side::text AS side, r.price::text,
       r.quantity::text, r.quote_quantity::text AS amount, r.fee::text, r.fee_asset AS "feeAsset",
       r.fee_in_quote::text AS "feeInQuote", o.source::text AS source, r.exchange_trade_id AS "tradeId",
       r.exchange_order_id AS "orderId"
     FROM fills r JOIN brokers b ON b.id = r.broker_id JOIN trades o ON o.client_order_id = r.client_order_id
     WHERE b.user_id = $1 AND ${inPeriod('b.id', 'r.trade_time')} ORDER BY r.trade_time, r.id LIMIT ${PAGE}`,
    filter,
  )
