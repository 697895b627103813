import type { Order } from '../matching/order'

// Bitget's ids are numbers of nineteen digits. Orders, plan orders and executions are numbered apart; an order that a plan
// order placed has an id and a client id of its own.

const ORDERS = 1_300_000_000_000_000_000n
const PLANS = 1_400_000_000_000_000_000n
const TRADES = 1_500_000_000_000_000_000n
const SYSTEM_CLIENT_IDS = 1_600_000_000_000_000_000n

const decode = (text: string, base: bigint): number | undefined => {
  if (!/^\d{1,19}$/.test(text)) return undefined
  const id = BigInt(text) - base
  return id > 0n && id < 1_000_000_000_000n ? Number(id) : undefined
}

export const orderIdOf = (id: number): string => (ORDERS + BigInt(id)).toString()
export const planIdOf = (id: number): string => (PLANS + BigInt(id)).toString()
export const tradeIdOf = (id: number): string => (TRADES + BigInt(id)).toString()
export const readOrderId = (text: string): number | undefined => decode(text, ORDERS)
export const readPlanId = (text: string): number | undefined => decode(text, PLANS)
export const readTradeId = (text: string): number | undefined => decode(text, TRADES)

/** Conditional orders of the plan endpoints (Classic) and the strategy endpoints (UTA). */
export const isPlan = (order: Order): boolean => order.echo['kind'] === 'plan'
/** Conditional orders of the order endpoint (`tpslType`), also those of an entry's preset prices. */
export const isTpsl = (order: Order): boolean => order.echo['kind'] === 'tpsl'

/** Where a plan order is in its own life, which ends with the order that it places. */
export function planStatusOf(order: Order): 'live' | 'executed' | 'fail_execute' | 'cancelled' {
  if (order.workingTime !== null)
    return order.status === 'EXPIRED' && order.filledQuantity.isZero() ? 'fail_execute' : 'executed'
  return order.status === 'CANCELED' ? 'cancelled' : 'live'
}

/** Whether it shows among the plain orders: a plan order does from its firing on, under another id. */
export const isPlain = (order: Order): boolean => !isPlan(order) || planStatusOf(order) === 'executed'
/** When it came into being as a plain order. */
export const createdTimeOf = (order: Order): number =>
  isPlan(order) ? (order.workingTime ?? order.createdTime) : order.createdTime
/** The client id that it shows under as a plain order. */
export const clientOidOf = (order: Order): string =>
  isPlan(order) ? (SYSTEM_CLIENT_IDS + BigInt(order.id)).toString() : order.clientOrderId
