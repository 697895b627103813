import type { Amount } from '@/lib/domain/money/decimal'
import { fromInteger, ONE } from '@/lib/domain/money/decimal'
import type { OrderSide } from '@/lib/domain/order/order'
import type { Order, OrderCommand } from './order'

const isStop = (type: OrderCommand['type']): boolean => type === 'STOP_MARKET' || type === 'STOP_LIMIT'

/** Does the trigger fire when the price rises (stop of a purchase, target of a sale) or when it falls? */
const firesAbove = (type: OrderCommand['type'], side: OrderSide): boolean => isStop(type) === (side === 'BUY')

const reaches = (above: boolean, price: Amount, stop: Amount): boolean => (above ? price.gte(stop) : price.lte(stop))

/** Would a new trigger fire at once at the last price? Trailing ones never do. */
export const wouldFire = (command: OrderCommand, last: Amount): boolean =>
  command.stopPrice !== null &&
  command.trailingDelta === null &&
  reaches(firesAbove(command.type, command.side), last, command.stopPrice)

const BASIS_POINTS = fromInteger(10_000)

/** Trigger price of a trailing order at its present peak (or trough). */
function trailingStop(order: Order, peak: Amount, above: boolean): Amount {
  const share = fromInteger(order.trailingDelta ?? 0).div(BASIS_POINTS)
  return peak.times(above ? ONE.plus(share) : ONE.minus(share))
}

/**
 * Tells whether `price` fires a waiting trigger, and moves the peak of a trailing one. A trailing order with a stop
 * price starts to trail when that price is reached. Source: Binance's trailing stop FAQ.
 */
export function firesAt(order: Order, price: Amount): boolean {
  const above = firesAbove(order.type, order.side)
  if (order.trailingDelta === null) return order.stopPrice !== null && reaches(above, price, order.stopPrice)
  if (order.trailingPeak === null) {
    if (order.stopPrice === null || reaches(above, price, order.stopPrice)) order.trailingPeak = price
    return false
  }
  const isFurther = above ? price.lt(order.trailingPeak) : price.gt(order.trailingPeak)
  if (isFurther) order.trailingPeak = price
  return reaches(above, price, trailingStop(order, order.trailingPeak, above))
}
