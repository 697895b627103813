import type { Amount } from '@/lib/domain/money/decimal'
import { ZERO } from '@/lib/domain/money/decimal'
import type { OrderSide } from '@/lib/domain/order/order'
import { roundToStep } from '@/lib/domain/money/rounding'
import type { Order } from './order'
import { remainingOf } from './order'

export interface Level {
  price: Amount
  quantity: Amount
}

/** The outside market as seen by the engine: what a taker finds, best level first. */
export interface MarketView {
  last: Amount
  /** Volume-weighted average of the last five minutes. */
  average: Amount
  bids: Level[]
  asks: Level[]
}

/** A piece of a taker's execution: against another account's resting order, or against the outside market. */
export interface Match {
  price: Amount
  quantity: Amount
  maker: Order | null
}

/** Is `price` at least as good for a taker of `side` as `limit`? */
export const isWithin = (side: OrderSide, price: Amount, limit: Amount | null): boolean =>
  limit === null || (side === 'BUY' ? price.lte(limit) : price.gte(limit))

const isBetter = (side: OrderSide, a: Amount, b: Amount): boolean => (side === 'BUY' ? a.lte(b) : a.gte(b))

/** Price-time priority of resting orders of one side: best price first, then the oldest. */
export const byPriority =
  (makerSide: OrderSide) =>
  (a: Order, b: Order): number => {
    const byPrice =
      a.limitPrice === null || b.limitPrice === null
        ? 0
        : makerSide === 'BUY'
          ? b.limitPrice.cmp(a.limitPrice)
          : a.limitPrice.cmp(b.limitPrice)
    return byPrice !== 0 ? byPrice : (a.workingTime ?? 0) - (b.workingTime ?? 0) || a.id - b.id
  }

export interface Appetite {
  side: OrderSide
  limit: Amount | null
  /** In the base asset, or null when `quote` says how much to spend or to earn. */
  quantity: Amount | null
  quote: Amount | null
  stepSize: Amount
}

/**
 * Walks the book best price first and says what would be executed, without executing it.
 * `makers` are resting orders of other accounts on the opposite side, in priority order.
 */
export function planMatches(appetite: Appetite, view: MarketView, makers: Order[]): Match[] {
  const { side, limit, stepSize } = appetite
  const levels = side === 'BUY' ? view.asks : view.bids
  const matches: Match[] = []
  let wanted = appetite.quantity ?? ZERO
  let budget = appetite.quote ?? ZERO
  let levelAt = 0
  let makerAt = 0
  for (;;) {
    const level = levels[levelAt]
    const maker = makers[makerAt]
    const makerPrice = maker?.limitPrice ?? null
    const takeMaker = makerPrice !== null && (level === undefined || isBetter(side, makerPrice, level.price))
    const price = takeMaker ? makerPrice : level?.price
    if (price === undefined || !isWithin(side, price, limit)) break
    const offered = takeMaker && maker !== undefined ? remainingOf(maker) : (level?.quantity ?? ZERO)
    if (takeMaker) makerAt += 1
    else levelAt += 1
    const asked = appetite.quote === null ? wanted : roundToStep(budget.div(price), stepSize)
    const quantity = asked.lt(offered) ? asked : offered
    if (quantity.lte(0)) break
    matches.push({ price, quantity, maker: takeMaker && maker !== undefined ? maker : null })
    if (appetite.quote === null) {
      wanted = wanted.minus(quantity)
      if (wanted.lte(0)) break
    } else {
      budget = budget.minus(price.times(quantity))
      if (asked.lte(offered)) break
    }
  }
  return matches
}

/** As much of a planned purchase as `funds` (quote asset) pay for. */
export function withinFunds(matches: Match[], funds: Amount, stepSize: Amount): Match[] {
  let left = funds
  const affordable: Match[] = []
  for (const match of matches) {
    const most = roundToStep(left.div(match.price), stepSize)
    const quantity = most.lt(match.quantity) ? most : match.quantity
    left = left.minus(match.price.times(quantity))
    if (quantity.gt(0)) affordable.push({ ...match, quantity })
  }
  return affordable
}
