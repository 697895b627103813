import type { Credentials } from '@/lib/domain/account/broker'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { ExchangeOrder, OcoRequest, OrderRequest } from '@/lib/domain/order/order'
import type * as port from '@/lib/exchanges/execution-client'
import { isUnknownOrder, noSuchOrder, orNull, readOr, shown } from '@/lib/exchanges/kucoin/account'
import { LegMemory } from '@/lib/exchanges/kucoin/leg-memory'
import { exchangeSymbolOf } from '@/lib/exchanges/kucoin/map-market'
import { acceptedOco, hasTriggered, mapOco } from '@/lib/exchanges/kucoin/map-oco'
import { acceptedOrder, amountOrNone, mapOrder, mapStopOrder } from '@/lib/exchanges/kucoin/map-order'
import { classicOrderJson, isConditional, ocoJson } from '@/lib/exchanges/kucoin/order-params'
import type { KucoinRawClient } from '@/lib/exchanges/kucoin/raw-client'
import type { KucoinPlacedSync } from '@/lib/exchanges/kucoin/schemas'

// Single orders of classic accounts. Orders, stop orders and OCO pairs live in three stores with ids of their own; an order
// that a stop order became has a new id and the same client id.

const isStopId = (exchangeOrderId: string): boolean => exchangeOrderId.startsWith('vs')

const isUntouched = ({ status, dealSize, canceledSize }: KucoinPlacedSync): boolean =>
  status === 'open' && [dealSize, canceledSize].every((size) => amountOrNone(size) === undefined)

export class ClassicOrders {
  readonly #raw: KucoinRawClient
  readonly #now: () => EpochMs
  readonly #legs = new LegMemory()
  constructor(raw: KucoinRawClient, now: () => EpochMs) {
    this.#raw = raw
    this.#now = now
  }

