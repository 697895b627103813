import { parseDecimal, toWire } from '@/lib/domain/money/decimal'

export interface UnrealizedPnl {
  /** In the quote asset, buying fees included. */
  amount: string
  /** Of the cost; null when there is none. */
  ratio: string | null
}

/** What a holding would gain or lose, sold at this price; null while no price is known. */
export function unrealizedPnl(held: { quantity: string; cost: string }, price: string | null): UnrealizedPnl | null {
  if (price === null) return null
  const cost = parseDecimal(held.cost)
  const gain = parseDecimal(held.quantity).times(parseDecimal(price)).minus(cost)
  return { amount: toWire(gain), ratio: cost.isZero() ? null : toWire(gain.div(cost).toDecimalPlaces(8)) }
}
