import { z } from 'zod'
import { ERROR_CODES } from '@/lib/domain/errors/trading-error'
import { ORDER_STATUSES } from '@/lib/domain/order/status'
import { TIMEFRAMES } from '@/lib/domain/market/timeframe'

// Every live update a browser can receive, declared once. A daemon announces one on the topic `websockets` as
// `{ userId, event, payload }`; the sidecar parses the payload by this table and drops what does not fit, and the
// browser parses it again. Most carry ids only: the browser then reads the row anew, so a lost event is never a lost fact.

const epochMs = z.number().int().nonnegative()
const uuid = z.uuid()

export const LIVE_EVENTS = {
  /** A bar has closed and its signal went out. For everyone. */
  'heartbeat.signal': z.object({
    signalId: z.string(),
    symbol: z.string(),
    timeframe: z.enum(TIMEFRAMES),
    closeTime: epochMs,
    isLate: z.boolean(),
    isRecovered: z.boolean(),
    source: z.enum(['PRIMARY', 'SECONDARY']),
  }),
  /** Connection, coherence, market source or holes of the heartbeat changed. For everyone. */
  'heartbeat.status': z.object({}),
  /** A run was activated, suspended, stopped, decided something or failed. */
  'run.changed': z.object({ runId: uuid }),
  /** An order has a new status or new fills. */
  'order.changed': z.object({
    clientOrderId: z.string(),
    status: z.enum(ORDER_STATUSES),
    runId: uuid.nullish(),
  }),
  /** Quantity, cost, price or protection of a position changed. Without run it belongs to the account's other sources. */
  'position.changed': z.object({ positionId: uuid, runId: uuid.nullish() }),
  /** The pairs of a broker are being loaded: how far it is, and how it ended. Kept by nobody. */
  'markets.progress': z.discriminatedUnion('state', [
    z.object({ state: z.literal('LOADING'), brokerId: uuid, percent: z.number().int().min(0).max(100) }),
    z.object({ state: z.literal('LOADED'), brokerId: uuid, count: z.number().int().nonnegative() }),
    z.object({ state: z.literal('FAILED'), brokerId: uuid, code: z.enum(ERROR_CODES) }),
  ]),
  /** Something the status bar shows changed: a broker's pairs were loaded, its keys failed. */
  'status.changed': z.object({ brokerId: uuid.nullish() }),
  /** A reconciliation of a broker's balances ended. */
  'balances.checked': z.object({ brokerId: uuid, checkId: z.string() }),
  /** A webhook came in, or was dealt with. */
  'webhook.received': z.object({ webhookId: z.string(), status: z.string() }),
  /** A new alert. */
  'notice.created': z.object({ code: z.string() }),
} as const satisfies Record<string, z.ZodType>

export type LiveEventName = keyof typeof LIVE_EVENTS
export type LivePayload<E extends LiveEventName> = z.infer<(typeof LIVE_EVENTS)[E]>

export const isLiveEventName = (name: string): name is LiveEventName => Object.hasOwn(LIVE_EVENTS, name)
