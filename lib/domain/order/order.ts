import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { Amount } from '@/lib/domain/money/decimal'
import type { OrderStatus } from '@/lib/domain/order/status'

export const ORDER_SIDES = ['BUY', 'SELL'] as const
export type OrderSide = (typeof ORDER_SIDES)[number]

export const ORDER_TYPES = [
  'MARKET',
  'LIMIT',
  'STOP_MARKET',
  'STOP_LIMIT',
  'TAKE_PROFIT_MARKET',
  'TAKE_PROFIT_LIMIT',
  'TRAILING_STOP',
] as const
export type OrderType = (typeof ORDER_TYPES)[number]

export const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK'] as const
export type TimeInForce = (typeof TIMES_IN_FORCE)[number]

/** Who asked for it. */
export type OrderSource = 'MANUAL' | 'STRATEGY' | 'WEBHOOK' | 'EXTERNAL'

/** What it is for in the life of a position. */
export type OrderPurpose = 'ENTRY' | 'EXIT' | 'STOP_LOSS' | 'TAKE_PROFIT' | 'OTHER'

/** An order as it is asked for. Exactly one of `quantity` (base asset) and `quoteQuantity` (quote asset, market orders only). */
export interface OrderRequest {
  clientOrderId: string
  symbol: string
  side: OrderSide
  type: OrderType
  quantity?: Amount
  quoteQuantity?: Amount
  limitPrice?: Amount
  /** Price that triggers a conditional order. For a trailing stop: the price from which it trails, at once when absent. */
  stopPrice?: Amount
  /** Distance of a trailing stop from the best price since it trails, in basis points (100 is 1 %). */
  trailingDelta?: number
  timeInForce?: TimeInForce
  isPostOnly?: boolean
  /** Handed to the exchange's order endpoint as they are. */
  nativeParams?: Record<string, string>
}

/** Two orders of which one cancels the other: a take-profit above the market and a stop below it, or the mirror. */
export interface OcoRequest {
  /** Client id of the list. */
  clientOrderListId: string
  symbol: string
  side: OrderSide
  quantity: Amount
  takeProfit: { clientOrderId: string; limitPrice: Amount }
  stopLoss: { clientOrderId: string; stopPrice: Amount; limitPrice?: Amount }
}

/** What an order places once it is completely filled: one order, or a pair of which one cancels the other. */
export interface OtoRequest {
  /** Client id of the list. */
  clientOrderListId: string
  /** The order that works at once: a limit order. */
  working: OrderRequest
  /** On the same symbol. */
  pending: OrderRequest | Pick<OcoRequest, 'side' | 'quantity' | 'takeProfit' | 'stopLoss'>
}

/** A change of a resting order; what is absent stays as it is. */
export interface AmendRequest {
  quantity?: Amount
  limitPrice?: Amount
  stopPrice?: Amount
}

/** One execution at the exchange. */
export interface Fill {
  exchangeTradeId: string
  exchangeOrderId: string
  symbol: string
  side: OrderSide
  price: Amount
  quantity: Amount
  quoteQuantity: Amount
  fee: Amount
  feeAsset: string
  liquidity: 'MAKER' | 'TAKER'
  tradeTime: EpochMs
}

/** An order as the exchange reports it. */
export interface ExchangeOrder {
  clientOrderId: string
  exchangeOrderId: string
  /** Exchange's id of the list it belongs to, when it belongs to one. */
  exchangeListId?: string
  symbol: string
  side: OrderSide
  type: OrderType
  status: OrderStatus
  timeInForce?: TimeInForce
  quantity: Amount
  filledQuantity: Amount
  filledQuoteQuantity: Amount
  limitPrice?: Amount
  stopPrice?: Amount
  trailingDelta?: number
  createdTime: EpochMs
  updatedTime: EpochMs
  /** Executions, where the answer carries them. */
  fills?: Fill[]
  /** The exchange's own answer, whole. */
  native: unknown
}
