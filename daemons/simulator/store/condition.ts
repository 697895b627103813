import type { Amount } from '@/lib/domain/money/decimal'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'
import type { OrderSide, TimeInForce } from '@/lib/domain/order/order'

/**
 * A conditional order that waits outside the books: nothing is held for it, and when its price is reached it becomes an
 * order with an id of its own.
 */
export interface Condition {
  id: number
  accountId: number
  /** Shared by two conditions of which one ends the other. */
  listId: number | null
  symbol: string
  side: OrderSide
  clientOrderId: string
  /** Fires when the price rises to `stopPrice`; else when it falls to it. */
  firesAbove: boolean
  stopPrice: Amount
  /** What it becomes: a limit order, or a market order when null. */
  limitPrice: Amount | null
  quantity: Amount | null
  quoteQuantity: Amount | null
  timeInForce: TimeInForce
  isPostOnly: boolean
  status: 'WAITING' | 'TRIGGERED' | 'CANCELED'
  /** The order that it became. */
  orderId: number | null
  createdTime: number
  updatedTime: number
  /** Fields that the exchange only echoes. */
  echo: Record<string, string>
}

const wire = (amount: Amount | null): string | null => (amount === null ? null : toWire(amount))

export const conditionToJson = (condition: Condition): string =>
  JSON.stringify({
    ...condition,
    stopPrice: toWire(condition.stopPrice),
    limitPrice: wire(condition.limitPrice),
    quantity: wire(condition.quantity),
    quoteQuantity: wire(condition.quoteQuantity),
  })

type Stored = Omit<Condition, 'stopPrice' | 'limitPrice' | 'quantity' | 'quoteQuantity'> & {
  stopPrice: string
  limitPrice: string | null
  quantity: string | null
  quoteQuantity: string | null
}

const amount = (text: string | null): Amount | null => (text === null ? null : parseDecimal(text))

/** The rows are our own writing: their shape needs no further check. */
export function conditionFromJson(text: string): Condition {
  const stored = JSON.parse(text) as Stored
  return {
    ...stored,
    stopPrice: parseDecimal(stored.stopPrice),
    limitPrice: amount(stored.limitPrice),
    quantity: amount(stored.quantity),
    quoteQuantity: amount(stored.quoteQuantity),
  }
}
