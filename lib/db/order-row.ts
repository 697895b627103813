import { type Amount, parseDecimal } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type {
  AmendRequest,
  OrderPurpose,
  OrderSide,
  OrderSource,
  OrderType,
  TimeInForce,
} from '@/lib/domain/order/order'
import type { OrderStatus } from '@/lib/domain/order/status'

/** A row of `trades` as PostgreSQL hands it over: numerics as text, bigints as text. */
export interface OrderRow {
  client_order_id: string
  user_id: string
  broker_id: string
  source: OrderSource
  purpose: OrderPurpose
  run_id: string | null
  strategy_id: string | null
  decision_id: string | null
  webhook_id: string | null
  group_id: string | null
  position_id: string | null
  exchange_order_id: string | null
  symbol: string
  side: OrderSide
  type: OrderType
  quantity: string | null
  quote_quantity: string | null
  limit_price: string | null
  stop_price: string | null
  time_in_force: TimeInForce | null
  is_post_only: boolean
  native_params: Record<string, string> | null
  status: OrderStatus
  filled_quantity: string
  filled_quote_quantity: string
  cancel_requested_at: Date | null
  trailing_delta: number | null
  is_emulated: boolean
  trailing_peak: string | null
  triggered_at: Date | null
  released_at: Date | null
  replaces_id: string | null
  error_code: string | null
  change_requested: StoredChange | null
  correlation_id: string | null
  send_before: Date
  created_at: Date
  submitted_at: Date | null
  closed_at: Date | null
}

/** A change that was asked for, amounts as plain decimal strings. */
export type StoredChange = Partial<Record<keyof AmendRequest, string>>

const changeOf = (stored: StoredChange): AmendRequest => ({
  ...optional('quantity', amount(stored.quantity ?? null)),
  ...optional('limitPrice', amount(stored.limitPrice ?? null)),
  ...optional('stopPrice', amount(stored.stopPrice ?? null)),
})

const optional = <K extends string, T>(key: K, value: T | null): Partial<Record<K, T>> =>
  value === null ? {} : ({ [key]: value } as Record<K, T>)
const amount = (text: string | null): Amount | null => (text === null ? null : parseDecimal(text))

export function orderOf(row: OrderRow): JournaledOrder {
  return {
    clientOrderId: row.client_order_id,
    userId: row.user_id,
    brokerId: row.broker_id,
    source: row.source,
    purpose: row.purpose,
    positionId: row.position_id ?? '',
    symbol: row.symbol,
    side: row.side,
    type: row.type,
    isPostOnly: row.is_post_only,
    status: row.status,
    filledQuantity: parseDecimal(row.filled_quantity),
    filledQuoteQuantity: parseDecimal(row.filled_quote_quantity),
    sendBefore: row.send_before.getTime(),
    createdAt: row.created_at.getTime(),
    ...optional('runId', row.run_id),
    ...optional('strategyId', row.strategy_id),
    ...optional('decisionId', row.decision_id),
    ...optional('webhookId', row.webhook_id),
    ...optional('groupId', row.group_id),
    ...optional('correlationId', row.correlation_id),
    ...optional('exchangeOrderId', row.exchange_order_id),
    ...optional('quantity', amount(row.quantity)),
    ...optional('quoteQuantity', amount(row.quote_quantity)),
    ...optional('limitPrice', amount(row.limit_price)),
    ...optional('stopPrice', amount(row.stop_price)),
    ...optional('timeInForce', row.time_in_force),
    ...optional('nativeParams', row.native_params),
    ...optional('cancelRequestedAt', row.cancel_requested_at?.getTime() ?? null),
    ...optional('submittedAt', row.submitted_at?.getTime() ?? null),
    ...optional('closedAt', row.closed_at?.getTime() ?? null),
    ...(row.is_emulated ? { isEmulated: true } : {}),
    ...optional('trailingDelta', row.trailing_delta),
    ...optional('trailingPeak', amount(row.trailing_peak)),
    ...optional('triggeredAt', row.triggered_at?.getTime() ?? null),
    ...optional('releasedAt', row.released_at?.getTime() ?? null),
    ...optional('replacesId', row.replaces_id),
    ...optional('errorCode', row.error_code),
    ...optional('changeRequested', row.change_requested && changeOf(row.change_requested)),
  }
}
