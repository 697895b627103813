import type { DecisionKindView, DecisionOutcomeView } from '@/lib/view/decision'
import type { OrderPurpose, OrderSide, OrderType } from '@/lib/domain/order/order'
import type { OrderStatus } from '@/lib/domain/order/status'
import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'

const RUN_STATES = ['ACTIVE', 'SCHEDULED', 'SUSPENDED', 'ENDED', 'STOPPED'] as const
export type RunState = (typeof RUN_STATES)[number]

/** The end date that « Stop » writes: a run that ended before this bot existed never starts again. */
export const STOPPED_AT: EpochMs = Date.UTC(2001, 0, 1)

export function runStateOf(run: { isActive: boolean; startsAt: EpochMs; endsAt: EpochMs }, now: EpochMs): RunState {
  if (run.endsAt <= STOPPED_AT) return 'STOPPED'
  if (run.endsAt <= now) return 'ENDED'
  if (!run.isActive) return 'SUSPENDED'
  return run.startsAt > now ? 'SCHEDULED' : 'ACTIVE'
}

export interface PositionView {
  quantity: string
  averageEntryPrice: string
  /** Quote cost of the quantity, buying fees included. */
  cost: string
  currentPrice: string | null
  stopLoss: string | null
  takeProfit: string | null
  openedAt: EpochMs | null
}

export interface OrderRowView {
  clientOrderId: string
  createdAt: EpochMs
  side: OrderSide
  type: OrderType
  purpose: OrderPurpose
  /** Asked for in the base asset; null when it was asked for in the quote asset. */
  quantity: string | null
  quoteQuantity: string | null
  filledQuantity: string
  /** The average price of its fills, else the price it waits for. */
  price: string | null
  status: OrderStatus
  /** The exchange has no such order: the engine keeps it, or kept it until it went out. */
  isEmulated: boolean
  realizedPnl: string | null
  error: string | null
}

interface DecisionView {
  kind: DecisionKindView | null
  outcome: DecisionOutcomeView
  reason: string
  error: string | null
  errorLine: number | null
  signaledAt: EpochMs
}

export interface RunView {
  id: string
  strategyName: string
  brokerName: string
  environment: 'LIVE' | 'TESTNET' | 'PAPER'
  /** The price stream on screen is this broker's own market. */
  isStreamed: boolean
  symbol: string
  baseAsset: string
  quoteAsset: string
  priceDecimals: number
  quantityDecimals: number
  timeframe: Timeframe
  startsAt: EpochMs
  endsAt: EpochMs
  state: RunState
  exitRequestedAt: EpochMs | null
  /** Null while nothing is held. */
  position: PositionView | null
  realizedPnl: string
  closedTrips: number
  orders: OrderRowView[]
  lastDecision: DecisionView | null
  lastError: { text: string; at: EpochMs | null } | null
}

/** Over, and nothing left in hand. */
export const isFinished = (run: RunView): boolean =>
  (run.state === 'STOPPED' || run.state === 'ENDED') && run.position === null

/** Those with a position first, then by state as listed above; otherwise the order given stays. */
export function sortRuns(runs: RunView[]): RunView[] {
  const rankOf = (run: RunView) => (run.position === null ? 1 + RUN_STATES.indexOf(run.state) : 0)
  return runs.toSorted((a, b) => rankOf(a) - rankOf(b))
}
