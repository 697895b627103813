import { orderPool, pgPool } from '@/lib/db/pool'
import { type OrderRow, orderOf } from '@/lib/db/order-row'
import { statusList } from '@/lib/db/status-list'
import type { Queryable } from '@/lib/db/transaction'
import { wakeSql } from '@/lib/db/wake'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, toWire } from '@/lib/domain/money/decimal'
import { isSpokenOf, type JournaledOrder, type OrderDraft, type OrderNames } from '@/lib/domain/order/journal'
import type { ExchangeOrder, OrderPurpose } from '@/lib/domain/order/order'
import { IN_FLIGHT_STATUSES, LIVE_STATUSES, OPEN_STATUSES, type OrderStatus } from '@/lib/domain/order/status'

const text = (amount: Amount | undefined): string | null => (amount === undefined ? null : toWire(amount))

/**
 * The parts of a statement that write intents, each with its first event: `placed` holds the rows. `$1` are the intents by
 * `draftsJson`, `$2` is the time; nothing is written unless the condition holds.
 */
export const placeOrdersSql = (condition = 'true'): string => `placed AS (
  INSERT INTO trades (client_order_id, user_id, broker_id, source, purpose, run_id, strategy_id, decision_id, webhook_id,
    group_id, position_id, symbol, side, type, quantity, quote_quantity, limit_price, stop_price, time_in_force,
    is_post_only, native_params, request, correlation_id, send_before, trailing_delta, is_emulated, replaces_id, created_at,
    updated_at)
  SELECT d.*, $2::timestamptz, $2 FROM jsonb_to_recordset($1::jsonb) AS d(client_order_id text, user_id uuid, broker_id uuid,
    source "OrderSource", purpose "OrderPurpose", run_id uuid, strategy_id uuid, decision_id bigint, webhook_id bigint,
    group_id text, position_id uuid, symbol text, side "OrderSide", type "OrderType", quantity numeric, quote_quantity numeric,
    limit_price numeric, stop_price numeric, time_in_force text, is_post_only boolean, native_params jsonb, request jsonb,
    correlation_id text, send_before timestamptz, trailing_delta integer, is_emulated boolean, replaces_id text)
  WHERE ${condition}
  RETURNING client_order_id, group_id, is_emulated),
noted AS (
  INSERT INTO order_events (client_order_id, kind, to_status, occurred_at)
  SELECT client_order_id, 'INITIALIZE', 'INITIALIZED', $2 FROM placed)`

/**
 * Wakes the gateway when the transaction commits; once for the legs of a list. Orders that the engine keeps wake nobody.
 * Selects from `placed`.
 */
export const WAKE_GATEWAY = `SELECT ${wakeSql(
  'exchange_requests',
  `CASE WHEN group_id IS NULL OR EXISTS (SELECT 1 FROM order_groups g WHERE g.id = group_id AND g.is_emulated)
     THEN 'order ' || client_order_id ELSE 'group ' || group_id END`,
)} FROM placed WHERE NOT is_emulated`

export const draftsJson = (drafts: OrderDraft[]): string => JSON.stringify(drafts.map(draftJson))

const draftJson = (draft: OrderDraft): object => ({
  client_order_id: draft.clientOrderId,
  user_id: draft.userId,
  broker_id: draft.brokerId,
  source: draft.source,
  purpose: draft.purpose,
  run_id: draft.runId,
  strategy_id: draft.strategyId,
  decision_id: draft.decisionId,
  webhook_id: draft.webhookId,
  group_id: draft.groupId,
  position_id: draft.positionId === '' ? null : draft.positionId,
  symbol: draft.symbol,
  side: draft.side,
  type: draft.type,
  quantity: text(draft.quantity),
  quote_quantity: text(draft.quoteQuantity),
  limit_price: text(draft.limitPrice),
  stop_price: text(draft.stopPrice),
  time_in_force: draft.timeInForce,
  is_post_only: draft.isPostOnly ?? false,
  native_params: draft.nativeParams,
  request: draft,
  correlation_id: draft.correlationId,
  send_before: new Date(draft.sendBefore),
  trailing_delta: draft.trailingDelta,
  is_emulated: draft.isEmulated ?? false,
  replaces_id: draft.replacesId,
})

