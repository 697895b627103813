import { KNOWN_FUNDS_JSON, type KnownFundsJson, knownFundsOf } from '@/lib/db/account-funds-repository'
import { INSTRUMENT_JSON, instrumentOf, type InstrumentRow } from '@/lib/db/instrument-repository'
import { orderPool, pgPool } from '@/lib/db/pool'
import { statusList } from '@/lib/db/status-list'
import type { Queryable } from '@/lib/db/transaction'
import type { Balance } from '@/lib/domain/account/balance'
import type { TradingType } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { LIVE_STATUSES } from '@/lib/domain/order/status'
import type { WebhookAlert } from '@/lib/domain/signal/webhook-alert'

export type WebhookStatus =
  | 'RECEIVED'
  | 'PROCESSING'
  | 'EXECUTED'
  | 'IGNORED'
  | 'LATE'
  | 'DUPLICATE'
  | 'FAILED'
  | 'UNREADABLE'
  | 'MISSED'

export type WebhookAction = NonNullable<WebhookAlert['action']> | 'MISSED'

/** PostgreSQL text holds no NUL. */
export const clean = (text: string): string => text.replaceAll('\u0000', '\uFFFD')

export interface WaitingWebhook {
  id: string
  userId: string
  userName: string
  rawBody: string
  receivedAt: EpochMs
  /**
   * An earlier alert of another kind waits, its order has no answer yet, or stop and target are being exchanged for it: what this
   * one may use is not known before.
   */
  mustWait: boolean
  /** Earlier alerts of its line that waited or were worked on at this look, the first ones: their orders are not seen in it. */
  before: string[]
  /** The exchange accounts of its user. */
  brokers: WebhookBroker[]
}

/** An exchange account, with what is known there of the webhook's market. */
export interface WebhookBroker {
  id: string
  name: string
  publicNumber: number
  tradingType: TradingType
  isActive: boolean
  /** Orders of earlier webhooks have no answer of the exchange yet. */
  isBusy: boolean
  /** What the account holds, when that is known for certain without asking the exchange. */
  funds: Balance[] | null
  /** A stop or a target of that position is live, or about to be. */
  isProtected: boolean
  /** Null where the exchange does not list it. */
  instrument: Instrument | null
  /** The position of the account's own sources (all but its runs); null before the first order there. */
  positionId: string | null
}

type BrokerJson = Omit<WebhookBroker, 'instrument' | 'funds' | 'isBusy'> & {
  /** The first webhook whose order has no answer yet. */
  busySince: string | null
  instrument: InstrumentRow | null
  funds: KnownFundsJson
}

/**
 * True of an order `t` of a webhook that still changes what its account holds: one that has no answer yet, or a market order
 * that the exchange has accepted and not executed whole. An order that the engine keeps changes nothing before its release.
 */
const IS_UNDER_WAY = `(t.status IN ('INITIALIZED', 'SUBMITTED', 'ACCEPTED', 'PARTIALLY_FILLED')
  AND (t.type = 'MARKET' OR t.status IN ('INITIALIZED', 'SUBMITTED')) AND (NOT t.is_emulated OR t.released_at IS NOT NULL))`

/** What is being done for longer than this waits for its exchange: those behind it do not wait along. */
const AT_WORK_FOR = "interval '60 seconds'"

/**
 * True of a webhook `o` that `w` waits for when it stands behind it. Those of one account are worked off in the order of their
 * arrival (WH-2); those of which nobody knows the account lead to no order, and are a line of their own.
 */
export const IS_IN_LINE = `(o.line_id = w.line_id AND o.id < w.id
  AND o.status IN ('RECEIVED', 'PROCESSING') AND (o.status = 'RECEIVED' OR o.status = 'PROCESSING' AND o.processed_at > now() - ${AT_WORK_FOR}))`

/** What another process is still writing are the first ones of a line, and far fewer than these. */
const MOST_BEFORE = 500

type WaitingRow = Omit<WaitingWebhook, 'receivedAt' | 'brokers'> & { receivedAt: Date; brokers: BrokerJson[] | null }

