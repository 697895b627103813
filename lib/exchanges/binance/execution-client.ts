import type { Balance } from '@/lib/domain/account/balance'
import type { AccountMode, Credentials, Environment } from '@/lib/domain/account/broker'
import type { Transfer } from '@/lib/domain/account/transfer'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Candle } from '@/lib/domain/market/candle'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'
import type { AmendRequest, ExchangeOrder, Fill, OcoRequest, OrderRequest, OtoRequest } from '@/lib/domain/order/order'
import { applyReplacementRules } from '@/lib/domain/order/replacement'
import { applyAmendRules, applyMarketRules } from '@/lib/domain/order/rules'
import type * as port from '@/lib/exchanges/execution-client'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import type { CandleRange, StreamHandle } from '@/lib/exchanges/market-data-client'
import { announce, replaceInTwo } from '@/lib/exchanges/replace-in-two'
import type { SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import { readCandles } from '@/lib/exchanges/binance/candles'
import { BINANCE_CAPABILITIES, BINANCE_TESTNET_CAPABILITIES } from '@/lib/exchanges/binance/capabilities'
import { type HistoryQuery, readFromId, readFromTime } from '@/lib/exchanges/binance/history'
import { exchangeSymbolOf, mapCommission, mapTicker } from '@/lib/exchanges/binance/map-market'
import { BinanceMarkets } from '@/lib/exchanges/binance/markets'
import { CANCEL_RESTRICTION, orNull } from '@/lib/exchanges/binance/map-error'
import { mapAmended, mapOrder, mapTrade } from '@/lib/exchanges/binance/map-order'
import { BinanceOrderLists } from '@/lib/exchanges/binance/order-lists'
import { newOrderParams, type Params } from '@/lib/exchanges/binance/order-params'
import { mapReplaceFailure } from '@/lib/exchanges/binance/map-replace'
import { BinanceRawClient } from '@/lib/exchanges/binance/raw-client'
import { BinanceRawMarketClient } from '@/lib/exchanges/binance/raw-market-client'
import type { BinanceOrder, BinanceOrderList } from '@/lib/exchanges/binance/schemas'
import { readTransfers } from '@/lib/exchanges/binance/transfers'
import { BinanceUserStream } from '@/lib/exchanges/binance/user-stream'

export interface BinanceParts {
  environment: Environment
  http: ExchangeHttp
  /** Base address of the WebSocket API. */
  privateUrl: string
  timings: Partial<SocketTimings>
}

/** Execution port of Binance spot (binance-spot-api-docs, rest-api.md). */
export class BinanceExecutionClient implements port.ExecutionClient {
  readonly #parts: BinanceParts
  readonly #http: ExchangeHttp
  readonly #raw: BinanceRawClient
  readonly #market: BinanceRawMarketClient
  readonly #markets: BinanceMarkets
  readonly #lists: BinanceOrderLists
  /** The test network has none of the wallet's endpoints, so none that tells what a key may do. */
  readonly #hasWallet: boolean

  constructor(options: BinanceParts) {
    this.#parts = options
    this.#http = options.http
    this.#raw = new BinanceRawClient(options.http)
    this.#market = new BinanceRawMarketClient(options.http)
    this.#markets = new BinanceMarkets(this.#market, options.http.governor)
    this.#lists = new BinanceOrderLists(this.#raw, this.#markets)
    this.#hasWallet = options.environment !== 'TESTNET'
  }

  async testConnection(credentials: Credentials): Promise<port.ConnectionReport> {
    const account = await this.#raw.account(credentials)
    const report = { canTrade: account.canTrade, accountType: account.accountType, accountMode: null }
    // The account's own canWithdraw tells nothing about the key.
    if (!this.#hasWallet) return { ...report, canWithdraw: null, isIpRestricted: null }
    const key = await this.#raw.apiRestrictions(credentials)
    return {
      ...report,
      canTrade: account.canTrade && key.enableSpotAndMarginTrading,
      canWithdraw: key.enableWithdrawals,
      isIpRestricted: key.ipRestrict,
    }
  }

  loadMarkets(onProgress?: port.OnProgress): Promise<Instrument[]> {
    return this.#markets.load(onProgress)
  }

  async getBalance(credentials: Credentials): Promise<Balance[]> {
    const account = await this.#raw.account(credentials)
    return account.balances
      .map(({ asset, free, locked }) => ({ asset, free: parseDecimal(free), locked: parseDecimal(locked) }))
      .map((balance) => ({ ...balance, total: balance.free.plus(balance.locked) }))
      .filter((balance) => balance.total.gt(0))
  }

  async getTicker(symbol: string): Promise<port.Ticker> {
    return mapTicker(await this.#market.ticker({ symbol: exchangeSymbolOf(symbol) }), symbol)
  }

  async getTickers(symbols: string[] = []): Promise<port.Ticker[]> {
    for (const symbol of symbols) this.#markets.remember(exchangeSymbolOf(symbol), symbol)
    const wanted = symbols.length === 0 ? undefined : JSON.stringify(symbols.map(exchangeSymbolOf))
    const tickers = await this.#market.tickers({ symbols: wanted }, symbols.length)
    return Promise.all(tickers.map(async (native) => mapTicker(native, await this.#markets.nameOf(native.symbol))))
  }

  getCandles(range: CandleRange): Promise<Candle[]> {
    return readCandles(this.#market, range, () => this.#http.serverClock.now())
  }

  async createOrder(credentials: Credentials, request: OrderRequest, instrument: Instrument): Promise<ExchangeOrder> {
    const rounded = applyMarketRules(request, instrument)
    const order = await this.#raw.newOrder(credentials, newOrderParams(rounded, instrument.exchangeSymbol))
    return mapOrder(order, request.symbol)
  }

  createOco(credentials: Credentials, request: OcoRequest, instrument: Instrument): Promise<port.ExchangeOrderList> {
    return this.#lists.createOco(credentials, request, instrument)
  }

  createOto(credentials: Credentials, request: OtoRequest, instrument: Instrument): Promise<port.ExchangeOrderList> {
    return this.#lists.createOto(credentials, request, instrument)
  }

  async amendOrder(
    credentials: Credentials,
    target: ExchangeOrder,
    request: AmendRequest,
    instrument: Instrument,
  ): Promise<ExchangeOrder> {
    const { quantity } = applyAmendRules(target, request, instrument)
    if (quantity === undefined || !this.canAmend(null, target, { ...request, quantity }))
      throw new TradingError('NOT_SUPPORTED', 'Binance changes an order in place to a smaller quantity only.', {
        outcome: 'NOT_SENT',
      })
    const amended = await this.#raw.amendOrderKeepPriority(credentials, {
      symbol: instrument.exchangeSymbol,
      orderId: target.exchangeOrderId,
      newQty: toWire(quantity),
      // Else the order gets a random one.
      newClientOrderId: target.clientOrderId,
    })
    return mapAmended(amended, target)
  }

  canAmend(_mode: AccountMode | null, target: ExchangeOrder, request: AmendRequest): boolean {
    const { quantity, limitPrice, stopPrice } = request
    return quantity !== undefined && quantity.lt(target.quantity) && limitPrice === undefined && stopPrice === undefined
  }

  /** In one call while nothing is executed: the exchange then cancels no order of which something is. */
  async replaceOrder(
    credentials: Credentials,
    target: port.OrderReference,
    replacement: OrderRequest,
    instrument: Instrument,
    sizing: port.ReplaceSizing,
  ): Promise<port.ReplaceResult> {
    const rounded = applyReplacementRules(replacement, instrument)
    if (sizing.executed.isZero()) {
      await announce(replacement, rounded, sizing)
      const result = await this.#replaceUntouched(
        credentials,
        target,
        newOrderParams(rounded, instrument.exchangeSymbol),
      )
      if (result !== null) return result
    }
    return replaceInTwo(this, credentials, target, replacement, instrument, sizing)
  }

  /** Null where nothing was done, because the order is executed in part or is not open any more. */
  async #replaceUntouched(
    credentials: Credentials,
    target: port.OrderReference,
    params: Params,
  ): Promise<port.ReplaceResult | null> {
    const { symbol, exchangeOrderId, clientOrderId } = target
    try {
      const answer = await this.#raw.cancelReplace(credentials, {
        ...params,
        cancelReplaceMode: 'STOP_ON_FAILURE',
        cancelRestrictions: 'ONLY_NEW',
        cancelOrderId: exchangeOrderId,
        cancelOrigClientOrderId: exchangeOrderId === undefined ? clientOrderId : undefined,
      })
      return { canceled: mapOrder(answer.cancelResponse, symbol), placed: mapOrder(answer.newOrderResponse, symbol) }
    } catch (error) {
      if (!(error instanceof TradingError)) throw error
      if (error.rule === CANCEL_RESTRICTION || error.code === 'UNKNOWN_ORDER') return null
      const half = mapReplaceFailure(error, symbol)
      if (half === undefined) throw error
      return half
    }
  }

  streamUser(credentials: Credentials, handlers: port.UserStreamHandlers): StreamHandle {
    const { http, privateUrl, timings } = this.#parts
    return new BinanceUserStream({ http, privateUrl, timings, markets: this.#markets, credentials, handlers })
  }

  async cancelOrder(credentials: Credentials, target: port.OrderReference): Promise<ExchangeOrder> {
    return mapOrder(await this.#raw.cancelOrder(credentials, referenceParams(target)), target.symbol)
  }

  cancelOrderList(credentials: Credentials, target: port.OrderListReference): Promise<port.ExchangeOrderList> {
    return this.#lists.cancel(credentials, target)
  }

  async cancelAll(credentials: Credentials, symbol: string): Promise<ExchangeOrder[]> {
    try {
      const canceled = await this.#raw.cancelOpenOrders(credentials, { symbol: exchangeSymbolOf(symbol) })
      // An order list has no status of its own; its legs are in its reports.
      const orders = canceled.flatMap((entry) => (isOrderList(entry) ? (entry.orderReports ?? []) : [entry]))
      return orders.map((order) => mapOrder(order, symbol))
    } catch (error) {
      // Binance's word for "there is nothing to cancel".
      if (error instanceof TradingError && error.code === 'UNKNOWN_ORDER') return []
      throw error
    }
  }

  async getOrder(credentials: Credentials, target: port.OrderReference): Promise<ExchangeOrder | null> {
    const order = await orNull(this.#raw.getOrder(credentials, referenceParams(target)))
    return order && mapOrder(order, target.symbol)
  }

  getOrderList(credentials: Credentials, target: port.OrderListReference): Promise<port.ExchangeOrderList | null> {
    return this.#lists.get(credentials, target)
  }

  async openOrders(credentials: Credentials, symbol?: string): Promise<ExchangeOrder[]> {
    const orders = await this.#raw.openOrders(credentials, { symbol: symbol && exchangeSymbolOf(symbol) })
    return Promise.all(
      orders.map(async (order) => mapOrder(order, symbol ?? (await this.#markets.nameOf(order.symbol)))),
    )
  }

  async orderHistory(credentials: Credentials, symbol: string, fromTime: EpochMs): Promise<ExchangeOrder[]> {
    const query: HistoryQuery<BinanceOrder> = {
      page: (params) => this.#raw.allOrders(credentials, { symbol: exchangeSymbolOf(symbol), ...params }),
      idOf: (order) => String(order.orderId),
      idParam: 'orderId',
    }
    const orders = await readFromTime(query, fromTime, this.#http.serverClock.now())
    return orders.map((order) => mapOrder(order, symbol))
  }

  async myFills(credentials: Credentials, symbol: string, from: port.FillsFrom): Promise<Fill[]> {
    const query = {
      page: (params: Record<string, string>) =>
        this.#raw.myTrades(credentials, { symbol: exchangeSymbolOf(symbol), ...params }),
      idOf: (trade: { id: string | number }) => String(trade.id),
      idParam: 'fromId',
    }
    const trades =
      'fromId' in from
        ? await readFromId(query, from.fromId)
        : await readFromTime(query, from.fromTime, this.#http.serverClock.now())
    return trades.map((trade) => mapTrade(trade, symbol))
  }

  async getTransfers(credentials: Credentials, fromTime: EpochMs): Promise<Transfer[]> {
    if (!this.#hasWallet)
      throw new TradingError('NOT_SUPPORTED', 'The test network has no wallet endpoints.', { outcome: 'NOT_SENT' })
    return readTransfers(this.#raw, credentials, fromTime, this.#http.serverClock.now())
  }

  async getFees(credentials: Credentials, symbol: string): Promise<port.FeeRates> {
    return mapCommission(await this.#raw.accountCommission(credentials, { symbol: exchangeSymbolOf(symbol) }), symbol)
  }

  /** Three times the recvWindow. */
  arrivesWithinMs = () => 15_000
  capabilities = () => (this.#hasWallet ? BINANCE_CAPABILITIES : BINANCE_TESTNET_CAPABILITIES)
  rateState = (credentials?: Credentials) => this.#http.rateState(credentials)
  clockState = () => this.#http.serverClock.state
  warmUp = () => this.#http.serverClock.sync()
  close = () => this.#http.close()
}

const referenceParams = (target: port.OrderReference) => ({
  symbol: exchangeSymbolOf(target.symbol),
  orderId: target.exchangeOrderId,
  origClientOrderId: target.exchangeOrderId === undefined ? target.clientOrderId : undefined,
})

const isOrderList = (entry: BinanceOrder | BinanceOrderList): entry is BinanceOrderList => 'listClientOrderId' in entry