/**
 * Writes intents into the journal: orders, each with its first event, in one statement. Nothing is sent before this.
 * A constraint of the database refuses what must not be (refusedBy names it).
 */
export async function insertOrders(tx: Queryable, drafts: OrderDraft[], now: EpochMs): Promise<void> {
  await tx.query(`WITH ${placeOrdersSql()} ${WAKE_GATEWAY}`, [draftsJson(drafts), new Date(now)])
}

/**
 * Takes orders (or all legs of a group) for sending: INITIALIZED -> SUBMITTED with its event, in one statement. Those that
 * somebody else took, that were withdrawn, or whose time is over are not among the answer: they must not be sent.
 */
export async function claimForSubmit(
  by: { clientOrderIds: string[] } | { groupId: string },
  now: EpochMs,
  db: Queryable = orderPool(),
): Promise<JournaledOrder[]> {
  const [condition, key] =
    'groupId' in by ? ['group_id = $1', by.groupId] : ['client_order_id = ANY($1::text[])', by.clientOrderIds]
  const isFree = `${condition} AND status = 'INITIALIZED' AND send_before > $2 AND cancel_requested_at IS NULL
         AND (NOT is_emulated OR released_at IS NOT NULL)`
  // Several are locked in the order in which everybody locks them: an update alone takes them as it finds them.
  const isOne = 'clientOrderIds' in by && by.clientOrderIds.length === 1
  const free = isOne
    ? ''
    : `free AS (SELECT client_order_id FROM trades WHERE ${isFree} ORDER BY client_order_id FOR UPDATE),`
  const { rows } = await db.query<OrderRow>(
    `WITH ${free} claimed AS (
       UPDATE trades SET status = 'SUBMITTED', submitted_at = $2, updated_at = $2
       WHERE ${isOne ? isFree : 'client_order_id IN (SELECT client_order_id FROM free)'} RETURNING *),
     noted AS (
       INSERT INTO order_events (client_order_id, kind, from_status, to_status, occurred_at)
       SELECT client_order_id, 'SUBMIT', 'INITIALIZED', 'SUBMITTED', $2 FROM claimed)
     SELECT * FROM claimed ORDER BY client_order_id`,
    [key, new Date(now)],
  )
  return rows.map(orderOf)
}

/** Locks one order until the transaction ends. */
export async function lockOrder(tx: Queryable, clientOrderId: string): Promise<JournaledOrder | null> {
  const { rows } = await tx.query<OrderRow>('SELECT * FROM trades WHERE client_order_id = $1 FOR UPDATE', [
    clientOrderId,
  ])
  return rows[0] ? orderOf(rows[0]) : null
}

export interface OrderChange {
  kind: string
  to: OrderStatus
  errorCode?: string
  errorMessage?: string
  answer?: unknown
  detail?: Record<string, unknown>
  isClosed?: boolean
  isCancelRequested?: boolean
}

/** Moves a locked order on and appends what happened. */
export async function changeOrder(
  tx: Queryable,
  order: JournaledOrder,
  change: OrderChange,
  now: EpochMs,
): Promise<void> {
  await tx.query(
    `WITH noted AS (
       INSERT INTO order_events (client_order_id, kind, from_status, to_status, detail, occurred_at) VALUES ($1,$3,$4,$2,$5,$6))
     UPDATE trades SET status = $2, error_code = coalesce($7, error_code), error_message = coalesce($8, error_message),
       status_exchange_client = coalesce($9, status_exchange_client),
       closed_at = CASE WHEN $10 THEN coalesce(closed_at, $6) ELSE closed_at END,
       cancel_requested_at = CASE WHEN $11 THEN coalesce(cancel_requested_at, $6) ELSE cancel_requested_at END,
       updated_at = $6
     WHERE client_order_id = $1`,
    [
      order.clientOrderId,
      change.to,
      change.kind,
      order.status,
      change.detail ? JSON.stringify(change.detail) : null,
      new Date(now),
      change.errorCode ?? null,
      change.errorMessage ?? null,
      change.answer === undefined ? null : JSON.stringify(change.answer),
      change.isClosed ?? false,
      change.isCancelRequested ?? false,
    ],
  )
}

const LIVE = statusList(LIVE_STATUSES)

