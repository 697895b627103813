import type { Credentials } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { OcoRequest, OtoRequest } from '@/lib/domain/order/order'
import { applyOcoRules, applyOtoRules } from '@/lib/domain/order/rules'
import type { ExchangeOrderList, OrderListReference } from '@/lib/exchanges/execution-client'
import { orNull } from '@/lib/exchanges/binance/map-error'
import { exchangeSymbolOf } from '@/lib/exchanges/binance/map-market'
import { mapOrder } from '@/lib/exchanges/binance/map-order'
import type { BinanceMarkets } from '@/lib/exchanges/binance/markets'
import { ocoParams, otoParams } from '@/lib/exchanges/binance/order-params'
import type { BinanceRawClient } from '@/lib/exchanges/binance/raw-client'
import type { BinanceOrder, BinanceOrderList } from '@/lib/exchanges/binance/schemas'

/** The list methods of the execution port (rest-api.md, "Order lists"). */
export class BinanceOrderLists {
  readonly #raw: BinanceRawClient
  readonly #markets: BinanceMarkets

  constructor(raw: BinanceRawClient, markets: BinanceMarkets) {
    this.#raw = raw
    this.#markets = markets
  }

  async createOco(credentials: Credentials, request: OcoRequest, instrument: Instrument): Promise<ExchangeOrderList> {
    const rounded = applyOcoRules(request, instrument)
    const list = await this.#raw.newOcoOrderList(credentials, ocoParams(rounded, instrument.exchangeSymbol))
    return mapList(list, request.symbol, list.orderReports ?? [])
  }

  async createOto(credentials: Credentials, request: OtoRequest, instrument: Instrument): Promise<ExchangeOrderList> {
    const rounded = applyOtoRules(request, instrument)
    const params = otoParams(rounded, instrument.exchangeSymbol)
    const list = await ('type' in rounded.pending
      ? this.#raw.newOtoOrderList(credentials, params)
      : this.#raw.newOtocoOrderList(credentials, params))
    return mapList(list, request.working.symbol, list.orderReports ?? [])
  }

  async cancel(credentials: Credentials, target: OrderListReference): Promise<ExchangeOrderList> {
    const params = { symbol: exchangeSymbolOf(target.symbol), listClientOrderId: target.clientOrderListId }
    const list = await this.#raw.cancelOrderList(credentials, params)
    return mapList(list, target.symbol, list.orderReports ?? [])
  }

  async get(credentials: Credentials, target: OrderListReference): Promise<ExchangeOrderList | null> {
    const list = await orNull(this.#raw.getOrderList(credentials, { origClientOrderId: target.clientOrderListId }))
    if (list === null) return null
    const legs = await Promise.all(
      list.orders.map((leg) => this.#raw.getOrder(credentials, { symbol: leg.symbol, orderId: String(leg.orderId) })),
    )
    return mapList(list, await this.#markets.nameOf(list.symbol), legs)
  }
}

const mapList = (list: BinanceOrderList, symbol: string, legs: BinanceOrder[]): ExchangeOrderList => ({
  exchangeListId: String(list.orderListId),
  clientOrderListId: list.listClientOrderId,
  symbol,
  isOpen: list.listOrderStatus === 'EXECUTING',
  orders: legs.map((leg) => mapOrder(leg, symbol)),
  native: list,
})
