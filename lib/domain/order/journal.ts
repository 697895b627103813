import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { Amount } from '@/lib/domain/money/decimal'
import type { AmendRequest, ExchangeOrder, OrderPurpose, OrderRequest, OrderSource } from '@/lib/domain/order/order'
import { isOpen, type OrderStatus } from '@/lib/domain/order/status'

/** What is written down before an order may be sent: the request, who asked, and what for. */
export interface OrderDraft extends OrderRequest {
  userId: string
  brokerId: string
  source: OrderSource
  purpose: OrderPurpose
  positionId: string
  runId?: string
  strategyId?: string
  decisionId?: string
  webhookId?: string
  groupId?: string
  correlationId?: string
  /** The exchange has no such order: the engine keeps it until its trigger is reached. */
  isEmulated?: boolean
  /** The order that this one takes the place of. */
  replacesId?: string
  /** Not sent after this time: a market order minutes late is another order. */
  sendBefore: EpochMs
}

/** A row of the journal. */
export interface JournaledOrder extends OrderDraft {
  status: OrderStatus
  exchangeOrderId?: string
  filledQuantity: Amount
  filledQuoteQuantity: Amount
  cancelRequestedAt?: EpochMs
  /** A change that was asked for and not begun yet. */
  changeRequested?: AmendRequest
  /** Of one that the engine keeps: best price since it trails, when its trigger was reached, when it was handed on for sending. */
  trailingPeak?: Amount
  triggeredAt?: EpochMs
  releasedAt?: EpochMs
  /** Why it failed, or could not be sent the last time. */
  errorCode?: string
  createdAt: EpochMs
  submittedAt?: EpochMs
  /** When the journal heard of its end. */
  closedAt?: EpochMs
}

/** By what an exchange tells of which order it speaks. */
export type OrderNames = Pick<ExchangeOrder, 'symbol' | 'exchangeOrderId' | 'clientOrderId'>

/**
 * Does an exchange speak of this order? Its own numbers are counted market by market. Our names are ours alone, while somebody
 * else may name one order after another the same: those are told apart by their numbers. A condition that fires may go on
 * under another number.
 */
export function isSpokenOf(order: JournaledOrder, names: OrderNames): boolean {
  if (order.symbol !== names.symbol) return false
  if (order.exchangeOrderId === names.exchangeOrderId) return true
  const isPlain = order.type === 'MARKET' || order.type === 'LIMIT'
  const keepsNumber = order.source === 'EXTERNAL' && isPlain && order.exchangeOrderId !== undefined
  return !keepsNumber && order.clientOrderId === names.clientOrderId
}

/**
 * Is an order of ours open at its exchange although the journal has its end? It was given up, or not shown for long. The
 * exchange's own ends are no doubt: what tells of the order as open is then older.
 */
export const isStray = ({ source, status }: JournaledOrder, report: Pick<ExchangeOrder, 'status'>): boolean =>
  source !== 'EXTERNAL' && (status === 'REJECTED' || status === 'CANCELED') && isOpen(report.status)

/** The stop or the target of a position. */
export const isProtective = (order: Pick<OrderDraft, 'purpose'>): boolean =>
  order.purpose === 'STOP_LOSS' || order.purpose === 'TAKE_PROFIT'