/** Those of the webhooks that nobody has taken yet, each with all that is needed to decide about it. */
export async function readWaitingWebhooks(ids: string[], db: Queryable = orderPool()): Promise<WaitingWebhook[]> {
  const { rows } = await db.query<WaitingRow>(
    `WITH w AS (SELECT * FROM webhooks WHERE id = ANY($1::bigint[]) AND status = 'RECEIVED'),
     known AS (
       SELECT m.user_id, m.symbol, json_agg(json_build_object('id', b.id, 'name', b.name, 'publicNumber', b.public_number,
         'tradingType', b.trading_type, 'isActive', b.is_active, 'positionId', p.id,
         'busySince', (SELECT min(t.webhook_id)::text FROM trades t WHERE t.broker_id = b.id AND ${IS_UNDER_WAY}),
         'isProtected', p.wanted_exits IS NOT NULL OR EXISTS (SELECT 1 FROM trades t WHERE t.broker_id = b.id
           AND t.status IN ${statusList(LIVE_STATUSES)} AND t.position_id = p.id AND t.purpose IN ('STOP_LOSS', 'TAKE_PROFIT')),
         'funds', ${KNOWN_FUNDS_JSON},
         'instrument', CASE WHEN i.symbol IS NOT NULL THEN ${INSTRUMENT_JSON} END)) AS brokers
       FROM (SELECT DISTINCT user_id, symbol FROM w) m JOIN brokers b ON b.user_id = m.user_id
         LEFT JOIN exchange_symbols i ON i.broker_id = b.id AND i.symbol = m.symbol
         LEFT JOIN positions p ON p.broker_id = b.id AND p.symbol = m.symbol AND p.run_id IS NULL
       GROUP BY 1, 2)
     SELECT w.id, w.user_id AS "userId", u.name AS "userName", w.raw_body AS "rawBody", w.received_at AS "receivedAt",
       EXISTS (SELECT 1 FROM webhooks o WHERE ${IS_IN_LINE} AND (o.action IS DISTINCT FROM w.action OR o.status = 'PROCESSING'))
         OR EXISTS (SELECT 1 FROM brokers b JOIN trades t ON t.broker_id = b.id AND ${IS_UNDER_WAY}
           JOIN webhooks o ON o.id = t.webhook_id AND o.id < w.id AND o.action IS DISTINCT FROM w.action
           WHERE b.user_id = w.user_id AND w.line_id IN (b.id, w.user_id))
         OR EXISTS (SELECT 1 FROM positions p JOIN webhooks o ON o.id = (p.wanted_exits->>'webhookId')::bigint
           AND o.id < w.id AND o.processed_at > now() - ${AT_WORK_FOR}
           WHERE p.broker_id = w.line_id AND p.symbol = w.symbol AND p.run_id IS NULL) AS "mustWait",
       ARRAY(SELECT o.id::text FROM webhooks o WHERE ${IS_IN_LINE} ORDER BY o.id LIMIT ${MOST_BEFORE}) AS before,
       known.brokers
     FROM w JOIN users u ON u.id = w.user_id
       LEFT JOIN known ON known.user_id = w.user_id AND known.symbol IS NOT DISTINCT FROM w.symbol`,
    [ids],
  )
  return rows.map((row) => ({
    ...row,
    receivedAt: row.receivedAt.getTime(),
    brokers: (row.brokers ?? []).map(({ instrument, funds, busySince, ...broker }) => ({
      ...broker,
      isBusy: busySince !== null && BigInt(busySince) < BigInt(row.id),
      funds: knownFundsOf(funds),
      instrument: instrument && instrumentOf(instrument),
    })),
  }))
}

export async function isWaiting(id: string): Promise<boolean> {
  const { rowCount } = await orderPool().query("SELECT 1 FROM webhooks WHERE id = $1 AND status = 'RECEIVED'", [id])
  return rowCount === 1
}

/** True of a webhook `w` that is next in its line: nobody took it, and none before it waits or is being worked on. */
const IS_NEXT = `w.status = 'RECEIVED' AND NOT EXISTS (SELECT 1 FROM webhooks o WHERE ${IS_IN_LINE})`

/** Takes a webhook for processing. False when it was taken before, needs none, or an earlier one of the user is not done. */
export async function claimWebhook(id: string): Promise<boolean> {
  const { rowCount } = await pgPool().query(
    `UPDATE webhooks w SET status = 'PROCESSING', processed_at = now() WHERE w.id = $1 AND ${IS_NEXT}`,
    [id],
  )
  return rowCount === 1
}

