import type { Balance } from '@/lib/domain/account/balance'
import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { ExchangeOrder, Fill, OrderRequest } from '@/lib/domain/order/order'
import { isOpen } from '@/lib/domain/order/status'
import type * as port from '@/lib/exchanges/execution-client'
import { type KucoinAccount, orNull, readOr, shown } from '@/lib/exchanges/kucoin/account'
import { readBack, readSince } from '@/lib/exchanges/kucoin/history'
import { mapUnifiedLedgerEntry, readLedger } from '@/lib/exchanges/kucoin/map-ledger'
import { exchangeSymbolOf, mapFees } from '@/lib/exchanges/kucoin/map-market'
import { acceptedOrder } from '@/lib/exchanges/kucoin/map-order'
import { mapFunds, mapUnifiedFill, mapUnifiedOrder } from '@/lib/exchanges/kucoin/map-unified'
import { unifiedOrderJson } from '@/lib/exchanges/kucoin/order-params'
import type { KucoinUnifiedRawClient } from '@/lib/exchanges/kucoin/unified-raw-client'
import type { UnifiedOrder } from '@/lib/exchanges/kucoin/unified-schemas'

const noPairs = () =>
  new TradingError('NOT_SUPPORTED', 'Unified accounts of KuCoin have no OCO for spot.', { outcome: 'NOT_SENT' })

/** Accounts on /api/ua/v1. Orders with and without a trigger are placed and found at the same endpoints. */
export class UnifiedAccount implements KucoinAccount {
  readonly #raw: KucoinUnifiedRawClient
  readonly #now: () => EpochMs
  constructor(raw: KucoinUnifiedRawClient, now: () => EpochMs) {
    this.#raw = raw
    this.#now = now
  }

  async getBalance(credentials: Credentials): Promise<Balance[]> {
    const { accounts } = await this.#raw.accountBalance(credentials)
    return accounts
      .flatMap(({ currencies }) => currencies)
      .map(({ currency, available, hold }) => mapFunds(currency, available, hold))
      .filter(({ total }) => total.gt(0))
  }

