import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { roundToStep } from '@/lib/domain/money/rounding'
import type { AmendRequest, ExchangeOrder, OrderRequest } from '@/lib/domain/order/order'
import { applyMarketRules } from '@/lib/domain/order/rules'
import { isOpen } from '@/lib/domain/order/status'
import { beforeSend } from '@/lib/exchanges/before-send'
import type { OrderReference } from '@/lib/exchanges/execution-client'
import { accepted } from '@/lib/exchanges/bitget/accepted'
import { type AccountApi, HISTORY_MS } from '@/lib/exchanges/bitget/account-api'
import type { LastPrices } from '@/lib/exchanges/bitget/last-prices'
import { isUnknownOrder } from '@/lib/exchanges/bitget/map-error'
import { OrderLookUp, storeReference } from '@/lib/exchanges/bitget/order-look-up'
import type { PlanLinks } from '@/lib/exchanges/bitget/plan-links'
import { conditionalType, isConditional } from '@/lib/exchanges/bitget/words'
import { sleep } from '@/lib/platform/clock'

/** Bitget answers before it has acted: so often, and so long apart, is asked whether it has. */
const LOOKS = 5
const LOOK_MS = 100

/** Orders of accounts of one kind: what Bitget spreads over two stores is one here. */
export class BitgetOrders {
  readonly #api: AccountApi
  readonly #links: PlanLinks
  readonly #lookUp: OrderLookUp
  readonly #prices: LastPrices
  readonly #now: () => EpochMs

  constructor(api: AccountApi, links: PlanLinks, prices: LastPrices, now: () => EpochMs) {
    this.#api = api
    this.#links = links
    this.#prices = prices
    this.#now = now
    this.#lookUp = new OrderLookUp(api, links, now)
  }

