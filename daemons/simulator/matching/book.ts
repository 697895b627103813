import type { Amount } from '@/lib/domain/money/decimal'
import { ZERO } from '@/lib/domain/money/decimal'
import type { OrderSide } from '@/lib/domain/order/order'
import { roundToStep } from '@/lib/domain/money/rounding'
import type { Order } from './order'
import { offeredOf, remainingOf } from './order'

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

/** Price-time priority of resting orders of one side: best price first, then the one longest in the queue. */
export const byPriority =
  (makerSide: OrderSide) =>
  (a: Order, b: Order): number => {
    const byPrice =
      a.limitPrice === null || b.limitPrice === null
        ? 0
        : makerSide === 'BUY'
          ? b.limitPrice.cmp(a.limitPrice)
          : a.limitPrice.cmp(b.limitPrice)
    return byPrice !== 0 ? byPrice : a.queueNumber - b.queueNumber
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
  const queue = makers.map((maker) => ({ maker, offered: offeredOf(maker), hidden: hiddenOf(maker) }))
  for (;;) {
    const level = levels[levelAt]
    const next = queue[0]
    const maker = next?.maker
    const makerPrice = maker?.limitPrice ?? null
    const takeMaker = makerPrice !== null && (level === undefined || isBetter(side, makerPrice, level.price))
    const price = takeMaker ? makerPrice : level?.price
    if (price === undefined || !isWithin(side, price, limit)) break
    const offered = takeMaker && next !== undefined ? next.offered : (level?.quantity ?? ZERO)
    if (takeMaker) showNext(queue)
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

interface Queued {
  maker: Order
  offered: Amount
  hidden: Amount
}

const hiddenOf = (maker: Order): Amount => remainingOf(maker).minus(offeredOf(maker))

/** Takes the first order out of the queue; an iceberg comes back behind the others of its price with its next part. */
function showNext(queue: Queued[]): void {
  const first = queue.shift()
  if (first === undefined || first.hidden.lte(0)) return
  const { maker } = first
  const part = maker.icebergQuantity ?? first.hidden
  const offered = part.lt(first.hidden) ? part : first.hidden
  const price = maker.limitPrice
  let at = 0
  while (price !== null && queue[at]?.maker.limitPrice?.eq(price) === true) at += 1
  queue.splice(at, 0, { maker, offered, hidden: first.hidden.minus(offered) })
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
