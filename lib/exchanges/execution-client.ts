import type { Balance } from '@/lib/domain/account/balance'
import type { Credentials } from '@/lib/domain/account/broker'
import type { TradingError } from '@/lib/domain/errors/trading-error'
import type { Candle } from '@/lib/domain/market/candle'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { Amount } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill, OcoRequest, OrderRequest } from '@/lib/domain/order/order'
import type { ExchangeCapabilities } from '@/lib/exchanges/capabilities'
import type { ServerClockState } from '@/lib/exchanges/http/server-clock'
import type { RateState } from '@/lib/exchanges/http/rate-governor'
import type { CandleRange } from '@/lib/exchanges/market-data-client'

// The execution port: what the gateway can ask of an exchange account. One client serves every account of one exchange at
// one base address (GW-2); the credentials come with each call. Every failure is a TradingError whose `outcome` says
// whether the exchange may have acted. Nothing here repeats an order on its own.

/** What a key may do. `null`: the exchange does not tell (its sandbox has no such endpoint). */
export interface ConnectionReport {
  canTrade: boolean
  canWithdraw: boolean | null
  /** Whether the key works from named addresses only. */
  isIpRestricted: boolean | null
  /** The exchange's own word, `SPOT`. */
  accountType: string
}

/** Names one order: by our id, or by the exchange's. */
export type OrderReference =
  | { symbol: string; clientOrderId: string; exchangeOrderId?: string }
  | { symbol: string; exchangeOrderId: string; clientOrderId?: string }

export interface ExchangeOco {
  exchangeListId: string
  clientOrderListId: string
  symbol: string
  /** False once both legs are closed. */
  isOpen: boolean
  orders: ExchangeOrder[]
  native: unknown
}

/**
 * Result of an edit that cancels and places again. `placed` is null when the old order was canceled and the exchange
 * refused the new one: `placeError` then tells why, and nothing rests at the exchange any more.
 */
export interface EditResult {
  canceled: ExchangeOrder
  placed: ExchangeOrder | null
  placeError?: TradingError
}

export interface Ticker {
  symbol: string
  lastPrice: Amount
  bidPrice: Amount
  askPrice: Amount
  openPrice: Amount
  highPrice: Amount
  lowPrice: Amount
  /** Volume of the last 24 hours, in the base and in the quote asset. */
  volume: Amount
  quoteVolume: Amount
  closeTime: EpochMs
}

/** Fees as ratios (0.001 is 0.1 %). */
export interface FeeRates {
  symbol: string
  maker: Amount
  taker: Amount
}

/** Where to start reading executions. A time is inclusive; an id is the first id wanted. */
export type FillsFrom = { fromTime: EpochMs } | { fromId: string }

/** Progress of a long call: `total` is known after the first answer. */
export type OnProgress = (done: number, total: number) => void

export interface ExecutionClient {
  testConnection(credentials: Credentials): Promise<ConnectionReport>
  /** Every tradable pair with its rules; `onProgress` is called as pairs are read. */
  loadMarkets(onProgress?: OnProgress): Promise<Instrument[]>
  /** Assets with a balance above zero. */
  getBalance(credentials: Credentials): Promise<Balance[]>
  getTicker(symbol: string): Promise<Ticker>
  /** All symbols when none are given. */
  getTickers(symbols?: string[]): Promise<Ticker[]>
  /** Any range, oldest first, paged inside; timeframes that the exchange lacks are aggregated from shorter ones. */
  getCandles(range: CandleRange): Promise<Candle[]>
  /** Rounds and checks against the instrument first (GW-6). Refusals by rule have outcome NOT_SENT. */
  createOrder(credentials: Credentials, request: OrderRequest, instrument: Instrument): Promise<ExchangeOrder>
  createOco(credentials: Credentials, request: OcoRequest, instrument: Instrument): Promise<ExchangeOco>
  /** Cancels `target` and places `replacement`; when the cancel fails nothing is placed. */
  editOrder(
    credentials: Credentials,
    target: OrderReference,
    replacement: OrderRequest,
    instrument: Instrument,
  ): Promise<EditResult>
  cancelOrder(credentials: Credentials, target: OrderReference): Promise<ExchangeOrder>
  /** Cancels both legs. */
  cancelOco(credentials: Credentials, symbol: string, clientOrderListId: string): Promise<ExchangeOco>
  /** Cancels every open order of one symbol, lists included. An account without open orders gives an empty list. */
  cancelAll(credentials: Credentials, symbol: string): Promise<ExchangeOrder[]>
  /** `null`: the exchange says that it has no such order. Shortly after a send with unknown outcome, ask again. */
  getOrder(credentials: Credentials, target: OrderReference): Promise<ExchangeOrder | null>
  getOco(credentials: Credentials, clientOrderListId: string): Promise<ExchangeOco | null>
  openOrders(credentials: Credentials, symbol?: string): Promise<ExchangeOrder[]>
  /** Orders of one symbol, open and closed, created from `fromTime` on, oldest first. */
  orderHistory(credentials: Credentials, symbol: string, fromTime: EpochMs): Promise<ExchangeOrder[]>
  myFills(credentials: Credentials, symbol: string, from: FillsFrom): Promise<Fill[]>
  getFees(credentials: Credentials, symbol: string): Promise<FeeRates>
  capabilities(): ExchangeCapabilities
  /** Rate limits and pauses as known now, for `/metrics` and the account page. */
  rateState(): RateState
  clockState(): ServerClockState
  /** Opens a connection and measures the clock, so that the first order does not pay for it. */
  warmUp(): Promise<void>
  close(): Promise<void>
}
