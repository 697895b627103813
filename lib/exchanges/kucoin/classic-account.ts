import type { Balance } from '@/lib/domain/account/balance'
import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { ExchangeOrder, Fill, OcoRequest, OrderRequest } from '@/lib/domain/order/order'
import type * as port from '@/lib/exchanges/execution-client'
import { isUnknownOrder, type KucoinAccount } from '@/lib/exchanges/kucoin/account'
import { ClassicOrders } from '@/lib/exchanges/kucoin/classic-orders'
import { readBack, readSince } from '@/lib/exchanges/kucoin/history'
import { mapLedgerEntry, readLedger } from '@/lib/exchanges/kucoin/map-ledger'
import { exchangeSymbolOf, mapFees } from '@/lib/exchanges/kucoin/map-market'
import { mapFill, mapOrder, mapStopOrder } from '@/lib/exchanges/kucoin/map-order'
import { mapFunds } from '@/lib/exchanges/kucoin/map-unified'
import type { KucoinRawClient } from '@/lib/exchanges/kucoin/raw-client'

/** Accounts on /api/v1 to /api/v3: the `trade` account, with high-frequency orders. */
export class ClassicAccount implements KucoinAccount {
  readonly #raw: KucoinRawClient
  readonly #orders: ClassicOrders
  readonly #now: () => EpochMs
  constructor(raw: KucoinRawClient, now: () => EpochMs) {
    this.#raw = raw
    this.#orders = new ClassicOrders(raw, now)
    this.#now = now
  }

  async getBalance(credentials: Credentials): Promise<Balance[]> {
    const rows = await this.#raw.getSpotAccountList(credentials, { type: 'trade' })
    return rows
      .filter(({ type }) => type === 'trade')
      .map(({ currency, available, holds }) => mapFunds(currency, available, holds))
      .filter(({ total }) => total.gt(0))
  }

  createOrder = (credentials: Credentials, request: OrderRequest, exchangeSymbol: string) =>
    this.#orders.create(credentials, request, exchangeSymbol)
  createOco = (credentials: Credentials, request: OcoRequest, exchangeSymbol: string) =>
    this.#orders.createOco(credentials, request, exchangeSymbol)
  cancelOrder = (credentials: Credentials, target: port.OrderReference) => this.#orders.cancel(credentials, target)
  cancelOrderList = (credentials: Credentials, target: port.OrderListReference) =>
    this.#orders.cancelList(credentials, target)
  getOrder = (credentials: Credentials, target: port.OrderReference) => this.#orders.get(credentials, target)
  getOrderList = (credentials: Credentials, target: port.OrderListReference) =>
    this.#orders.getList(credentials, target)

