import type { Balance } from '@/lib/domain/account/balance'
import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import type { Transfer } from '@/lib/domain/account/transfer'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Candle } from '@/lib/domain/market/candle'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { AmendRequest, ExchangeOrder, Fill, OrderRequest, OrderType } from '@/lib/domain/order/order'
import { beforeSend } from '@/lib/exchanges/before-send'
import type * as port from '@/lib/exchanges/execution-client'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import type { CandleRange, StreamHandle } from '@/lib/exchanges/market-data-client'
import { replaceInTwo } from '@/lib/exchanges/replace-in-two'
import type { SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import type { AccountApi } from '@/lib/exchanges/bitget/account-api'
import { AccountModes } from '@/lib/exchanges/bitget/account-mode'
import { readCandles } from '@/lib/exchanges/bitget/candles'
import { bitgetCapabilities } from '@/lib/exchanges/bitget/capabilities'
import { ClassicAccount } from '@/lib/exchanges/bitget/classic-account'
import { LastPrices } from '@/lib/exchanges/bitget/last-prices'
import { mapTicker } from '@/lib/exchanges/bitget/map-market'
import { BitgetMarkets } from '@/lib/exchanges/bitget/markets'
import { BitgetOrders } from '@/lib/exchanges/bitget/orders'
import { PlanLinks } from '@/lib/exchanges/bitget/plan-links'
import { BitgetRawClient } from '@/lib/exchanges/bitget/raw-client'
import { RECEIVE_WINDOW_MS } from '@/lib/exchanges/bitget/send'
import { UnifiedAccount } from '@/lib/exchanges/bitget/unified-account'
import { UnifiedRawClient } from '@/lib/exchanges/bitget/unified-raw-client'
import { BitgetUserStream } from '@/lib/exchanges/bitget/user-stream'
import { isConditional } from '@/lib/exchanges/bitget/words'
import type { Clock } from '@/lib/platform/clock'

export interface BitgetExecutionOptions {
  http: ExchangeHttp
  clock: Clock
  /** Base address of the private streams, `wss://ws.bitget.com`. */
  privateUrl: string
  timings?: Partial<SocketTimings>
}

const FEW = 5
/** Bitget takes a signature for half a minute; only orders of Classic accounts that are no plans can ask for less. */
const SIGNED_FOR_MS = 30_000
const SIGNED_MARGIN_MS = 15_000

interface Account {
  api: AccountApi
  orders: BitgetOrders
}

/** Execution port of Bitget spot, for Classic (v2) and unified (v3) accounts; each key is served by its own system. */
export class BitgetExecutionClient implements port.ExecutionClient {
  readonly #options: BitgetExecutionOptions
  readonly #raw: BitgetRawClient
  readonly #markets: BitgetMarkets
  readonly #prices: LastPrices
  readonly #modes: AccountModes
  readonly #accounts: Record<AccountMode, Account>

  constructor(options: BitgetExecutionOptions) {
    this.#options = options
    const { http, clock } = options
    const unified = new UnifiedRawClient(http)
    const now = () => http.serverClock.now()
    const links = new PlanLinks(now)
    this.#raw = new BitgetRawClient(http)
    this.#markets = new BitgetMarkets(this.#raw)
    this.#prices = new LastPrices(this.#raw, this.#markets, clock)
    this.#modes = new AccountModes(unified)
    const accountOf = (api: AccountApi): Account => ({ api, orders: new BitgetOrders(api, links, this.#prices, now) })
    this.#accounts = {
      CLASSIC: accountOf(new ClassicAccount(this.#raw, this.#markets, this.#prices, now)),
      UNIFIED: accountOf(new UnifiedAccount(unified, this.#markets, this.#prices, now)),
    }
  }

  async testConnection(credentials: Credentials): Promise<port.ConnectionReport> {
    return this.#accounts[await this.#modes.askAnew(credentials)].api.report(credentials)
  }

  loadMarkets(onProgress?: port.OnProgress): Promise<Instrument[]> {
    return this.#markets.load(onProgress)
  }

  async getBalance(credentials: Credentials): Promise<Balance[]> {
    const { api } = await this.#account(credentials)
    return (await api.balances(credentials)).filter((balance) => balance.total.gt(0))
  }

  getTicker(symbol: string): Promise<port.Ticker> {
    return this.#prices.ticker(symbol)
  }

  async getTickers(symbols: string[] = []): Promise<port.Ticker[]> {
    // One pair or all in one call: for a few, so many calls are less than the whole list.
    if (symbols.length > 0 && symbols.length <= FEW) return Promise.all(symbols.map((symbol) => this.getTicker(symbol)))
    for (const symbol of symbols) this.#markets.nativeNameOf(symbol)
    const wanted = new Set(symbols)
    const tickers = await Promise.all(
      (await this.#raw.tickers({})).map(async (native) => mapTicker(native, await this.#markets.nameOf(native.symbol))),
    )
    return symbols.length === 0 ? tickers : tickers.filter(({ symbol }) => wanted.has(symbol))
  }

  async getCandles(range: CandleRange): Promise<Candle[]> {
    const { serverClock } = this.#options.http
    await serverClock.keepFresh()
    return readCandles(this.#raw, range, () => serverClock.now())
  }

  async createOrder(credentials: Credentials, request: OrderRequest, instrument: Instrument): Promise<ExchangeOrder> {
    return (await this.#account(credentials)).orders.create(credentials, request, instrument)
  }

  createOco = () => Promise.reject(noLists())
  createOto = () => Promise.reject(noLists())
  cancelOrderList = () => Promise.reject(noLists())
  getOrderList = () => Promise.resolve(null)

  canAmend(mode: AccountMode | null, target: ExchangeOrder, request: AmendRequest): boolean {
    return this.#accounts[mode ?? 'CLASSIC'].orders.canAmend(target, request)
  }

  async amendOrder(
    credentials: Credentials,
    target: ExchangeOrder,
    request: AmendRequest,
    instrument: Instrument,
  ): Promise<ExchangeOrder> {
    return (await this.#account(credentials)).orders.amend(credentials, target, request, instrument)
  }

  /**
   * Two calls: cancel-replace-order takes a fixed size and no condition, and every resting order can execute up to its cancel.
   * What is executed then would be bought or sold twice.
   */
  replaceOrder(
    credentials: Credentials,
    target: port.OrderReference,
    replacement: OrderRequest,
    instrument: Instrument,
    sizing: port.ReplaceSizing,
  ): Promise<port.ReplaceResult> {
    return replaceInTwo(this, credentials, target, replacement, instrument, sizing)
  }

  async cancelOrder(credentials: Credentials, target: port.OrderReference): Promise<ExchangeOrder> {
    return (await this.#account(credentials)).orders.cancel(credentials, target)
  }

  async cancelAll(credentials: Credentials, symbol: string): Promise<ExchangeOrder[]> {
    return (await this.#account(credentials)).orders.cancelAll(credentials, symbol)
  }

  async getOrder(credentials: Credentials, target: port.OrderReference): Promise<ExchangeOrder | null> {
    return (await this.#account(credentials)).orders.find(credentials, target)
  }

  async openOrders(credentials: Credentials, symbol?: string): Promise<ExchangeOrder[]> {
    return (await this.#account(credentials)).orders.open(credentials, symbol)
  }

  async orderHistory(credentials: Credentials, symbol: string, fromTime: EpochMs): Promise<ExchangeOrder[]> {
    return (await this.#account(credentials)).orders.history(credentials, symbol, fromTime)
  }

  async myFills(credentials: Credentials, symbol: string, from: port.FillsFrom): Promise<Fill[]> {
    return (await this.#account(credentials)).api.fills(credentials, symbol, from)
  }

  async getTransfers(credentials: Credentials, fromTime: EpochMs): Promise<Transfer[]> {
    const { api } = await this.#account(credentials)
    return (await api.transfers(credentials, fromTime)).sort((a, b) => a.time - b.time)
  }

  async getFees(credentials: Credentials, symbol: string): Promise<port.FeeRates> {
    return (await this.#account(credentials)).api.fees(credentials, symbol)
  }

  streamUser(credentials: Credentials, handlers: port.UserStreamHandlers): StreamHandle {
    const { http, privateUrl, timings = {} } = this.#options
    return new BitgetUserStream({
      http,
      markets: this.#markets,
      privateUrl,
      timings,
      credentials,
      handlers,
      account: async () => {
        const mode = await this.#modes.of(credentials)
        return { mode, orders: this.#accounts[mode].orders }
      },
    })
  }

  arrivesWithinMs = (mode: AccountMode | null, type: OrderType) =>
    mode === 'CLASSIC' && !isConditional(type) ? 3 * RECEIVE_WINDOW_MS : SIGNED_FOR_MS + SIGNED_MARGIN_MS
  capabilities = (mode: AccountMode | null) => bitgetCapabilities(mode ?? 'CLASSIC')
  rateState = (credentials?: Credentials) => this.#options.http.rateState(credentials)
  clockState = () => this.#options.http.serverClock.state
  warmUp = () => this.#options.http.serverClock.sync()
  close = () => this.#options.http.close()

  async #account(credentials: Credentials): Promise<Account> {
    return this.#accounts[await beforeSend(this.#modes.of(credentials))]
  }
}

const noLists = (): TradingError =>
  new TradingError('NOT_SUPPORTED', 'Bitget spot has no order lists.', { outcome: 'NOT_SENT' })
