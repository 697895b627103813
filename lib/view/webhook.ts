import { z } from 'zod'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { OrderPurpose } from '@/lib/domain/order/order'
import type { OrderRowView } from '@/lib/view/run'

export const WEBHOOK_STATUSES = [
  'RECEIVED',
  'PROCESSING',
  'EXECUTED',
  'IGNORED',
  'LATE',
  'DUPLICATE',
  'FAILED',
  'UNREADABLE',
  'MISSED',
] as const
export type WebhookStatusView = (typeof WEBHOOK_STATUSES)[number]

const WEBHOOK_ACTIONS = [
  'BUY_MARKET',
  'SELL_MARKET',
  'BUY_LIMIT',
  'SELL_LIMIT',
  'UPDATE_EXITS',
  'PING',
  'MISSED',
] as const
type WebhookActionView = (typeof WEBHOOK_ACTIONS)[number]

/** A row of the journal. Amounts are plain decimal strings. */
export interface WebhookRowView {
  id: string
  status: WebhookStatusView
  receivedAt: EpochMs
  /** When the alert was due: of one that never came, and of those whose source is audited. */
  dueAt: EpochMs | null
  processedAt: EpochMs | null
  /** The exchange account that took it, else the exchange named in the message. */
  exchange: string | null
  symbol: string | null
  action: WebhookActionView | null
  /** The action's own word. */
  actionText: string | null
  sizePercent: string | null
  price: string | null
  stopLossPrice: string | null
  takeProfitPrice: string | null
  source: string | null
  interval: string | null
  barTime: EpochMs | null
  reason: string | null
  orderCount: number
  /** Every field of the message, as it came. */
  fields: [name: string, value: string][]
}

export interface WebhookJournalView {
  rows: WebhookRowView[]
  /** Ask for what is older with `before` set to this; null when there is nothing older. */
  next: string | null
}

const id = z.string().regex(/^\d{1,18}$/)

/** The query of `/api/webhooks/history`. */
export const historyQuery = z.strictObject({
  status: z.enum(WEBHOOK_STATUSES).optional(),
  action: z.enum(WEBHOOK_ACTIONS).optional(),
  source: z.string().max(500).optional(),
  symbol: z.string().max(60).optional(),
  /** Only rows older than this one. */
  before: id.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type HistoryQuery = z.infer<typeof historyQuery>

/** The query of `/api/webhooks/stats`. */
export const statsQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(3660).default(30) })

/** The query of `/api/webhooks/positions`. */
export const positionsQuery = z.strictObject({
  brokerId: z.uuid().optional(),
  symbol: z.string().max(60).optional(),
})
export type PositionsQuery = z.infer<typeof positionsQuery>

/** The id of a webhook; null for anything else. */
export const webhookIdOf = (text: string): bigint | null => (id.safeParse(text).success ? BigInt(text) : null)

/** An indicator on a market and an interval, for an account, and how many of its alerts never came. */
export interface SourceView {
  id: string
  name: string
  symbol: string
  interval: string
  /** The number of the account that its alerts name; null where they name none. */
  brokerNumber: number | null
  came: number
  missed: number
  /** 0 to 1. */
  lossRate: number
  missedInRow: number
  lastReceivedAt: EpochMs
  isMuted: boolean
  /** Silent for so long that it counts as switched off. */
  isPaused: boolean
}

export interface WebhookStatsView {
  from: EpochMs
  to: EpochMs
  total: number
  byStatus: Partial<Record<WebhookStatusView, number>>
  byAction: Partial<Record<WebhookActionView | 'UNKNOWN', number>>
  /** From the arrival to the decision, half and 99 of 100 within; null when none was decided. */
  handledMs: { p50: number; p99: number } | null
  sources: SourceView[]
}

/** A stop or target that stands. */
export interface StandingExit {
  clientOrderId: string
  purpose: Extract<OrderPurpose, 'STOP_LOSS' | 'TAKE_PROFIT'>
  price: string | null
  quantity: string | null
}

/** The trade in progress of one account and market: from the first purchase after a full sale. */
export interface TradeView {
  positionId: string
  brokerId: string
  brokerName: string
  environment: 'LIVE' | 'TESTNET' | 'PAPER'
  symbol: string
  baseAsset: string
  quoteAsset: string
  priceDecimals: number
  quantityDecimals: number
  /** Null while nothing is held: orders wait. */
  openedAt: EpochMs | null
  quantity: string
  averageEntryPrice: string
  cost: string
  currentPrice: string | null
  /** Of the sales since `openedAt`. */
  realizedPnl: string
  exits: StandingExit[]
  /** Newest first. */
  orders: OrderRowView[]
}

const FIELDS_SHOWN = 60
const FIELD_LENGTH = 300

/** The fields of a message as short texts; what is too long ends in an ellipsis. */
export function fieldsOf(payload: unknown): [name: string, value: string][] {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return []
  return Object.entries(payload as Record<string, unknown>)
    .slice(0, FIELDS_SHOWN)
    .map(([name, value]) => [short(name), short(typeof value === 'string' ? value : JSON.stringify(value))])
}

const short = (text: string): string => (text.length > FIELD_LENGTH ? `${text.slice(0, FIELD_LENGTH)}…` : text)

/** How a row of the journal reads at a glance. */
export function toneOf(status: WebhookStatusView): 'good' | 'bad' | 'missed' | 'waiting' | 'quiet' {
  if (status === 'MISSED') return 'missed'
  if (status === 'EXECUTED') return 'good'
  if (status === 'FAILED' || status === 'UNREADABLE') return 'bad'
  return status === 'RECEIVED' || status === 'PROCESSING' ? 'waiting' : 'quiet'
}
