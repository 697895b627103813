import { z } from 'zod'

/** What a channel can be told of; each has a switch. */
export const ALERT_KINDS = [
  'FILL',
  'ORDER_FAILED',
  'UNPROTECTED',
  'WEBHOOK_FAILED',
  'WEBHOOK_MISSED',
  'WEBHOOK_SILENT',
  'WEBHOOK_FLOOD',
  'STRATEGY_FAILED',
  'BALANCE',
  'BROKER',
  'PROCESS',
  'MARKET',
  'NOTIFIER',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

export const isAlertKind = (text: string): text is AlertKind => (ALERT_KINDS as readonly string[]).includes(text)

/** What goes first where there is no room for all: 0 is the gravest. */
export const GRAVITY: Record<AlertKind, number> = {
  UNPROTECTED: 0,
  PROCESS: 1,
  BROKER: 1,
  NOTIFIER: 1,
  MARKET: 1,
  BALANCE: 2,
  ORDER_FAILED: 2,
  STRATEGY_FAILED: 2,
  WEBHOOK_SILENT: 2,
  WEBHOOK_FLOOD: 2,
  WEBHOOK_FAILED: 3,
  WEBHOOK_MISSED: 3,
  FILL: 4,
}

export const ALERT_SERVICES = ['DISCORD', 'TELEGRAM'] as const
export type AlertService = (typeof ALERT_SERVICES)[number]

/** Why a channel is switched off until its user has done something about it. */
export const BROKEN_CODES = ['UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND', 'REFUSED', 'UNSEALABLE'] as const
export type BrokenCode = (typeof BROKEN_CODES)[number]

const text = z.string()
const maybe = z.string().nullish()
const amount = z.string().regex(/^-?\d+(\.\d+)?$/)
const side = z.enum(['BUY', 'SELL'])

const order = {
  clientOrderId: text,
  broker: text,
  symbol: text,
  side,
  type: text,
  purpose: text,
  source: text,
  /** Name of the strategy, or of the indicator whose alert asked for it. */
  origin: maybe,
}
const webhook = { source: maybe, symbol: maybe, interval: maybe }
/** With the number of the account that its alerts name. */
const source = { ...webhook, brokerNumber: z.number().nullish() }

/** What is kept of each kind, for its text. Amounts are plain decimals. */
export const ALERT_DETAILS = {
  FILL: z.object({
    ...order,
    quantity: amount,
    quoteQuantity: amount,
    isComplete: z.boolean(),
    /** Of the whole order so far; null for one that realizes nothing. */
    realizedPnl: amount.nullish(),
  }),
  ORDER_FAILED: z.object({ ...order, status: text, quantity: amount.nullish(), code: maybe, reason: maybe }),
  /** Without `clientOrderId`: nothing could be placed. */
  UNPROTECTED: z.object({
    broker: text,
    symbol: text,
    purpose: maybe,
    source: text,
    origin: maybe,
    code: maybe,
    reason: maybe,
  }),
  WEBHOOK_FAILED: z.object({ ...webhook, action: maybe, status: text, reason: maybe }),
  WEBHOOK_MISSED: z.object({ ...source, dueAt: z.number() }),
  WEBHOOK_SILENT: z.object({ ...source, inRow: z.number() }),
  WEBHOOK_FLOOD: z.object({}),
  STRATEGY_FAILED: z.object({ strategy: text, broker: text, symbol: text, timeframe: text, reason: text }),
  /** `differences`: what nothing explains, asset by asset. */
  BALANCE: z.object({ broker: text, differences: text }),
  BROKER: z.object({ broker: text, isBack: z.boolean(), reason: maybe, forSeconds: z.number().nullish() }),
  PROCESS: z.object({ name: text, state: z.enum(['DOWN', 'UP', 'RESTARTED']), forSeconds: z.number().nullish() }),
  MARKET: z.object({ code: text, count: z.number().nullish(), symbols: maybe }),
  NOTIFIER: z.object({
    channel: text,
    service: z.enum(ALERT_SERVICES),
    state: z.enum(['BROKEN', 'STUCK']),
    code: maybe,
    reason: maybe,
  }),
} as const satisfies Record<AlertKind, z.ZodType>

export type AlertDetail<K extends AlertKind> = z.infer<(typeof ALERT_DETAILS)[K]>
