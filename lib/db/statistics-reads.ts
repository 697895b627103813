import { reportPool } from '@/lib/db/pool'

// Closed round trips of accounts, added up in the database. A round trip belongs to what its first purchase came from.

export interface TripFilter {
  /** Accounts, which the caller knows to be the user's. */
  brokerIds: string[]
  /** Markets, which have one quote asset. */
  symbols: string[]
  /** Days of the zone, both included; without them there is no end. */
  from?: string | undefined
  to?: string | undefined
  timeZone: string
}

const CHOSEN = `r.broker_id = ANY ($1::uuid[]) AND r.closed_at IS NOT NULL AND r.symbol = ANY ($2::text[])
  AND ($3::date IS NULL OR r.closed_at >= $3::date::timestamp AT TIME ZONE $5)
  AND ($4::date IS NULL OR r.closed_at < ($4::date + 1)::timestamp AT TIME ZONE $5)`

/**
 * What a round trip `r` came from: order, strategy and alert of its first purchase. One join by index or hash, whatever the
 * planner takes the sizes for.
 */
export const PURCHASES = `LEFT JOIN fills f ON f.position_id = r.position_id AND f.trade_time = r.opened_at AND f.side = 'BUY'`
export const FIRST = 'length(f.exchange_trade_id), f.exchange_trade_id'
export const ORIGIN = `LEFT JOIN trades o ON o.client_order_id = r.client_order_id
  LEFT JOIN strategies s ON s.id = o.strategy_id
  LEFT JOIN webhooks w ON w.id = o.webhook_id`
/** Names, empty for a strategy that is gone and for an alert without a name. */
export const STRATEGY = `coalesce(s.name, CASE WHEN o.source = 'STRATEGY' THEN '' END)`
export const WEBHOOK = `coalesce(w.source, CASE WHEN o.source = 'WEBHOOK' THEN '' END)`

const valuesOf = (filter: TripFilter) => [
  filter.brokerIds,
  filter.symbols,
  filter.from ?? null,
  filter.to ?? null,
  filter.timeZone,
]

export interface AccountRow {
  id: string
  name: string
  isReal: boolean
  /** Its keys work: it can be asked. */
  isActive: boolean
}

/** The user's accounts, the default one first. */
export async function listAccounts(userId: string): Promise<AccountRow[]> {
  const { rows } = await reportPool().query<AccountRow>(
    `SELECT id, name, environment = 'LIVE' AS "isReal", is_active AS "isActive" FROM brokers
     WHERE user_id = $1 ORDER BY is_default DESC, created_at`,
    [userId],
  )
  return rows
}

export interface MarketRow {
  symbol: string
  /** Closed round trips. */
  trips: number
}

/** Markets that the accounts have round trips in, open or closed; most traded first. */
export async function listMarkets(brokerIds: string[]): Promise<MarketRow[]> {
  const { rows } = await reportPool().query<MarketRow>(
    `SELECT symbol, count(closed_at)::int AS trips FROM round_trips WHERE broker_id = ANY ($1::uuid[])
     GROUP BY symbol ORDER BY count(closed_at) DESC, symbol`,
    [brokerIds],
  )
  return rows
}

