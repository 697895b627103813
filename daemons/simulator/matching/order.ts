import type { Amount } from '@/lib/domain/money/decimal'
import type { OrderSide, OrderType, TimeInForce } from '@/lib/domain/order/order'
import type { OrderStatus } from '@/lib/domain/order/status'

/** What the matching engine is asked to do. Exactly one of `quantity` and `quoteQuantity` (market orders only). */
export interface OrderCommand {
  symbol: string
  side: OrderSide
  type: Exclude<OrderType, 'TRAILING_STOP'>
  clientOrderId: string
  quantity: Amount | null
  quoteQuantity: Amount | null
  limitPrice: Amount | null
  stopPrice: Amount | null
  /** Distance of a trailing trigger from the best price seen, in basis points. */
  trailingDelta: number | null
  timeInForce: TimeInForce
  isPostOnly: boolean
  /** Accepted and ended at once, not refused, when as a maker it would take (Bitget). */
  isEndedWhenTaking?: boolean
  /** Holds no funds while its trigger waits; without enough of them when it fires, it ends (Bitget's plan orders). */
  isUnfunded?: boolean
  /** Fields that the exchange only echoes (strategyId and the like). */
  echo: Record<string, string>
}

/** Statuses that an order of the paper exchange can have. */
export type RestingStatus = Extract<
  OrderStatus,
  'ACCEPTED' | 'TRIGGERED' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED'
>

export interface Order extends Omit<OrderCommand, 'quantity'> {
  id: number
  accountId: number
  listId: number | null
  quantity: Amount
  filledQuantity: Amount
  filledQuoteQuantity: Amount
  status: RestingStatus
  /** On the book (or executing); false for a trigger that waits. */
  isWorking: boolean
  /** Price that the funds of a purchase are held at: its limit, else its trigger. */
  reservePrice: Amount
  /** Best price seen by a trailing trigger since it became active. */
  trailingPeak: Amount | null
  createdTime: number
  updatedTime: number
  workingTime: number | null
}

/** What of an open order may be changed in place. */
export type OrderChange = Partial<Pick<Order, 'quantity' | 'quoteQuantity' | 'limitPrice' | 'stopPrice' | 'type'>>

export const isOpen = (order: Order): boolean =>
  order.status === 'ACCEPTED' || order.status === 'TRIGGERED' || order.status === 'PARTIALLY_FILLED'

export const remainingOf = (order: Order): Amount => order.quantity.minus(order.filledQuantity)

export const isConditional = (type: OrderCommand['type']): boolean => type !== 'MARKET' && type !== 'LIMIT'

export const hasLimit = (type: OrderCommand['type']): boolean =>
  type === 'LIMIT' || type === 'STOP_LIMIT' || type === 'TAKE_PROFIT_LIMIT'

/** Two orders of which one ends the other. */
export interface OrderList {
  id: number
  accountId: number
  symbol: string
  clientListId: string
  orderIds: [number, number]
  isDone: boolean
  createdTime: number
}

/** One execution of an account's order. */
export interface Execution {
  id: number
  accountId: number
  orderId: number
  listId: number | null
  symbol: string
  side: OrderSide
  price: Amount
  quantity: Amount
  quoteQuantity: Amount
  fee: Amount
  feeAsset: string
  isMaker: boolean
  time: number
}
