import { pgPool } from '@/lib/db/pool'

// Closed round trips of a user, added up in the database. A round trip belongs to what its first purchase came from.

export interface TripFilter {
  userId: string
  brokerId: string | null
  quote: string
  /** Days of the zone, both included; null means without end. */
  from: string | null
  to: string | null
  timeZone: string
}

const CHOSEN = `r.user_id = $1 AND r.closed_at IS NOT NULL AND split_part(r.symbol, '/', 2) = $2
  AND ($3::uuid IS NULL OR r.broker_id = $3)
  AND ($4::date IS NULL OR r.closed_at >= $4::date::timestamp AT TIME ZONE $6)
  AND ($5::date IS NULL OR r.closed_at < ($5::date + 1)::timestamp AT TIME ZONE $6)`

/** What a round trip came from: order, strategy and alert of its first purchase. */
export const ORIGIN = `LEFT JOIN LATERAL (SELECT f.client_order_id FROM fills f
    WHERE f.position_id = r.position_id AND f.trade_time = r.opened_at AND f.side = 'BUY'
    ORDER BY length(f.exchange_trade_id), f.exchange_trade_id LIMIT 1) first ON true
  LEFT JOIN trades o ON o.client_order_id = first.client_order_id
  LEFT JOIN strategies s ON s.id = o.strategy_id
  LEFT JOIN webhooks w ON w.id = o.webhook_id`

const valuesOf = (filter: TripFilter) => [
  filter.userId,
  filter.quote,
  filter.brokerId,
  filter.from,
  filter.to,
  filter.timeZone,
]

/** Quote assets that round trips were closed in, most of them first. */
export async function listQuotes(userId: string): Promise<string[]> {
  const { rows } = await pgPool().query<{ quote: string }>(
    `SELECT split_part(symbol, '/', 2) AS quote FROM round_trips WHERE user_id = $1 AND closed_at IS NOT NULL
     GROUP BY 1 ORDER BY count(*) DESC, 1`,
    [userId],
  )
  return rows.map((row) => row.quote)
}

export interface GroupRow {
  grouping: 'all' | 'symbol' | 'broker' | 'source' | 'strategy' | 'webhook'
  name: string | null
  trips: number
  wins: number
  gain: string
  won: string
  lost: string
  cost: string
  best: string
  worst: string
}

/** All round trips together, and by each thing that tells them apart; best gain first. */
export async function sumTrips(filter: TripFilter): Promise<GroupRow[]> {
  const { rows } = await pgPool().query<GroupRow>(
    `WITH trips AS (
       SELECT r.realized_pnl AS pnl, r.cost, r.symbol, r.broker_id, o.source::text AS source, s.name AS strategy, w.source AS webhook
       FROM round_trips r ${ORIGIN} WHERE ${CHOSEN}),
     sums AS (
       SELECT grouping(symbol, broker_id, source, strategy, webhook) AS bits,
         coalesce(symbol, broker_id::text, source, strategy, webhook) AS name,
         count(*)::int AS trips, (count(*) FILTER (WHERE pnl > 0))::int AS wins, sum(pnl) AS gain,
         coalesce(sum(pnl) FILTER (WHERE pnl > 0), 0) AS won, coalesce(sum(pnl) FILTER (WHERE pnl < 0), 0) AS lost,
         sum(cost) AS cost, max(pnl) AS best, min(pnl) AS worst
       FROM trips GROUP BY GROUPING SETS ((), (symbol), (broker_id), (source), (strategy), (webhook)))
     SELECT CASE bits WHEN 31 THEN 'all' WHEN 15 THEN 'symbol' WHEN 23 THEN 'broker' WHEN 27 THEN 'source' WHEN 29 THEN 'strategy'
         ELSE 'webhook' END AS grouping,
       CASE bits WHEN 23 THEN (SELECT b.name FROM brokers b WHERE b.id::text = sums.name) ELSE sums.name END AS name,
       trips, wins, gain::text, won::text, lost::text, cost::text, best::text, worst::text
     FROM sums WHERE trips > 0 AND (bits = 31 OR sums.name IS NOT NULL) ORDER BY sums.gain DESC, 2`,
    valuesOf(filter),
  )
  return rows
}

export interface DayRow {
  day: string
  trips: number
  gain: string
  /** How far the total fell below the highest so far (at least 0), at most, during the day. */
  below: string
}

/** Gains by day, oldest first. The highest total starts at zero. */
export async function sumDays(filter: TripFilter): Promise<DayRow[]> {
  const { rows } = await pgPool().query<DayRow>(
    `WITH totals AS (
       SELECT (r.closed_at AT TIME ZONE $6)::date AS day, r.realized_pnl AS pnl, r.closed_at, r.id,
         sum(r.realized_pnl) OVER (ORDER BY r.closed_at, r.id) AS total
       FROM round_trips r WHERE ${CHOSEN}),
     falls AS (SELECT day, pnl, greatest(0, max(total) OVER (ORDER BY closed_at, id)) - total AS below FROM totals)
     SELECT day::text, count(*)::int AS trips, sum(pnl)::text AS gain, max(below)::text AS below
     FROM falls GROUP BY day ORDER BY day`,
    valuesOf(filter),
  )
  return rows
}
