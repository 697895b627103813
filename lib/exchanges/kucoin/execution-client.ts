import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import type { Transfer } from '@/lib/domain/account/transfer'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Candle } from '@/lib/domain/market/candle'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { ExchangeOrder, Fill, OcoRequest, OrderRequest } from '@/lib/domain/order/order'
import { applyMarketRules, applyOcoRules } from '@/lib/domain/order/rules'
import type * as port from '@/lib/exchanges/execution-client'
import { beforeSend } from '@/lib/exchanges/before-send'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import type { CandleRange, StreamHandle } from '@/lib/exchanges/market-data-client'
import { replaceInTwo } from '@/lib/exchanges/replace-in-two'
import type { SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import type { KucoinAccount } from '@/lib/exchanges/kucoin/account'
import { readCandles } from '@/lib/exchanges/kucoin/candles'
import { kucoinCapabilities } from '@/lib/exchanges/kucoin/capabilities'
import { ClassicAccount } from '@/lib/exchanges/kucoin/classic-account'
import { ClassicStream } from '@/lib/exchanges/kucoin/classic-stream'
import { exchangeSymbolOf, mapTicker, symbolOf } from '@/lib/exchanges/kucoin/map-market'
import { loadInstruments } from '@/lib/exchanges/kucoin/markets'
import { KucoinModes } from '@/lib/exchanges/kucoin/modes'
import { KucoinRawClient } from '@/lib/exchanges/kucoin/raw-client'
import { UnifiedAccount } from '@/lib/exchanges/kucoin/unified-account'
import { KucoinUnifiedRawClient } from '@/lib/exchanges/kucoin/unified-raw-client'
import { UnifiedStream } from '@/lib/exchanges/kucoin/unified-stream'

export interface KucoinParts {
  http: ExchangeHttp
  /** Address of the classic streams' host; the bullet names the endpoint itself. */
  streamUrl: string
  /** Address of the unified accounts' stream. */
  privateUrl: string
  timings: Partial<SocketTimings>
}

/** Execution port of KuCoin spot (kucoin.com/docs-new), for classic and unified accounts. */
export class KucoinExecutionClient implements port.ExecutionClient {
  readonly #parts: KucoinParts
  readonly #http: ExchangeHttp
  readonly #raw: KucoinRawClient
  readonly #unifiedRaw: KucoinUnifiedRawClient
  readonly #modes: KucoinModes
  readonly #accounts: Record<AccountMode, KucoinAccount>

  constructor(parts: KucoinParts) {
    this.#parts = parts
    this.#http = parts.http
    this.#raw = new KucoinRawClient(parts.http)
    this.#unifiedRaw = new KucoinUnifiedRawClient(parts.http)
    this.#modes = new KucoinModes(this.#unifiedRaw)
    const now = () => this.#now()
    this.#accounts = {
      CLASSIC: new ClassicAccount(this.#raw, now),
      UNIFIED: new UnifiedAccount(this.#unifiedRaw, now),
    }
  }

  /** Asks for the mode, whatever the credentials say: it can be changed at the exchange. */
  async testConnection(credentials: Credentials): Promise<port.ConnectionReport> {
    const key = await this.#raw.getApiKeyInfo(credentials)
    const accountMode = await this.#modes.ask(credentials)
    await this.#accounts[accountMode].getBalance(credentials)
    const rights = key.permission.split(',').map((right) => right.trim().toLowerCase())
    return {
      canTrade: rights.includes(accountMode === 'UNIFIED' ? 'unified' : 'spot'),
      // The right to transfer out of the exchange goes by both names; inner transfers are another one.
      canWithdraw: rights.some((right) => right.startsWith('withdraw') || right === 'transfer'),
      isIpRestricted: (key.ipWhitelist ?? '') !== '',
      accountType: accountMode === 'UNIFIED' ? 'UNIFIED' : 'TRADE',
      accountMode,
    }
  }

  loadMarkets = (onProgress?: port.OnProgress): Promise<Instrument[]> => loadInstruments(this.#raw, onProgress)

  async getTicker(symbol: string): Promise<port.Ticker> {
    const native = await this.#raw.get24hrStats({ symbol: exchangeSymbolOf(symbol) })
    return mapTicker(native, symbol, native.time ?? this.#now())
  }

  async getTickers(symbols: string[] = []): Promise<port.Ticker[]> {
    const { time, ticker } = await this.#raw.getAllTickers()
    const wanted = new Set(symbols)
    return ticker
      .map((native) => mapTicker(native, symbolOf(native.symbol), time))
      .filter(({ symbol }) => wanted.size === 0 || wanted.has(symbol))
  }

  async getCandles(range: CandleRange): Promise<Candle[]> {
    await this.#http.serverClock.keepFresh()
    return readCandles(this.#raw, range, () => this.#now())
  }

  getBalance = async (credentials: Credentials) => (await this.#of(credentials)).getBalance(credentials)

  async createOrder(credentials: Credentials, request: OrderRequest, instrument: Instrument): Promise<ExchangeOrder> {
    const rounded = applyMarketRules(request, instrument)
    return (await this.#of(credentials)).createOrder(credentials, rounded, instrument.exchangeSymbol)
  }

  async createOco(
    credentials: Credentials,
    request: OcoRequest,
    instrument: Instrument,
  ): Promise<port.ExchangeOrderList> {
    const rounded = applyOcoRules(request, instrument)
    return (await this.#of(credentials)).createOco(credentials, rounded, instrument.exchangeSymbol)
  }

  createOto = () => Promise.reject(notSupported('KuCoin has no order that places another.'))
  amendOrder = () => Promise.reject(notSupported('KuCoin changes no order in place.'))
  canAmend = () => false

  /** Two calls: KuCoin's own change of an order would keep the old client id, and a lost answer could not be traced. */
  replaceOrder(
    credentials: Credentials,
    target: port.OrderReference,
    replacement: OrderRequest,
    instrument: Instrument,
    sizing: port.ReplaceSizing,
  ): Promise<port.ReplaceResult> {
    return replaceInTwo(this, credentials, target, replacement, instrument, sizing)
  }

  cancelOrder = async (credentials: Credentials, target: port.OrderReference) =>
    (await this.#of(credentials)).cancelOrder(credentials, target)
  cancelOrderList = async (credentials: Credentials, target: port.OrderListReference) =>
    (await this.#of(credentials)).cancelOrderList(credentials, target)
  cancelAll = async (credentials: Credentials, symbol: string) =>
    (await this.#of(credentials)).cancelAll(credentials, symbol)
  getOrder = async (credentials: Credentials, target: port.OrderReference) =>
    (await this.#of(credentials)).getOrder(credentials, target)
  getOrderList = async (credentials: Credentials, target: port.OrderListReference) =>
    (await this.#of(credentials)).getOrderList(credentials, target)
  openOrders = async (credentials: Credentials, symbol?: string) =>
    (await this.#of(credentials)).openOrders(credentials, symbol)

  /** KuCoin keeps closed orders for some three months, stop orders that ended without an order not at all. */
  async orderHistory(credentials: Credentials, symbol: string, fromTime: EpochMs): Promise<ExchangeOrder[]> {
    const account = await this.#of(credentials)
    await this.#http.serverClock.keepFresh()
    // First what is open: an order that closes in between is then in both, not in none.
    const open = await account.openOrders(credentials, symbol)
    const closed = await account.closedOrders(credentials, symbol, fromTime)
    const byId = new Map([...open, ...closed].map((order) => [order.exchangeOrderId, order]))
    return [...byId.values()]
      .filter(({ createdTime }) => createdTime >= fromTime)
      .sort((a, b) => a.createdTime - b.createdTime)
  }

  async myFills(credentials: Credentials, symbol: string, from: port.FillsFrom): Promise<Fill[]> {
    const account = await this.#of(credentials)
    await this.#http.serverClock.keepFresh()
    return account.fillsSince(credentials, symbol, from)
  }

  async getTransfers(credentials: Credentials, fromTime: EpochMs): Promise<Transfer[]> {
    const account = await this.#of(credentials)
    await this.#http.serverClock.keepFresh()
    return account.transfers(credentials, fromTime)
  }

  getFees = async (credentials: Credentials, symbol: string) =>
    (await this.#of(credentials)).getFees(credentials, symbol)

  streamUser(credentials: Credentials, handlers: port.UserStreamHandlers): StreamHandle {
    let stream: StreamHandle | undefined
    let isClosed = false
    let retry: NodeJS.Timeout | undefined
    const open = (): void => {
      this.#modes.of(credentials).then(
        (mode) => {
          if (!isClosed) stream = this.#streamOf(mode, credentials, handlers)
        },
        (error: unknown) => {
          if (isClosed) return
          const reason = error instanceof Error ? error.message : String(error)
          handlers.onState({ kind: 'DISCONNECTED', reason, retryInMs: MODE_RETRY_MS })
          retry = setTimeout(open, MODE_RETRY_MS)
          retry.unref()
        },
      )
    }
    open()
    return {
      close: () => {
        if (isClosed) return
        isClosed = true
        clearTimeout(retry)
        if (stream === undefined) handlers.onState({ kind: 'CLOSED' })
        else stream.close()
      },
    }
  }

  /** Three times the 5 s that KuCoin takes a signature for. */
  arrivesWithinMs = () => 15_000
  capabilities = kucoinCapabilities
  rateState = (credentials?: Credentials) => this.#http.rateState(credentials)
  clockState = () => this.#http.serverClock.state
  warmUp = () => this.#http.serverClock.sync()
  close = () => this.#http.close()

  #now = () => this.#http.serverClock.now()

  async #of(credentials: Credentials): Promise<KucoinAccount> {
    return this.#accounts[await beforeSend(this.#modes.of(credentials))]
  }

  #streamOf(mode: AccountMode, credentials: Credentials, handlers: port.UserStreamHandlers): StreamHandle {
    const { streamUrl, privateUrl, timings } = this.#parts
    const shared = { account: this.#accounts[mode], timings, credentials, handlers }
    return mode === 'UNIFIED'
      ? new UnifiedStream({ ...shared, raw: this.#unifiedRaw, privateUrl })
      : new ClassicStream({ ...shared, raw: this.#raw, streamUrl })
  }
}

/** Until the exchange told which stream an account has. */
const MODE_RETRY_MS = 5_000

const notSupported = (why: string) => new TradingError('NOT_SUPPORTED', why, { outcome: 'NOT_SENT' })