const find = async (where: string, values: unknown[], db: Queryable = pgPool()): Promise<JournaledOrder[]> =>
  (
    await db.query<OrderRow>(`SELECT * FROM trades WHERE ${where} ORDER BY created_at, client_order_id`, values)
  ).rows.map(orderOf)

export const findOrder = async (clientOrderId: string): Promise<JournaledOrder | null> =>
  (await find('client_order_id = $1', [clientOrderId]))[0] ?? null

/** Orders by their ids; those that are not there are left out. */
export const findOrders = (clientOrderIds: string[]): Promise<JournaledOrder[]> =>
  find('client_order_id = ANY($1)', [clientOrderIds])

/** Sent orders whose last command has no known answer since `before`. */
export const findInFlight = (before: EpochMs): Promise<JournaledOrder[]> =>
  find(`status IN ${statusList(IN_FLIGHT_STATUSES)} AND updated_at < $1`, [new Date(before)])

/** Which of these intents nobody has taken for sending yet. */
export async function findUntakenOrders(ids: string[]): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>(
    "SELECT client_order_id AS id FROM trades WHERE client_order_id = ANY($1) AND status = 'INITIALIZED' AND (NOT is_emulated OR released_at IS NOT NULL)",
    [ids],
  )
  return rows.map((row) => row.id)
}

/** Intents that were written before `before` and never taken for sending: their wake-up was lost, or their time is over. */
export const findUnsent = (before: EpochMs): Promise<JournaledOrder[]> =>
  find("status = 'INITIALIZED' AND updated_at < $1 AND (NOT is_emulated OR released_at IS NOT NULL)", [
    new Date(before),
  ])

/** Everything of a broker that may still execute. */
export const findLiveOfBroker = (brokerId: string): Promise<JournaledOrder[]> =>
  find(`broker_id = $1 AND status IN ${LIVE}`, [brokerId])

export const findLiveOfPosition = (positionId: string, db?: Queryable): Promise<JournaledOrder[]> =>
  find(`position_id = $1 AND status IN ${LIVE}`, [positionId], db)

export const findLegs = (groupId: string): Promise<JournaledOrder[]> => find('group_id = $1', [groupId])

/** The journal's rows for orders that an exchange speaks of. */
export async function findSpokenOf<N extends OrderNames>(
  brokerId: string,
  spoken: readonly N[],
): Promise<Map<N, JournaledOrder>> {
  const orders = await find('broker_id = $1 AND (exchange_order_id = ANY($2) OR client_order_id = ANY($3))', [
    brokerId,
    spoken.map((names) => names.exchangeOrderId),
    spoken.map((names) => names.clientOrderId),
  ])
  const known = new Map<N, JournaledOrder>()
  for (const names of spoken) {
    const fitting = orders.filter((order) => isSpokenOf(order, names))
    const order = fitting.find(({ exchangeOrderId }) => exchangeOrderId === names.exchangeOrderId) ?? fitting[0]
    if (order !== undefined) known.set(names, order)
  }
  return known
}

/** Markets of a broker with orders since `since`, or still live. */
export async function findRecentSymbols(brokerId: string, since: EpochMs): Promise<string[]> {
  const { rows } = await pgPool().query<{ symbol: string }>(
    `SELECT DISTINCT symbol FROM trades WHERE broker_id = $1 AND (updated_at > $2 OR status IN ${LIVE}) ORDER BY symbol`,
    [brokerId, new Date(since)],
  )
  return rows.map((row) => row.symbol)
}

/** Writes an order into the journal that was placed elsewhere. False when its name is taken or the order is known. */
export async function adoptOrder(
  tx: Queryable,
  owner: { userId: string; brokerId: string; positionId: string; clientOrderId: string; report: ExchangeOrder },
  now: EpochMs,
): Promise<boolean> {
  const { report } = owner
  // An order by quote amount has no base quantity of its own at some exchanges: then what was filled is it, if anything was.
  const quantity = report.quantity.isZero() ? report.filledQuantity : report.quantity
  const { rowCount } = await tx.query(
    `INSERT INTO trades (client_order_id, user_id, broker_id, source, position_id, exchange_order_id, symbol, side, type, quantity,
       limit_price, stop_price, time_in_force, status, request, send_before, created_at, submitted_at, updated_at)
     VALUES ($1,$2,$3,'EXTERNAL',$4,$5,$6,$7,$8,$9,$10,$11,$12,'SUBMITTED',$13,$14,$14,$14,$15) ON CONFLICT DO NOTHING`,
    [
      owner.clientOrderId,
      owner.userId,
      owner.brokerId,
      owner.positionId,
      report.exchangeOrderId,
      report.symbol,
      report.side,
      report.type,
      quantity.isZero() ? null : toWire(quantity),
      text(report.limitPrice),
      text(report.stopPrice),
      report.timeInForce ?? null,
      JSON.stringify(report.native ?? {}),
      new Date(report.createdTime),
      new Date(now),
    ],
  )
  return rowCount === 1
}