  async create(credentials: Credentials, request: OrderRequest, instrument: Instrument): Promise<ExchangeOrder> {
    if (request.type === 'TRAILING_STOP')
      throw new TradingError('NOT_SUPPORTED', 'Bitget has no trailing stop on spot.', { outcome: 'NOT_SENT' })
    const rounded = applyMarketRules(request, instrument)
    if (isConditional(rounded.type)) {
      await this.#checkTrigger(rounded)
      const { exchangeOrderId } = await this.#api.placePlan(credentials, rounded)
      return accepted(rounded, exchangeOrderId, this.#now())
    }
    const { exchangeOrderId } = await this.#api.placePlain(credentials, await this.#spending(rounded, instrument))
    const { symbol, clientOrderId } = rounded
    // The order is placed: how far it got is told where it can be.
    const placed = await this.#api
      .plain(credentials, symbol, exchangeOrderId === '' ? { clientOid: clientOrderId } : { orderId: exchangeOrderId })
      .catch(() => null)
    if (placed === null) return accepted(rounded, exchangeOrderId, this.#now())
    // Not every answer tells how long an order lasts.
    return rounded.type === 'LIMIT' ? { timeInForce: rounded.timeInForce ?? 'GTC', ...placed } : placed
  }

  /** A purchase at market is given as an amount to spend: a quantity is turned into one at the best ask. */
  async #spending(request: OrderRequest, instrument: Instrument): Promise<OrderRequest> {
    if (request.type !== 'MARKET' || request.side !== 'BUY' || request.quantity === undefined) return request
    const { askPrice, lastPrice } = await beforeSend(this.#prices.ticker(request.symbol))
    const { quantity, ...rest } = request
    const value = quantity.times(askPrice.isZero() ? lastPrice : askPrice)
    return applyMarketRules({ ...rest, quoteQuantity: roundToStep(value, instrument.quoteStepSize) }, instrument)
  }

  /** Bitget would take a stop on the wrong side of the market for a target, and wait: it is refused before it is sent. */
  async #checkTrigger({ symbol, side, type, stopPrice, limitPrice }: OrderRequest): Promise<void> {
    if (stopPrice === undefined) return
    const { lastPrice } = await beforeSend(this.#prices.ticker(symbol))
    const isReached = stopPrice.eq(lastPrice)
    if (!isReached && conditionalType(side, limitPrice !== undefined, stopPrice, lastPrice) === type) return
    throw new TradingError('INVALID_ORDER', `${symbol}: the trigger price is already reached.`, {
      outcome: 'NOT_SENT',
      rule: 'WOULD_TRIGGER',
    })
  }

  /** Cancels in whichever store the order is: a refusal of one, which is certain, leads to the other. */
  async cancel(credentials: Credentials, target: OrderReference): Promise<ExchangeOrder> {
    const { symbol } = target
    const reference = storeReference(target)
    const isDone = await this.#try(this.#api.cancelPlain(credentials, symbol, reference))
    if (isDone || (await this.#try(this.#api.cancelPlan(credentials, symbol, reference))))
      return this.closed(credentials, target)
    // A plan that fired goes on under another id.
    const order = await this.find(credentials, target)
    if (order === null || !isOpen(order.status) || order.exchangeOrderId === target.exchangeOrderId)
      throw new TradingError('UNKNOWN_ORDER', 'Bitget has no such open order.', { outcome: 'REFUSED' })
    await this.#api.cancelPlain(credentials, symbol, { orderId: order.exchangeOrderId })
    return this.closed(credentials, { symbol, exchangeOrderId: order.exchangeOrderId })
  }

  /** False when the store says that it has no such order. */
  async #try(command: Promise<void>): Promise<boolean> {
    return command.then(
      () => true,
      (error: unknown) => {
        if (isUnknownOrder(error)) return false
        throw error
      },
    )
  }

  /** The order once it is closed, or as it is after some patience. The cancel itself was accepted. */
  async closed(credentials: Credentials, target: OrderReference): Promise<ExchangeOrder> {
    for (let look = 1; ; look += 1) {
      const order = await this.find(credentials, target).catch((error: unknown) => {
        throw afterCommand(error)
      })
      if (order !== null && (!isOpen(order.status) || look === LOOKS)) return order
      if (order === null && look === LOOKS) throw afterCommand(undefined)
      await sleep(LOOK_MS)
    }
  }

  async cancelAll(credentials: Credentials, symbol: string): Promise<ExchangeOrder[]> {
    const before = await this.#openParts(credentials, symbol)
    const all = [...before.plain, ...before.plans]
    if (all.length === 0) return []
    await this.#api.cancelAll(credentials, symbol, before.plans, before.plain.length > 0)
    try {
      await this.#untilGone(credentials, symbol, all)
      // A second earlier, should the lists be stamped in whole seconds.
      const from = Math.min(...all.map((order) => order.createdTime)) - 1000
      const closed = before.plain.length > 0 ? await this.#api.closedPlain(credentials, symbol, from) : []
      const ended = before.plans.length > 0 ? await this.#api.closedPlans(credentials, symbol, from) : []
      const wanted = new Set(all.map((order) => order.exchangeOrderId))
      const gone = [...closed, ...ended.map(({ order }) => order)].filter(
        ({ exchangeOrderId, status }) => wanted.has(exchangeOrderId) && status === 'CANCELED',
      )
      return await this.relink(credentials, gone)
    } catch (error) {
      throw afterCommand(error)
    }
  }

  /** Waits until none of the orders is open any more, with some patience. */
  async #untilGone(credentials: Credentials, symbol: string, orders: ExchangeOrder[]): Promise<void> {
    for (let look = 1; look <= LOOKS; look += 1) {
      const { plain, plans } = await this.#openParts(credentials, symbol)
      const open = new Set([...plain, ...plans].map((order) => order.exchangeOrderId))
      if (!orders.some((order) => open.has(order.exchangeOrderId))) return
      await sleep(LOOK_MS)
    }
  }

  find(credentials: Credentials, target: OrderReference): Promise<ExchangeOrder | null> {
    return this.#lookUp.find(credentials, target)
  }

  async open(credentials: Credentials, symbol?: string): Promise<ExchangeOrder[]> {
    const { plain, plans } = await this.#openParts(credentials, symbol)
    return [...(await this.relink(credentials, plain)), ...plans].sort((a, b) => a.createdTime - b.createdTime)
  }

  /** Plans are read first: one that fires in between is then seen as the order that it placed. */
  async #openParts(credentials: Credentials, symbol?: string) {
    const plans = (await this.#api.openPlans(credentials, symbol)).map(({ order }) => order)
    return { plans, plain: await this.#api.openPlain(credentials, symbol) }
  }

  async history(credentials: Credentials, symbol: string, fromTime: EpochMs): Promise<ExchangeOrder[]> {
    const open = await this.#openParts(credentials, symbol)
    const closed = await this.#api.closedPlain(credentials, symbol, fromTime)
    const ended = await this.#api.closedPlans(credentials, symbol, fromTime)
    for (const plan of ended) if (plan.isFired) await this.#links.childOf(this.#api, credentials, plan)
    const isWanted = ({ createdTime }: ExchangeOrder) => createdTime >= fromTime
    // What a plan placed counts from then on, however old the plan is.
    const plain = await this.relink(credentials, [...closed, ...open.plain].filter(isWanted))
    const byClientId = new Map<string, ExchangeOrder>()
    // Later ones replace earlier ones: what a plan went on as, and the closed order over the open one.
    for (const order of [...[...ended.map((plan) => plan.order), ...open.plans].filter(isWanted), ...plain.reverse()])
      byClientId.set(order.clientOrderId, order)
    return [...byClientId.values()].sort((a, b) => a.createdTime - b.createdTime)
  }

  /** Orders that plans placed, under their plans' names. */
  relink(credentials: Credentials, orders: ExchangeOrder[]): Promise<ExchangeOrder[]> {
    return this.#links.relink(this.#api, credentials, orders, (symbol) =>
      this.#api.closedPlans(credentials, symbol, this.#now() - HISTORY_MS),
    )
  }

  canAmend({ type, status }: ExchangeOrder, request: AmendRequest): boolean {
    if (isConditional(type)) return status === 'ACCEPTED'
    return type === 'LIMIT' && this.#api.changePlain !== undefined && isOpen(status) && request.stopPrice === undefined
  }

  async amend(
    credentials: Credentials,
    target: ExchangeOrder,
    request: AmendRequest,
    instrument: Instrument,
  ): Promise<ExchangeOrder> {
    if (!this.canAmend(target, request))
      throw new TradingError('NOT_SUPPORTED', 'Bitget cannot change this order in place.', { outcome: 'NOT_SENT' })
    const to = applyMarketRules(changed(target, request), instrument)
    if (isConditional(target.type)) {
      await this.#checkTrigger(to)
      await this.#api.changePlan(credentials, target, to)
    } else await this.#api.changePlain?.(credentials, target, to)
    return this.#amended(credentials, target, to)
  }

  /** The order once it shows the change, or as it is after some patience. */
  async #amended(credentials: Credentials, target: ExchangeOrder, to: OrderRequest): Promise<ExchangeOrder> {
    const { symbol, exchangeOrderId, clientOrderId } = target
    for (let look = 1; ; look += 1) {
      const order = await this.find(credentials, { symbol, exchangeOrderId, clientOrderId }).catch((error: unknown) => {
        throw afterCommand(error)
      })
      const isSeen = order !== null && (!isOpen(order.status) || shows(order, to))
      if (order !== null && (isSeen || look === LOOKS)) return order
      if (look === LOOKS) throw afterCommand(undefined)
      await sleep(LOOK_MS)
    }
  }
}

const shows = (order: ExchangeOrder, to: OrderRequest): boolean =>
  (to.quantity === undefined || order.quantity.eq(to.quantity)) &&
  (to.limitPrice === undefined || (order.limitPrice?.eq(to.limitPrice) ?? false)) &&
  (to.stopPrice === undefined || (order.stopPrice?.eq(to.stopPrice) ?? false))

/** The whole order as it is to become. */
function changed(target: ExchangeOrder, request: AmendRequest): OrderRequest {
  const { clientOrderId, symbol, side, type } = target
  const limitPrice = request.limitPrice ?? target.limitPrice
  const stopPrice = request.stopPrice ?? target.stopPrice
  return {
    clientOrderId,
    symbol,
    side,
    type,
    quantity: request.quantity ?? target.quantity,
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
  }
}

/** The command was accepted, and what became of it cannot be seen: it must be looked up again. */
const afterCommand = (cause: unknown): TradingError =>
  new TradingError('UNKNOWN_OUTCOME', 'Bitget accepted the command, but the order cannot be seen.', {
    outcome: 'UNKNOWN',
    cause,
  })