  async create(credentials: Credentials, request: OrderRequest, exchangeSymbol: string): Promise<ExchangeOrder> {
    const json = classicOrderJson(request, exchangeSymbol)
    if (isConditional(request.type)) {
      const stop = await this.#raw.addStopOrder(credentials, json)
      return acceptedOrder(request, stop.orderId, this.#now(), stop)
    }
    const placed = await this.#raw.addOrderSync(credentials, json)
    const accepted = acceptedOrder(request, placed.orderId, placed.orderTime, placed)
    // The answer tells how much was executed, but not for how much.
    return isUntouched(placed) ? accepted : readOr(this.#order(credentials, placed.orderId, exchangeSymbol), accepted)
  }

  async createOco(
    credentials: Credentials,
    request: OcoRequest,
    exchangeSymbol: string,
  ): Promise<port.ExchangeOrderList> {
    const json = ocoJson(request, exchangeSymbol)
    // Before it is sent: its answer may be lost.
    this.#legs.remember(request)
    const { orderId } = await this.#raw.addOcoOrder(credentials, json)
    const reference = { ...request, exchangeListId: orderId }
    const accepted = acceptedOco(request, orderId, exchangeSymbol, this.#now())
    return readOr(this.getList(credentials, reference), accepted)
  }

  /** Null only after both stores were asked, and the first one once more: a stop order may have moved on in between. */
  async get(credentials: Credentials, target: port.OrderReference): Promise<ExchangeOrder | null> {
    const symbol = exchangeSymbolOf(target.symbol)
    if (target.exchangeOrderId !== undefined)
      return isStopId(target.exchangeOrderId)
        ? this.#stopOrWhatItBecame(credentials, target.exchangeOrderId, symbol)
        : this.#order(credentials, target.exchangeOrderId, symbol)
    const clientOrderId = target.clientOrderId ?? ''
    const pair = this.#legs.pairOfLeg(clientOrderId)
    if (pair !== undefined) {
      const list = await this.getList(credentials, { symbol: target.symbol, clientOrderListId: pair })
      return list?.orders.find((leg) => leg.clientOrderId === clientOrderId) ?? null
    }
    return (
      (await this.#orderByClientId(credentials, clientOrderId, symbol)) ??
      (await this.#stopByClientId(credentials, clientOrderId, symbol)) ??
      this.#orderByClientId(credentials, clientOrderId, symbol)
    )
  }

  /** Tries the store of orders, that of stop orders, and the first once more; each refusal is definitive. */
  async cancel(credentials: Credentials, target: port.OrderReference): Promise<ExchangeOrder> {
    const symbol = exchangeSymbolOf(target.symbol)
    const { exchangeOrderId, clientOrderId } = target
    const isStop = exchangeOrderId !== undefined && isStopId(exchangeOrderId)
    const cancelOrder = () =>
      exchangeOrderId !== undefined && !isStop
        ? this.#raw.cancelOrderByOrderIdSync(credentials, exchangeOrderId, { symbol })
        : this.#raw.cancelOrderByClientOidSync(credentials, clientOrderId ?? '', { symbol })
    const cancelStop = () =>
      isStop
        ? this.#raw.cancelStopOrderByOrderId(credentials, exchangeOrderId)
        : this.#raw.cancelStopOrderByClientOid(credentials, { symbol, clientOid: clientOrderId })
    const isByClientId = exchangeOrderId === undefined && clientOrderId !== undefined
    const attempts = isByClientId ? [cancelOrder, cancelStop, cancelOrder] : [isStop ? cancelStop : cancelOrder]
    for (const attempt of attempts) {
      try {
        await attempt()
      } catch (error) {
        if (!isUnknownOrder(error)) throw error
        continue
      }
      return shown(await this.get(credentials, target))
    }
    throw noSuchOrder()
  }

  async cancelList(credentials: Credentials, target: port.OrderListReference): Promise<port.ExchangeOrderList> {
    const { exchangeListId, clientOrderListId } = target
    await (exchangeListId === undefined
      ? this.#raw.cancelOcoOrderByClientOid(credentials, clientOrderListId)
      : this.#raw.cancelOcoOrderByOrderId(credentials, exchangeListId))
    return shown(await this.getList(credentials, target))
  }

  async getList(credentials: Credentials, target: port.OrderListReference): Promise<port.ExchangeOrderList | null> {
    this.#legs.remember(target)
    const { exchangeListId, clientOrderListId } = target
    const id =
      exchangeListId ?? (await orNull(this.#raw.getOcoOrderByClientOid(credentials, clientOrderListId)))?.orderId
    const details = id === undefined ? null : await orNull(this.#raw.getOcoOrderDetailByOrderId(credentials, id))
    if (details === null) return null
    const placed = hasTriggered(details)
      ? await this.#orderByClientId(credentials, details.clientOid, details.symbol)
      : null
    return mapOco(details, this.#legs.of(details.clientOid), placed)
  }

  async openLegs(credentials: Credentials, orderId: string): Promise<ExchangeOrder[]> {
    const details = await orNull(this.#raw.getOcoOrderDetailByOrderId(credentials, orderId))
    if (details === null) return []
    const { orders } = mapOco(details, this.#legs.of(details.clientOid), null)
    return orders.filter(({ status }) => status === 'ACCEPTED')
  }

  async #order(credentials: Credentials, orderId: string, symbol: string): Promise<ExchangeOrder | null> {
    const order = await orNull(this.#raw.getOrderByOrderId(credentials, orderId, { symbol }))
    return order && mapOrder(order)
  }

  async #orderByClientId(credentials: Credentials, clientOid: string, symbol: string): Promise<ExchangeOrder | null> {
    const order = await orNull(this.#raw.getOrderByClientOid(credentials, clientOid, { symbol }))
    return order && mapOrder(order)
  }

  async #stopByClientId(credentials: Credentials, clientOid: string, symbol: string): Promise<ExchangeOrder | null> {
    const stops = await orNull(this.#raw.getStopOrderByClientOid(credentials, { clientOid, symbol }))
    const [stop] = stops ?? []
    if (stop === undefined) return null
    return stop.status === 'TRIGGERED'
      ? ((await this.#orderByClientId(credentials, clientOid, symbol)) ?? mapStopOrder(stop))
      : mapStopOrder(stop)
  }

  async #stopOrWhatItBecame(credentials: Credentials, id: string, symbol: string): Promise<ExchangeOrder | null> {
    const stop = await orNull(this.#raw.getStopOrderByOrderId(credentials, id))
    if (stop === null) return null
    const clientOid = stop.clientOid ?? ''
    const placed =
      stop.status === 'TRIGGERED' && clientOid !== ''
        ? await this.#orderByClientId(credentials, clientOid, symbol)
        : null
    return placed ?? mapStopOrder(stop)
  }
}