  /** Three stores, three commands; then each order that was open is read again, because it may have been executed first. */
  async cancelAll(credentials: Credentials, symbol: string): Promise<ExchangeOrder[]> {
    const params = { symbol: exchangeSymbolOf(symbol) }
    const open = await this.openOrders(credentials, symbol)
    await this.#raw.cancelAllOrdersBySymbol(credentials, params)
    await this.#raw.batchCancelStopOrder(credentials, params)
    await this.#nothingIsFine(this.#raw.batchCancelOcoOrders(credentials, params))
    return Promise.all(open.map(async (order) => (await this.#reread(credentials, order)) ?? order))
  }

  /** Legs of OCO pairs that this process does not know go by the pair's client id: KuCoin has no other. */
  async openOrders(credentials: Credentials, symbol?: string): Promise<ExchangeOrder[]> {
    const exchangeSymbol = symbol === undefined ? undefined : exchangeSymbolOf(symbol)
    const symbols =
      exchangeSymbol === undefined
        ? ((await this.#raw.getSymbolsWithOpenOrder(credentials))?.symbols ?? [])
        : [exchangeSymbol]
    const orders = await Promise.all(symbols.map((name) => this.#raw.getOpenOrders(credentials, { symbol: name })))
    const stops = await this.#pages((currentPage) =>
      this.#raw.getStopOrdersList(credentials, { symbol: exchangeSymbol, currentPage, pageSize: '500' }),
    )
    const pairs = await this.#pages((currentPage) =>
      this.#raw.getOcoOrderList(credentials, { symbol: exchangeSymbol, currentPage, pageSize: '500' }),
    )
    const legs = await Promise.all(pairs.map(({ orderId }) => this.#orders.openLegs(credentials, orderId)))
    // The list of stop orders may hold the legs of pairs too; they are taken from the pairs.
    const own = stops.filter(({ stop }) => stop === 'loss' || stop === 'entry')
    return [...orders.flatMap((rows) => (rows ?? []).map(mapOrder)), ...own.map(mapStopOrder), ...legs.flat()]
  }

  async closedOrders(credentials: Credentials, symbol: string, fromTime: EpochMs): Promise<ExchangeOrder[]> {
    const page = (params: Record<string, string>) =>
      this.#raw.getClosedOrders(credentials, { symbol: exchangeSymbolOf(symbol), ...params })
    return (await readSince(page, 'limit', fromTime, this.#now())).map(mapOrder)
  }

  async fillsSince(credentials: Credentials, symbol: string, from: port.FillsFrom): Promise<Fill[]> {
    const page = (params: Record<string, string>) =>
      this.#raw.getTradeHistory(credentials, { symbol: exchangeSymbolOf(symbol), ...params })
    if ('fromTime' in from) {
      const rows = await readSince(page, 'limit', from.fromTime, this.#now())
      return rows.map(mapFill).filter(({ tradeTime }) => tradeTime >= from.fromTime)
    }
    const first = BigInt(from.fromId)
    const rows = await readBack(page, 'limit', this.#now(), ({ tradeId }) => BigInt(tradeId) <= first)
    return rows.map(mapFill).filter(({ exchangeTradeId }) => BigInt(exchangeTradeId) >= first)
  }

  async fillsOfOrder(credentials: Credentials, symbol: string, orderId: string): Promise<Fill[]> {
    const params = { symbol: exchangeSymbolOf(symbol), orderId, limit: '100' }
    return (await this.#raw.getTradeHistory(credentials, params)).items.map(mapFill).reverse()
  }

  async transfers(credentials: Credentials, fromTime: EpochMs) {
    const page = async (params: Record<string, string>, limit: string) =>
      (await this.#raw.getSpotHFLedger(credentials, { ...params, limit })) ?? []
    return (await readLedger(page, fromTime, this.#now())).flatMap((row) => mapLedgerEntry(row) ?? [])
  }

  async getFees(credentials: Credentials, symbol: string): Promise<port.FeeRates> {
    const [row] = await this.#raw.getSpotActualFee(credentials, { symbols: exchangeSymbolOf(symbol) })
    if (row === undefined)
      throw new TradingError('BAD_REQUEST', `KuCoin tells no fees for ${symbol}.`, { outcome: 'REFUSED' })
    return mapFees(row, symbol)
  }

  async #reread(credentials: Credentials, order: ExchangeOrder): Promise<ExchangeOrder | null> {
    const { symbol, exchangeOrderId, exchangeListId } = order
    if (exchangeListId === undefined) return this.getOrder(credentials, { symbol, exchangeOrderId })
    const list = await this.getOrderList(credentials, { symbol, exchangeListId, clientOrderListId: '' })
    return list?.orders.find((leg) => leg.type === order.type) ?? null
  }

  async #pages<Row>(read: (page: string) => Promise<{ totalPage: number; items: Row[] }>): Promise<Row[]> {
    const rows: Row[] = []
    for (let page = 1; ; page += 1) {
      const { totalPage, items } = await read(page.toFixed())
      rows.push(...items)
      if (page >= totalPage || items.length === 0) return rows
    }
  }

  async #nothingIsFine(canceling: Promise<unknown>): Promise<void> {
    await canceling.catch((error: unknown) => {
      if (!isUnknownOrder(error)) throw error
    })
  }
}
