import { type Amount, fromInteger, max, min, ONE } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { OrderRequest } from '@/lib/domain/order/order'
import { isClosed } from '@/lib/domain/order/status'

// Orders that an exchange does not have, kept by us: a trigger is watched, and when the price reaches it the order goes out
// in a form that the exchange does have. They protect nothing while nobody watches.

const FULL = fromInteger(10_000)

/** Best price since a trailing stop trails: the highest for a sale, the lowest for a purchase. */
export function trailingPeakAt(order: JournaledOrder, price: Amount): Amount | undefined {
  const { trailingPeak, stopPrice, side } = order
  if (order.type !== 'TRAILING_STOP') return undefined
  if (trailingPeak !== undefined) return side === 'SELL' ? max(trailingPeak, price) : min(trailingPeak, price)
  // It trails at once, or from its activation price on.
  const isActive = stopPrice === undefined || (side === 'SELL' ? price.gte(stopPrice) : price.lte(stopPrice))
  return isActive ? price : undefined
}

/** The price at which a kept order goes out; undefined while it has none (a trailing stop that does not trail yet). */
export function triggerPriceOf(order: JournaledOrder): Amount | undefined {
  if (order.type !== 'TRAILING_STOP') return order.stopPrice
  if (order.trailingPeak === undefined || order.trailingDelta === undefined) return undefined
  const distance = fromInteger(order.trailingDelta).div(FULL)
  return order.trailingPeak.times(order.side === 'SELL' ? ONE.minus(distance) : ONE.plus(distance))
}

/** Whether the price has reached the trigger: a stop against the order's side, a take-profit in its favor. */
export function isTriggered(order: JournaledOrder, price: Amount): boolean {
  const trigger = triggerPriceOf(order)
  if (trigger === undefined) return false
  const isTakeProfit = order.type === 'TAKE_PROFIT_MARKET' || order.type === 'TAKE_PROFIT_LIMIT'
  const firesBelow = (order.side === 'SELL') !== isTakeProfit
  return firesBelow ? price.lte(trigger) : price.gte(trigger)
}

/** What is sent to the exchange for a journaled order: one whose trigger we watched goes out as what the trigger releases. */
export function sentForm(order: JournaledOrder): OrderRequest {
  if (order.triggeredAt === undefined) return order
  const { stopPrice: _, trailingDelta: __, ...rest } = order
  return { ...rest, type: order.limitPrice === undefined ? 'MARKET' : 'LIMIT' }
}

/** WATCH: compare the price with the trigger. CANCEL_OTHERS: what it may not execute beside has to go first. */
export type KeptStep = 'WAIT' | 'WATCH' | 'CANCEL_OTHERS' | 'RELEASE' | 'WITHDRAW'

/**
 * What is due of a kept order that belongs with others: one of a pair of which one cancels the other, or what an entry places
 * once it is filled. `others` are the orders of its group but itself.
 */
export function keptStepOf(order: JournaledOrder, kind: 'OCO' | 'OTO' | 'OTOCO', others: JournaledOrder[]): KeptStep {
  const entry = kind === 'OCO' ? undefined : others.find((other) => other.purpose === 'ENTRY')
  if (entry !== undefined && entry.status !== 'FILLED') return isClosed(entry.status) ? 'WITHDRAW' : 'WAIT'
  const siblings = others.filter((other) => other !== entry)
  if (siblings.some((other) => other.filledQuantity.gt(0))) return 'WITHDRAW'
  const isTriggeredNow = order.triggeredAt !== undefined
  // Gone without an execution: we had it canceled for this one, or somebody ended the pair.
  if (siblings.some((other) => isClosed(other.status) && !isTriggeredNow)) return 'WITHDRAW'
  if (siblings.some((other) => !isClosed(other.status) && other.triggeredAt !== undefined)) return 'WAIT'
  if (isTriggeredNow) return siblings.every((other) => isClosed(other.status)) ? 'RELEASE' : 'CANCEL_OTHERS'
  // The exchange cannot hold two orders for the same funds: the stop rests there, the target is watched here.
  const isWatched = order.type === 'TRAILING_STOP' || (order.purpose === 'TAKE_PROFIT' && siblings.length > 0)
  return entry !== undefined && !isWatched ? 'RELEASE' : 'WATCH'
}