  async createOrder(credentials: Credentials, request: OrderRequest, exchangeSymbol: string): Promise<ExchangeOrder> {
    const placed = await this.#raw.placeOrder(credentials, unifiedOrderJson(request, exchangeSymbol))
    const accepted = acceptedOrder(request, placed.orderId, this.#now(), placed)
    const { symbol } = request
    return readOr(this.getOrder(credentials, { symbol, exchangeOrderId: placed.orderId }), accepted)
  }

  createOco = () => Promise.reject(noPairs())
  cancelOrderList = () => Promise.reject(noPairs())
  getOrderList = () => Promise.resolve(null)

  async cancelOrder(credentials: Credentials, target: port.OrderReference): Promise<ExchangeOrder> {
    await this.#raw.cancelOrder(credentials, { tradeType: 'SPOT', ...namesOf(target) })
    return shown(await this.getOrder(credentials, target))
  }

  async cancelAll(credentials: Credentials, symbol: string): Promise<ExchangeOrder[]> {
    const open = await this.openOrders(credentials, symbol)
    for (const orderFilter of ['NORMAL', 'ADVANCED'])
      await this.#raw.cancelAll(credentials, { tradeType: 'SPOT', symbol: exchangeSymbolOf(symbol), orderFilter })
    // Each is read again, because it may have been executed first.
    const target = ({ exchangeOrderId }: ExchangeOrder) => ({ symbol, exchangeOrderId })
    return Promise.all(open.map(async (order) => (await this.getOrder(credentials, target(order))) ?? order))
  }

  async getOrder(credentials: Credentials, target: port.OrderReference): Promise<ExchangeOrder | null> {
    const order = await orNull(this.#raw.orderDetail(credentials, { tradeType: 'SPOT', ...namesOf(target) }))
    return order && mapUnifiedOrder(order)
  }

  /** Without a pair KuCoin is asked for all of them; should it refuse that, its refusal is the answer. */
  async openOrders(credentials: Credentials, symbol?: string): Promise<ExchangeOrder[]> {
    const exchangeSymbol = symbol === undefined ? undefined : exchangeSymbolOf(symbol)
    const orders = new Map<string, ExchangeOrder>()
    for (const orderFilter of ['NORMAL', 'ADVANCED'])
      for (const row of await this.#openList(credentials, exchangeSymbol, orderFilter)) {
        const order = mapUnifiedOrder(row)
        if (isOpen(order.status)) orders.set(order.exchangeOrderId, order)
      }
    return [...orders.values()]
  }

  async closedOrders(credentials: Credentials, symbol: string, fromTime: EpochMs): Promise<ExchangeOrder[]> {
    const page = (params: Record<string, string>) => this.#raw.history(credentials, { ...spot(symbol), ...params })
    return (await readSince(page, 'pageSize', fromTime, this.#now())).map(mapUnifiedOrder)
  }

  async fillsSince(credentials: Credentials, symbol: string, from: port.FillsFrom): Promise<Fill[]> {
    const page = (params: Record<string, string>) => this.#raw.execution(credentials, { ...spot(symbol), ...params })
    if ('fromTime' in from) {
      const rows = await readSince(page, 'pageSize', from.fromTime, this.#now())
      return rows.map(mapUnifiedFill).filter(({ tradeTime }) => tradeTime >= from.fromTime)
    }
    const first = BigInt(from.fromId)
    const rows = await readBack(page, 'pageSize', this.#now(), ({ tradeId }) => BigInt(tradeId) <= first)
    return rows.map(mapUnifiedFill).filter(({ exchangeTradeId }) => BigInt(exchangeTradeId) >= first)
  }

  async fillsOfOrder(credentials: Credentials, symbol: string, orderId: string): Promise<Fill[]> {
    const { items } = await this.#raw.execution(credentials, { ...spot(symbol), orderId, pageSize: '100' })
    return items
      .filter((fill) => fill.orderId === orderId)
      .map(mapUnifiedFill)
      .reverse()
  }

  async transfers(credentials: Credentials, fromTime: EpochMs) {
    const page = async (params: Record<string, string>, pageSize: string) =>
      (await this.#raw.accountLedger(credentials, { accountType: 'UNIFIED', ...params, pageSize })).items ?? []
    return (await readLedger(page, fromTime, this.#now())).flatMap((row) => mapUnifiedLedgerEntry(row) ?? [])
  }

  async getFees(credentials: Credentials, symbol: string): Promise<port.FeeRates> {
    const { list } = await this.#raw.feeRate(credentials, spot(symbol))
    const [row] = list
    if (row === undefined)
      throw new TradingError('BAD_REQUEST', `KuCoin tells no fees for ${symbol}.`, { outcome: 'REFUSED' })
    return mapFees(row, symbol)
  }

  async #openList(credentials: Credentials, symbol: string | undefined, orderFilter: string): Promise<UnifiedOrder[]> {
    const rows: UnifiedOrder[] = []
    for (let pageNumber = 1; ; pageNumber += 1) {
      const params = { tradeType: 'SPOT', symbol, orderFilter, pageSize: '200', pageNumber: pageNumber.toFixed() }
      const { items, totalPage } = await this.#raw.openList(credentials, params)
      rows.push(...items)
      if (pageNumber >= totalPage || items.length === 0) return rows
    }
  }
}

const spot = (symbol: string) => ({ tradeType: 'SPOT', symbol: exchangeSymbolOf(symbol) })

const namesOf = (target: port.OrderReference) => ({
  symbol: exchangeSymbolOf(target.symbol),
  ...(target.exchangeOrderId === undefined ? { clientOid: target.clientOrderId } : { orderId: target.exchangeOrderId }),
})
