import type { ExchangeOrder } from '@/lib/domain/order/order'
import { isOurs } from '@/lib/exchanges/bitget/client-id'
import type { Plan } from '@/lib/exchanges/bitget/account-api'

/** How long before and after its firing the order of a plan may have been made, by the exchange's stamps. */
const BEFORE_MS = 2_000
const AFTER_MS = 30_000

/**
 * Id of the one plain order that a fired plan can have placed: same pair, side, kind, quantity and limit, made when the plan
 * fired. Null when there is none, or more than one: then it cannot be told.
 */
export function onlyMatch({ order: plan }: Plan, orders: ExchangeOrder[]): string | null {
  const isLimit = plan.limitPrice !== undefined
  const matches = new Set<string>()
  for (const order of orders) {
    if (order.symbol !== plan.symbol || order.side !== plan.side) continue
    // One that the bot placed itself has another client id of the bot's.
    if (order.clientOrderId !== plan.clientOrderId && isOurs(order.clientOrderId)) continue
    if (order.type !== (isLimit ? 'LIMIT' : 'MARKET')) continue
    if (isLimit && !(order.limitPrice?.eq(plan.limitPrice ?? 0) ?? false)) continue
    // What a purchase at market was to buy is not told by v3; what it bought may fall short of it.
    const isSpending = !isLimit && plan.side === 'BUY'
    if (isSpending ? order.quantity.gt(plan.quantity) : !order.quantity.eq(plan.quantity)) continue
    const sinceFired = order.createdTime - plan.updatedTime
    if (sinceFired < -BEFORE_MS || sinceFired > AFTER_MS) continue
    matches.add(order.exchangeOrderId)
  }
  const [only] = matches
  return matches.size === 1 && only !== undefined ? only : null
}