/** Orders at the exchange whose cancel was asked for before `before` and not begun: its wake-up was lost, or came too early. */
export const findWithCancelAsked = (before: EpochMs): Promise<JournaledOrder[]> =>
  find(`cancel_requested_at < $1 AND status IN ${statusList(OPEN_STATUSES)}`, [new Date(before)])

/**
 * When the exchange (or we) last refused an order for one of these purposes of a position; null when the last one stood. Of
 * the legs of a list that one counts which was refused. `ours` are about to be sent, and say nothing yet.
 */
export async function lastRefusal(
  positionId: string,
  purposes: OrderPurpose[],
  ours: string[] = [],
  db: Queryable = pgPool(),
): Promise<EpochMs | null> {
  const { rows } = await db.query<{ refused_at: Date | null }>(
    `SELECT CASE WHEN status IN ('REJECTED', 'DENIED') THEN closed_at END AS refused_at FROM trades
     WHERE position_id = $1 AND purpose = ANY($2) AND client_order_id <> ALL($3)
     ORDER BY created_at DESC, refused_at DESC NULLS LAST LIMIT 1`,
    [positionId, purposes, ours],
  )
  return rows[0]?.refused_at?.getTime() ?? null
}

/**
 * True while an order of the position is known to have executed more than what is recorded as fills: the position is then
 * behind the exchange, and nothing may be decided from it.
 */
export async function isBehind(positionId: string, db: Queryable = pgPool()): Promise<boolean> {
  const { rows } = await db.query<{ behind: boolean }>(
    `SELECT coalesce((SELECT sum(filled_quantity) FROM trades WHERE position_id = $1), 0)
       > coalesce((SELECT sum(quantity) FROM fills WHERE position_id = $1), 0) AS behind`,
    [positionId],
  )
  return rows[0]?.behind ?? false
}

/** True when a live order of the position is none of `ours`. */
export async function hasOtherLive(tx: Queryable, positionId: string, ours: string[]): Promise<boolean> {
  const { rows } = await tx.query<{ other: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM trades WHERE position_id = $1 AND status IN ${LIVE} AND client_order_id <> ALL($2)) AS other`,
    [positionId, ours],
  )
  return rows[0]?.other ?? false
}

/**
 * True when what is held in a position may be about to change by an order that is none of `ours`, or another protects it. What
 * rests at the exchange, or is kept here, is no such order.
 */
export async function hasOtherUnderWay(tx: Queryable, positionId: string, ours: string[]): Promise<boolean> {
  const { rows } = await tx.query<{ other: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM trades WHERE position_id = $1 AND status IN ${LIVE} AND client_order_id <> ALL($2)
       AND (purpose IN ('STOP_LOSS', 'TAKE_PROFIT') OR status IN ${statusList(IN_FLIGHT_STATUSES)}
         OR status = 'INITIALIZED' AND (NOT is_emulated OR released_at IS NOT NULL))) AS other`,
    [positionId, ours],
  )
  return rows[0]?.other ?? false
}

/** Writes what each order of a position realized, in place of what was written before. */
export async function setRealizedPnl(
  tx: Queryable,
  positionId: string,
  realized: ReadonlyMap<string, Amount>,
): Promise<void> {
  await tx.query(
    `UPDATE trades t SET realized_pnl = n.pnl
     FROM (SELECT o.client_order_id AS id, u.pnl FROM trades o LEFT JOIN unnest($2::text[], $3::numeric[]) AS u(id, pnl)
             ON u.id = o.client_order_id WHERE o.position_id = $1) AS n
     WHERE t.client_order_id = n.id AND t.realized_pnl IS DISTINCT FROM n.pnl`,
    [positionId, [...realized.keys()], [...realized.values()].map(toWire)],
  )
}
