import type { OrderListReference } from '@/lib/exchanges/execution-client'

type Pair = Pick<OrderListReference, 'clientOrderListId' | 'takeProfit' | 'stopLoss'>

const REMEMBERED = 2000

/**
 * The client ids that the legs of OCO pairs have with us. KuCoin knows only the pair's; what this process has placed or was
 * asked about it can name, anything else goes by the pair's id.
 */
export class LegMemory {
  readonly #pairs = new Map<string, Pair>()
  readonly #pairOfLeg = new Map<string, string>()

  remember(pair: Pair): void {
    const { clientOrderListId, takeProfit, stopLoss } = pair
    if (takeProfit === undefined || stopLoss === undefined) return
    this.#pairs.set(clientOrderListId, { clientOrderListId, takeProfit, stopLoss })
    for (const leg of [takeProfit, stopLoss]) this.#pairOfLeg.set(leg.clientOrderId, clientOrderListId)
    const [oldest] = this.#pairs.size > REMEMBERED ? this.#pairs.values() : []
    if (oldest === undefined) return
    this.#pairs.delete(oldest.clientOrderListId)
    for (const leg of [oldest.takeProfit, oldest.stopLoss]) this.#pairOfLeg.delete(leg?.clientOrderId ?? '')
  }

  /** The ids known for a pair; at the least its own. */
  of(clientOrderListId: string): Pair {
    return this.#pairs.get(clientOrderListId) ?? { clientOrderListId }
  }

  /** The pair that an order with this client id is a leg of. */
  pairOfLeg(clientOrderId: string): string | undefined {
    return this.#pairOfLeg.get(clientOrderId)
  }
}