/**
 * Ends the processing of a webhook. One that was given up on and taken by another process meanwhile is left to that one
 * (false); only what was executed counts in any case, and throws when it was settled otherwise: then nothing may be executed.
 */
export async function settleWebhook(
  tx: Queryable,
  id: string,
  outcome: { status: WebhookStatus; reason?: string; brokerId?: string },
): Promise<boolean> {
  const isExecuted = outcome.status === 'EXECUTED'
  const { rowCount } = await tx.query(
    `UPDATE webhooks SET status = $2, reason = $3, broker_id = coalesce($4, broker_id), processed_at = now()
     WHERE id = $1 AND (status = 'PROCESSING' OR ($5 AND status = 'RECEIVED'))`,
    [
      id,
      outcome.status,
      outcome.reason === undefined ? null : clean(outcome.reason),
      outcome.brokerId ?? null,
      isExecuted,
    ],
  )
  if (isExecuted && rowCount === 0) throw new Error(`webhook ${id} was settled by another process`)
  return rowCount === 1
}

/** Writes the exchange's answer to the order of a webhook beside it; a refused order makes the webhook FAILED. */
export async function recordWebhookAnswer(
  tx: Queryable,
  id: string,
  answer: unknown,
  failure: string | null,
): Promise<void> {
  await tx.query(
    `UPDATE webhooks SET status_exchange_client = coalesce($2, status_exchange_client),
       status = CASE WHEN $3::text IS NULL THEN status ELSE 'FAILED' END, reason = coalesce($3, reason) WHERE id = $1`,
    [id, answer === undefined ? null : JSON.stringify(answer), failure],
  )
}

/** Says of a webhook that failed what was done about it, before the reason that it has, or is given. */
export async function explainFailure(tx: Queryable, id: string, explanation: string, reason?: string): Promise<void> {
  await tx.query(
    `UPDATE webhooks SET status = 'FAILED', reason = concat_ws(' ', $2::text, coalesce($3, reason)), processed_at = now()
     WHERE id = $1`,
    [id, explanation, reason === undefined ? null : clean(reason)],
  )
}

/** Which of these webhooks nobody has taken yet. */
export async function findUntakenWebhooks(ids: string[]): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>(
    "SELECT id FROM webhooks WHERE id = ANY($1::bigint[]) AND status = 'RECEIVED' ORDER BY id",
    [ids],
  )
  return rows.map((row) => row.id)
}

/** What a process claims, it decides within this. */
const DECIDED_WITHIN_MS = 10_000

/**
 * Gives back what a process claimed that died before it decided. What a position has noted is decided: it goes on from there,
 * however long its exchange takes.
 */
export async function releaseAbandoned(now: EpochMs): Promise<void> {
  await pgPool().query(
    `UPDATE webhooks w SET status = 'RECEIVED' WHERE status = 'PROCESSING' AND processed_at < $1
       AND NOT EXISTS (SELECT 1 FROM positions p WHERE p.user_id = w.user_id AND p.wanted_exits->>'webhookId' = w.id::text)`,
    [new Date(now - DECIDED_WITHIN_MS)],
  )
}

/** Lines in which a webhook waits that was received before then, or this one. */
export async function findLinesWaiting(which: { before: EpochMs } | { webhookId: string }): Promise<string[]> {
  const [condition, value] =
    'before' in which ? ['received_at < $1', new Date(which.before)] : ['id = $1', which.webhookId]
  const { rows } = await pgPool().query<{ line: string }>(
    `SELECT DISTINCT line_id AS line FROM webhooks WHERE status = 'RECEIVED' AND ${condition}`,
    [value],
  )
  return rows.map((row) => row.line)
}

/** The first in a line, when it waits since before then; null when it is being worked on. */
export async function findWaitingFirst(line: string, before: EpochMs): Promise<string | null> {
  const { rows } = await pgPool().query<{ id: string }>(
    `SELECT id::text FROM webhooks w WHERE line_id = $1 AND received_at < $2 AND ${IS_NEXT} LIMIT 1`,
    [line, new Date(before)],
  )
  return rows[0]?.id ?? null
}