export interface GroupRow {
  grouping: 'all' | 'symbol' | 'broker' | 'source' | 'strategy' | 'webhook'
  /** How many the grouping has, shown or not. */
  count: number
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

/**
 * All round trips together, and by each thing that tells them apart; best gain first. Of a long grouping come the `limit`
 * that gained or lost most.
 */
export async function sumTrips(filter: TripFilter, limit: number): Promise<GroupRow[]> {
  const { rows } = await reportPool().query<GroupRow>(
    `WITH trips AS (
       SELECT DISTINCT ON (r.id) r.symbol, r.broker_id, r.realized_pnl, r.cost, f.client_order_id
       FROM round_trips r ${PURCHASES} WHERE ${CHOSEN} ORDER BY r.id, ${FIRST}),
     kinds AS (
       SELECT r.symbol, r.broker_id, o.source::text AS source, ${STRATEGY} AS strategy, ${WEBHOOK} AS webhook,
         count(*) AS trips, count(*) FILTER (WHERE r.realized_pnl > 0) AS wins, sum(r.realized_pnl) AS gain,
         sum(greatest(r.realized_pnl, 0)) AS won, sum(r.cost) AS cost, max(r.realized_pnl) AS best, min(r.realized_pnl) AS worst
       FROM trips r ${ORIGIN} GROUP BY 1, 2, 3, 4, 5),
     sums AS (
       SELECT grouping(symbol, broker_id, source, strategy, webhook) AS bits,
         coalesce(symbol, broker_id::text, source, strategy, webhook) AS name, sum(trips)::int AS trips, sum(wins)::int AS wins,
         sum(gain) AS gain, sum(won) AS won, sum(gain) - sum(won) AS lost, sum(cost) AS cost, max(best) AS best, min(worst) AS worst
       FROM kinds GROUP BY GROUPING SETS ((), (symbol), (broker_id), (source), (strategy), (webhook))),
     ranked AS (
       SELECT sums.*, row_number() OVER (PARTITION BY bits ORDER BY abs(gain) DESC, name) AS place,
         (count(*) OVER (PARTITION BY bits))::int AS count
       FROM sums WHERE trips > 0 AND (bits = 31 OR name IS NOT NULL))
     SELECT CASE bits WHEN 31 THEN 'all' WHEN 15 THEN 'symbol' WHEN 23 THEN 'broker' WHEN 27 THEN 'source' WHEN 29 THEN 'strategy'
         ELSE 'webhook' END AS grouping, count,
       CASE bits WHEN 23 THEN (SELECT b.name FROM brokers b WHERE b.id::text = ranked.name) ELSE ranked.name END AS name,
       trips, wins, gain::text, won::text, lost::text, cost::text, best::text, worst::text
     FROM ranked WHERE place <= $6 ORDER BY ranked.gain DESC, ranked.name`,
    [...valuesOf(filter), limit],
  )
  return rows
}

export interface DayRow {
  day: string
  trips: number
  gain: string
  /** How far the total fell below the highest so far (at least 0), at most, during the day. */
  below: string
  /** The highest so far, at the end of the day. */
  highest: string
}

/** Gains by day, oldest first. The highest total starts at zero. */
export async function sumDays(filter: TripFilter): Promise<DayRow[]> {
  const { rows } = await reportPool().query<DayRow>(
    `WITH totals AS (
       SELECT (r.closed_at AT TIME ZONE $5)::date AS day, r.realized_pnl AS pnl, r.closed_at, r.id,
         sum(r.realized_pnl) OVER (ORDER BY r.closed_at, r.id) AS total
       FROM round_trips r WHERE ${CHOSEN}),
     falls AS (SELECT day, pnl, total, greatest(0, max(total) OVER (ORDER BY closed_at, id)) AS highest FROM totals)
     SELECT day::text, count(*)::int AS trips, sum(pnl)::text AS gain, max(highest - total)::text AS below, max(highest)::text AS highest
     FROM falls GROUP BY day ORDER BY falls.day`,
    valuesOf(filter),
  )
  return rows
}

/** What no closed round trip tells of, whenever it came about. */
export interface OpenRow {
  /** Round trips that are not closed yet, and what their partial sales brought. */
  trips: number
  gain: string
  /** What the remainders cost that were too small to sell. */
  dust: string
}

export async function sumOpen(filter: TripFilter): Promise<OpenRow> {
  const { rows } = await reportPool().query<OpenRow>(
    `SELECT count(*)::int AS trips, coalesce(sum(r.realized_pnl), 0)::text AS gain,
       (SELECT coalesce(sum(p.dust_cost), 0) FROM positions p
        WHERE p.broker_id = ANY ($1::uuid[]) AND p.symbol = ANY ($2::text[]))::text AS dust
     FROM round_trips r WHERE r.broker_id = ANY ($1::uuid[]) AND r.closed_at IS NULL AND r.symbol = ANY ($2::text[])`,
    [filter.brokerIds, filter.symbols],
  )
  return rows[0] ?? { trips: 0, gain: '0', dust: '0' }
}

/** What open positions and dust cost, less all that was gained since the first day: funds less this were there on that day. */
export async function costLessGains(filter: TripFilter): Promise<string> {
  const { rows } = await reportPool().query<{ rest: string }>(
    `SELECT ((SELECT coalesce(sum(r.cost + coalesce(r.dust_cost, 0)), 0) FROM positions r
         WHERE r.broker_id = ANY ($1::uuid[]) AND r.symbol = ANY ($2::text[]))
       - (SELECT coalesce(sum(r.realized_pnl), 0) FROM round_trips r
         WHERE r.broker_id = ANY ($1::uuid[]) AND r.symbol = ANY ($2::text[])
           AND (r.closed_at IS NULL OR $3::date IS NULL OR r.closed_at >= $3::date::timestamp AT TIME ZONE $4)))::text AS rest`,
    [filter.brokerIds, filter.symbols, filter.from ?? null, filter.timeZone],
  )
  return rows[0]?.rest ?? '0'
}

export interface MovementRow {
  day: string
  /** Above zero: it came in. */
  amount: string
}

/** What came into the accounts and left them otherwise than by trading, as reconciliations found it; by day, oldest first. */
export async function sumMovements(filter: TripFilter, asset: string): Promise<MovementRow[]> {
  const { rows } = await reportPool().query<MovementRow>(
    `SELECT (coalesce(d.occurred_at, c.read_at) AT TIME ZONE $4)::date::text AS day, trim_scale(sum(d.amount))::text AS amount
     FROM balance_differences d JOIN balance_checks c ON c.id = d.check_id
     WHERE d.broker_id = ANY ($1::uuid[]) AND d.asset = $2
       AND ($3::date IS NULL OR coalesce(d.occurred_at, c.read_at) >= $3::date::timestamp AT TIME ZONE $4)
     GROUP BY 1 ORDER BY 1`,
    [filter.brokerIds, asset, filter.from ?? null, filter.timeZone],
  )
  return rows
}

/**
 * What executions moved of an asset beyond gains and costs in it, by day, oldest first: it was traded for another asset, it
 * paid a fee of another market, or a third asset paid a fee in its place, which the gains are less by.
 */
export async function sumSideMoves(filter: TripFilter, asset: string): Promise<MovementRow[]> {
  const { rows } = await reportPool().query<MovementRow>(
    `SELECT (f.trade_time AT TIME ZONE $4)::date::text AS day, trim_scale(sum(v.amount))::text AS amount
     FROM fills f
       CROSS JOIN LATERAL (SELECT split_part(f.symbol, '/', 1) AS base, split_part(f.symbol, '/', 2) AS quote) m
       CROSS JOIN LATERAL (SELECT CASE
         WHEN m.quote = $2 AND f.position_id IS NOT NULL
           THEN CASE WHEN f.fee_asset IN (m.base, m.quote) THEN 0 ELSE coalesce(f.fee_in_quote, 0) END
         ELSE CASE $2 WHEN m.base THEN f.quantity WHEN m.quote THEN -f.quote_quantity ELSE 0 END
             * CASE f.side WHEN 'BUY' THEN 1 ELSE -1 END - CASE f.fee_asset WHEN $2 THEN f.fee ELSE 0 END
         END AS amount) v
     WHERE f.broker_id = ANY ($1::uuid[]) AND ($3::date IS NULL OR f.trade_time >= $3::date::timestamp AT TIME ZONE $4)
     GROUP BY 1 HAVING sum(v.amount) <> 0 ORDER BY 1`,
    [filter.brokerIds, asset, filter.from ?? null, filter.timeZone],
  )
  return rows
}

/** Positions in markets of a quote asset that brought more than they gained and cost: something was sold that was never bought. */
export async function listSoldUnbought(
  filter: TripFilter,
  quote: string,
): Promise<{ id: string; brokerId: string; symbol: string }[]> {
  const { rows } = await reportPool().query<{ id: string; brokerId: string; symbol: string }>(
    `WITH sums AS (
       SELECT position_id, sum(CASE side WHEN 'SELL' THEN quote_quantity ELSE -quote_quantity END
         - CASE fee_asset WHEN split_part(symbol, '/', 1) THEN 0 ELSE coalesce(fee_in_quote, 0) END) AS net
       FROM fills WHERE broker_id = ANY ($1::uuid[]) AND split_part(symbol, '/', 2) = $2 GROUP BY position_id)
     SELECT p.id, p.broker_id AS "brokerId", p.symbol FROM positions p JOIN sums s ON s.position_id = p.id
     WHERE s.net + p.cost + coalesce(p.dust_cost, 0) <> p.realized_pnl ORDER BY p.id`,
    [filter.brokerIds, quote],
  )
  return rows
}
