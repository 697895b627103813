import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import type { OrderReference } from '@/lib/exchanges/execution-client'
import { type AccountApi, HISTORY_MS, type Plan, type StoreReference } from '@/lib/exchanges/bitget/account-api'
import { madeAt } from '@/lib/exchanges/bitget/client-id'
import type { PlanLinks } from '@/lib/exchanges/bitget/plan-links'

/** An id is made a moment before its order; our clock and the exchange's may differ. */
const SLACK_MS = 600_000

/** How a store is asked for an order: by Bitget's id where it is known. */
export const storeReference = ({ exchangeOrderId, clientOrderId }: OrderReference): StoreReference =>
  exchangeOrderId === undefined ? { clientOid: clientOrderId ?? '' } : { orderId: exchangeOrderId }

const isNamed = (order: ExchangeOrder, target: OrderReference): boolean =>
  target.exchangeOrderId === undefined
    ? order.clientOrderId === target.clientOrderId
    : order.exchangeOrderId === target.exchangeOrderId

/** Finds one order wherever Bitget may keep it, in either account system. */
export class OrderLookUp {
  readonly #api: AccountApi
  readonly #links: PlanLinks
  readonly #now: () => EpochMs

  constructor(api: AccountApi, links: PlanLinks, now: () => EpochMs) {
    this.#api = api
    this.#links = links
    this.#now = now
  }

  /**
   * Null only when no store that could hold it does: the direct question (which forgets client ids after two hours), the
   * open and the closed orders, the waiting and the ended plans. Each open list is read before its closed one, so that an
   * order which moves in between is seen in one of them.
   * @throws TradingError BAD_REQUEST, rule ARCHIVED, for an order older than Bitget tells of.
   */
  async find(credentials: Credentials, target: OrderReference): Promise<ExchangeOrder | null> {
    const { symbol } = target
    const direct = await this.#api.plain(credentials, symbol, storeReference(target))
    if (direct !== null) return this.#ours(credentials, direct)
    const plan = await this.#plan(credentials, target)
    if (plan !== null) return this.#ofPlan(credentials, plan)
    const listed = await this.#listed(credentials, target)
    if (listed !== null) return this.#ours(credentials, listed)
    // A client id beside the exchange's: the order may have changed its id, as a plan that fired does.
    const { clientOrderId, exchangeOrderId } = target
    if (exchangeOrderId !== undefined && clientOrderId !== undefined)
      return this.find(credentials, { symbol, clientOrderId })
    this.#refuseArchived(clientOrderId)
    return null
  }

  /** The plan of that name, waiting or ended. */
  async #plan(credentials: Credentials, target: OrderReference): Promise<Plan | null> {
    const fits = ({ order }: Plan) => isNamed(order, target)
    const waiting = (await this.#api.openPlans(credentials, target.symbol)).find(fits)
    if (waiting !== undefined) return waiting
    // Ended plans are listed by the time of their making or of their end: both are after the id was made.
    const ended = await this.#api.closedPlans(credentials, target.symbol, this.#from(target))
    return ended.find(fits) ?? null
  }

  async #listed(credentials: Credentials, target: OrderReference): Promise<ExchangeOrder | null> {
    const fits = (order: ExchangeOrder) => isNamed(order, target)
    const open = (await this.#api.openPlain(credentials, target.symbol)).find(fits)
    if (open !== undefined) return open
    return (await this.#api.closedPlain(credentials, target.symbol, this.#from(target))).find(fits) ?? null
  }

  /** A plan that fired goes on as the order that it placed; until that is known it counts as triggered. */
  async #ofPlan(credentials: Credentials, plan: Plan): Promise<ExchangeOrder> {
    if (!plan.isFired) return plan.order
    const child = await this.#links.childOf(this.#api, credentials, plan)
    const order = child === null ? null : await this.#api.plain(credentials, plan.order.symbol, { orderId: child })
    return order === null ? plan.order : this.#links.asOurs(order)
  }

  async #ours(credentials: Credentials, order: ExchangeOrder): Promise<ExchangeOrder> {
    const [ours = order] = await this.#links.relink(this.#api, credentials, [order], (symbol) =>
      this.#api.closedPlans(credentials, symbol, this.#now() - HISTORY_MS),
    )
    return ours
  }

  #from(target: OrderReference): EpochMs {
    const made = target.clientOrderId === undefined ? undefined : madeAt(target.clientOrderId)
    return made === undefined ? this.#now() - HISTORY_MS : made - SLACK_MS
  }

  #refuseArchived(clientOrderId: string | undefined): void {
    const made = clientOrderId === undefined ? undefined : madeAt(clientOrderId)
    if (made === undefined || made > this.#now() - HISTORY_MS + SLACK_MS) return
    throw new TradingError('BAD_REQUEST', 'Bitget does not tell of orders older than 90 days.', {
      outcome: 'REFUSED',
      rule: 'ARCHIVED',
    })
  }
}
