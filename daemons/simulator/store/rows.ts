import type { Amount } from '@/lib/domain/money/decimal'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'
import type { Execution, Order, OrderList } from '../matching/order'

type Stored<T> = {
  [K in keyof T]: T[K] extends Amount
    ? string
    : T[K] extends Amount | null
      ? string | null
      : T[K] extends (infer Item extends object)[]
        ? Stored<Item>[]
        : T[K]
}

type Later = keyof typeof ABSENT | 'isPaired'
/** What rows of earlier versions lack. */
const ABSENT = {
  isPending: false,
  icebergQuantity: null,
  visibleQuantity: null,
  queueNumber: 0,
  proceeds: null,
  amendments: [],
}

const wire = (amount: Amount | null): string | null => (amount === null ? null : toWire(amount))
const amount = (text: string | null): Amount | null => (text === null ? null : parseDecimal(text))

export function orderToJson(order: Order): string {
  const stored: Stored<Order> = {
    ...order,
    quantity: toWire(order.quantity),
    quoteQuantity: wire(order.quoteQuantity),
    limitPrice: wire(order.limitPrice),
    stopPrice: wire(order.stopPrice),
    filledQuantity: toWire(order.filledQuantity),
    filledQuoteQuantity: toWire(order.filledQuoteQuantity),
    reservePrice: toWire(order.reservePrice),
    trailingPeak: wire(order.trailingPeak),
    icebergQuantity: wire(order.icebergQuantity),
    visibleQuantity: wire(order.visibleQuantity),
    proceeds: wire(order.proceeds),
    amendments: order.amendments.map((amendment) => ({
      ...amendment,
      from: toWire(amendment.from),
      to: toWire(amendment.to),
    })),
  }
  return JSON.stringify(stored)
}

/** The rows are our own writing: their shape needs no further check. */
export function orderFromJson(text: string): Order {
  const row = JSON.parse(text) as Omit<Stored<Order>, Later> & Partial<Pick<Stored<Order>, Later>>
  const stored: Stored<Order> = { ...ABSENT, isPaired: row.listId !== null, ...row }
  return {
    ...stored,
    quantity: parseDecimal(stored.quantity),
    quoteQuantity: amount(stored.quoteQuantity),
    limitPrice: amount(stored.limitPrice),
    stopPrice: amount(stored.stopPrice),
    filledQuantity: parseDecimal(stored.filledQuantity),
    filledQuoteQuantity: parseDecimal(stored.filledQuoteQuantity),
    reservePrice: parseDecimal(stored.reservePrice),
    trailingPeak: amount(stored.trailingPeak),
    icebergQuantity: amount(stored.icebergQuantity),
    visibleQuantity: amount(stored.visibleQuantity),
    proceeds: amount(stored.proceeds),
    amendments: stored.amendments.map((amendment) => ({
      ...amendment,
      from: parseDecimal(amendment.from),
      to: parseDecimal(amendment.to),
    })),
  }
}

export function executionToJson(execution: Execution): string {
  const stored: Stored<Execution> = {
    ...execution,
    price: toWire(execution.price),
    quantity: toWire(execution.quantity),
    quoteQuantity: toWire(execution.quoteQuantity),
    fee: toWire(execution.fee),
  }
  return JSON.stringify(stored)
}

export function executionFromJson(text: string): Execution {
  const stored = JSON.parse(text) as Stored<Execution>
  return {
    ...stored,
    price: parseDecimal(stored.price),
    quantity: parseDecimal(stored.quantity),
    quoteQuantity: parseDecimal(stored.quoteQuantity),
    fee: parseDecimal(stored.fee),
  }
}

export const listFromJson = (text: string): OrderList => {
  const row = JSON.parse(text) as Omit<OrderList, 'contingency' | 'workingId'> & Partial<OrderList>
  return { contingency: 'OCO', workingId: null, ...row }
}
