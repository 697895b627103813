import type { Credentials } from '@/lib/domain/account/broker'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import type { AccountApi, Plan } from '@/lib/exchanges/bitget/account-api'
import { isOurs } from '@/lib/exchanges/bitget/client-id'

/** Links and strangers remembered; beyond that the oldest are forgotten and asked for again. */
const REMEMBERED = 5000

/** Bitget's lists may lag behind: an order so young is asked about again. */
const YOUNG_MS = 15_000

/**
 * Which plain order a fired plan went on as. Our order is both: it keeps the plan's client id and type, and has the plain
 * order's id, state and executions.
 */
export class PlanLinks {
  /** Ids of the children by ids of their plans, and the plans by their children's ids. */
  readonly #children = new Map<string, string>()
  readonly #plans = new Map<string, ExchangeOrder>()
  /** Plain orders that no plan placed. */
  readonly #strangers = new Set<string>()
  readonly #now: () => EpochMs

  constructor(now: () => EpochMs) {
    this.#now = now
  }

  /** Id of the plain order of a fired plan; null while it cannot be told. */
  async childOf(api: AccountApi, credentials: Credentials, plan: Plan): Promise<string | null> {
    const { exchangeOrderId } = plan.order
    const known = this.#children.get(exchangeOrderId)
    if (known !== undefined) return known
    const child = await api.childOf(credentials, plan)
    if (child === null) return null
    remember(this.#children, exchangeOrderId, child)
    remember(this.#plans, child, plan.order)
    return child
  }

  /** The order as ours: under its plan's name where a plan placed it. */
  asOurs(order: ExchangeOrder): ExchangeOrder {
    const plan = this.#plans.get(order.exchangeOrderId)
    return plan === undefined ? order : joined(plan, order)
  }

  /**
   * The same for a whole list, looking for plans that are not known yet: those of orders that the bot did not name.
   * `closedPlans` reads the fired plans of one pair.
   */
  async relink(
    api: AccountApi,
    credentials: Credentials,
    orders: ExchangeOrder[],
    closedPlans: (symbol: string) => Promise<Plan[]>,
  ): Promise<ExchangeOrder[]> {
    const unknown = orders.filter(
      ({ exchangeOrderId: id, clientOrderId }) =>
        !isOurs(clientOrderId) && !this.#plans.has(id) && !this.#strangers.has(id),
    )
    for (const symbol of new Set(unknown.map((order) => order.symbol))) {
      const fired = (await closedPlans(symbol)).filter(({ isFired }) => isFired)
      for (const plan of fired) await this.childOf(api, credentials, plan)
      for (const order of unknown)
        if (order.symbol === symbol && this.#now() - order.createdTime > YOUNG_MS) this.#strange(order.exchangeOrderId)
    }
    return orders.map((order) => this.asOurs(order))
  }

  #strange(id: string): void {
    if (this.#plans.has(id)) return
    this.#strangers.add(id)
    const [oldest] = this.#strangers.size > REMEMBERED ? this.#strangers : []
    if (oldest !== undefined) this.#strangers.delete(oldest)
  }
}

const joined = (plan: ExchangeOrder, order: ExchangeOrder): ExchangeOrder => ({
  ...order,
  clientOrderId: plan.clientOrderId,
  type: plan.type,
  ...(plan.stopPrice === undefined ? {} : { stopPrice: plan.stopPrice }),
  // What was asked for: of a purchase at market the plain order tells only what it got.
  quantity: plan.quantity.gt(order.quantity) ? plan.quantity : order.quantity,
  createdTime: plan.createdTime,
  native: { plan: plan.native, order: order.native },
})

const remember = <T>(map: Map<string, T>, key: string, value: T): void => {
  map.set(key, value)
  const [oldest] = map.size > REMEMBERED ? map.keys() : []
  if (oldest !== undefined) map.delete(oldest)
}
