import type { OrderType } from '@/lib/domain/order/order'
import type { Plan } from '@/lib/exchanges/bitget/account-api'

const REMEMBERED = 5000

/**
 * Types of conditional orders, learned while they wait: Bitget does not tell whether one is a stop or a target, and once it
 * has fired the price does not tell it either.
 */
export class PlanTypes {
  readonly #types = new Map<string, OrderType>()

  learn(exchangeOrderId: string, type: OrderType): void {
    this.#types.set(exchangeOrderId, type)
    const [oldest] = this.#types.size > REMEMBERED ? this.#types.keys() : []
    if (oldest !== undefined) this.#types.delete(oldest)
  }

  /** The plan with what was learned about it; a waiting one teaches. */
  understood(plan: Plan): Plan {
    const { order } = plan
    if (order.status === 'ACCEPTED') {
      this.learn(order.exchangeOrderId, order.type)
      return plan
    }
    const type = this.#types.get(order.exchangeOrderId)
    return type === undefined ? plan : { ...plan, order: { ...order, type } }
  }
}
