import type { Amount } from '@/lib/domain/money/decimal'
import { min } from '@/lib/domain/money/decimal'
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
  /** What of a limit order others see at a time. */
  icebergQuantity?: Amount | null
  /** End of its life, epoch ms (KuCoin's GTT). */
  expiresAt?: number | null
  /** Fields that the exchange only echoes (strategyId and the like). */
  echo: Record<string, string>
}

/** Statuses that an order of the paper exchange can have. */
export type RestingStatus = Extract<
  OrderStatus,
  'ACCEPTED' | 'TRIGGERED' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'REJECTED'
>

/** One reduction of an order that kept its place. */
interface Amendment {
  time: number
  originalId: string
  newId: string
  from: Amount
  to: Amount
}

export interface Order extends Omit<OrderCommand, 'quantity'> {
  id: number
  accountId: number
  listId: number | null
  quantity: Amount
  filledQuantity: Amount
  filledQuoteQuantity: Amount
  status: RestingStatus
  /** On the book (or executing); false for a trigger that waits, and for what is pending. */
  isWorking: boolean
  /** Waits for the first order of its list to be filled. */
  isPending: boolean
  /** One of two of which one ends the other. */
  isPaired: boolean
  icebergQuantity: Amount | null
  /** What is left of the part that an iceberg shows. */
  visibleQuantity: Amount | null
  /** Its place among the orders of its price: lower ones are served first. */
  queueNumber: number
  /** Locked for the orders that it pays for (OPO); null for all others. */
  proceeds: Amount | null
  amendments: Amendment[]
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

/** What one match may take of a resting order. */
export const offeredOf = (order: Order): Amount => min(order.visibleQuantity ?? order.quantity, remainingOf(order))

export const isConditional = (type: OrderCommand['type']): boolean => type !== 'MARKET' && type !== 'LIMIT'

export const hasLimit = (type: OrderCommand['type']): boolean =>
  type === 'LIMIT' || type === 'STOP_LIMIT' || type === 'TAKE_PROFIT_LIMIT'

/** An order and what follows it once it is filled: one order, or a pair of which one ends the other. */
export interface ListCommand {
  working: OrderCommand
  pending: OrderCommand[]
  clientListId: string
  /** What the first order brings in is what the others sell; they come without a quantity (OPO). */
  isPaidByWorking: boolean
}

/** OCO: two orders of which one ends the other. OTO: one order, then one more or a pair. */
export interface OrderList {
  id: number
  accountId: number
  symbol: string
  clientListId: string
  contingency: 'OCO' | 'OTO'
  orderIds: number[]
  /** The order that the others wait for; null in an OCO list. */
  workingId: number | null
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
