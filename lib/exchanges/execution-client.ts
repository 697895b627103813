import type { Balance } from '@/lib/domain/account/balance'
import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import type { Transfer } from '@/lib/domain/account/transfer'
import type { TradingError } from '@/lib/domain/errors/trading-error'
import type { Candle } from '@/lib/domain/market/candle'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { Amount } from '@/lib/domain/money/decimal'
import type {
  AmendRequest,
  ExchangeOrder,
  Fill,
  OcoRequest,
  OrderRequest,
  OrderType,
  OtoRequest,
} from '@/lib/domain/order/order'
import type { ExchangeCapabilities } from '@/lib/exchanges/capabilities'
import type { ServerClockState } from '@/lib/exchanges/http/server-clock'
import type { RateState } from '@/lib/exchanges/http/rate-governor'
import type { CandleRange, StreamHandle, StreamState } from '@/lib/exchanges/market-data-client'

export type { RateState } from '@/lib/exchanges/http/rate-governor'

// The execution port: what the gateway can ask of an exchange account. One client serves every account of one exchange at
// one base address (GW-2), whatever the account's mode; the credentials come with each call. Every failure is a TradingError
// whose `outcome` says whether the exchange may have acted. Nothing here repeats an order on its own. What an exchange does
// not do natively is refused with NOT_SUPPORTED, outcome NOT_SENT; emulation is the engine's business.

/** What a key may do. `null`: the exchange does not tell (its sandbox has no such endpoint). */
export interface ConnectionReport {
  canTrade: boolean
  canWithdraw: boolean | null
  /** Whether the key works from named addresses only. */
  isIpRestricted: boolean | null
  /** The exchange's own word, `SPOT`. */
  accountType: string
  /** Which of the exchange's two account systems the key belongs to, where it has two. */
  accountMode: AccountMode | null
}

/** Names one order: by our id, or by the exchange's. */
export type OrderReference =
  | { symbol: string; clientOrderId: string; exchangeOrderId?: string }
  | { symbol: string; exchangeOrderId: string; clientOrderId?: string }

/** Orders that depend on each other at the exchange: OCO, OTO, OTOCO. */
export interface ExchangeOrderList {
  exchangeListId: string
  clientOrderListId: string
  symbol: string
  /** False once all its orders are closed. */
  isOpen: boolean
  /** With our client ids, also where the exchange knows only the list's. */
  orders: ExchangeOrder[]
  native: unknown
}

/**
 * Names a list. The ids of its orders come along, because some exchanges keep one client id for the whole list and tell its
 * orders apart by their prices only.
 */
export interface OrderListReference {
  symbol: string
  clientOrderListId: string
  exchangeListId?: string
  takeProfit?: { clientOrderId: string }
  stopLoss?: { clientOrderId: string }
}

/** By what the quantity of a replacement was chosen. */
export interface ReplaceSizing {
  /** How much of the target was known to be executed. */
  executed: Amount
  /** Told before another quantity than the asked one is sent: rounded, or less. Where this fails nothing is placed. */
  onResize: (quantity: Amount) => Promise<void>
}

/**
 * Result of a change that cancels and places again. `canceled` is the old order as it ended, which may be executed whole.
 * `placed` is null when there is no new order, or none is known: `placeError` then tells why.
 */
export interface ReplaceResult {
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

/** What an account's private stream tells. Handlers must be quick and must not throw. */
export interface UserStreamHandlers {
  /** An order as it is now; `fills` holds the execution that the message speaks of, if it speaks of one. */
  onOrder: (order: ExchangeOrder) => void
  /** The balances that changed. */
  onBalance: (balances: Balance[]) => void
  /**
   * `CONNECTED` and `RENEWED` are reported when the account is subscribed. Messages may have been missed before: whoever
   * listens asks the exchange for what is open.
   */
  onState: (state: StreamState) => void
  onUnreadable?: (text: string, reason: string) => void
}

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
  /** Two orders of which one cancels the other. */
  createOco(credentials: Credentials, request: OcoRequest, instrument: Instrument): Promise<ExchangeOrderList>
  /** An order that places one order, or an OCO pair, once it is filled. */
  createOto(credentials: Credentials, request: OtoRequest, instrument: Instrument): Promise<ExchangeOrderList>
  /**
   * Changes an order in place: it keeps its ids. Only where `canAmend` says so.
   * Rounds and checks like createOrder. Answers the order as it is afterwards.
   */
  amendOrder(
    credentials: Credentials,
    target: ExchangeOrder,
    request: AmendRequest,
    instrument: Instrument,
  ): Promise<ExchangeOrder>
  /** Whether the exchange can make exactly this change in place for an account of this mode. */
  canAmend(mode: AccountMode | null, target: ExchangeOrder, request: AmendRequest): boolean
  /**
   * Cancels `target` and places `replacement`, in one call where the exchange has one that is exact, else one after the other;
   * when the cancel fails nothing is placed. What was executed of the target beyond `sizing.executed` is taken off first, and
   * of an order that is executed whole, or whose rest the market does not take, nothing is placed: never more than what is left.
   */
  replaceOrder(
    credentials: Credentials,
    target: OrderReference,
    replacement: OrderRequest,
    instrument: Instrument,
    sizing: ReplaceSizing,
  ): Promise<ReplaceResult>
  cancelOrder(credentials: Credentials, target: OrderReference): Promise<ExchangeOrder>
  /** Cancels all orders of the list that are still open. */
  cancelOrderList(credentials: Credentials, target: OrderListReference): Promise<ExchangeOrderList>
  /** Cancels every open order of one symbol, lists included. An account without open orders gives an empty list. */
  cancelAll(credentials: Credentials, symbol: string): Promise<ExchangeOrder[]>
  /** `null`: the exchange says that it has no such order. Shortly after a send with unknown outcome, ask again. */
  getOrder(credentials: Credentials, target: OrderReference): Promise<ExchangeOrder | null>
  getOrderList(credentials: Credentials, target: OrderListReference): Promise<ExchangeOrderList | null>
  /** Everything that waits or rests, conditional orders and the legs of lists included. */
  openOrders(credentials: Credentials, symbol?: string): Promise<ExchangeOrder[]>
  /** Orders of one symbol, open and closed, created from `fromTime` on, oldest first. */
  orderHistory(credentials: Credentials, symbol: string, fromTime: EpochMs): Promise<ExchangeOrder[]>
  myFills(credentials: Credentials, symbol: string, from: FillsFrom): Promise<Fill[]>
  /**
   * What changed the account's funds without an execution, oldest first; records of before `fromTime` may come along. What has
   * not taken effect yet is not told.
   */
  getTransfers(credentials: Credentials, fromTime: EpochMs): Promise<Transfer[]>
  getFees(credentials: Credentials, symbol: string): Promise<FeeRates>
  /** The account's private stream until closed; reconnects, renews and subscribes by itself (GW-12). */
  streamUser(credentials: Credentials, handlers: UserStreamHandlers): StreamHandle
  /**
   * So long after it was taken for sending an order of this type may still arrive: until the time is over in which the exchange
   * takes what was signed then, with a margin. Of an order that it does not know afterwards it never hears any more.
   */
  arrivesWithinMs(mode: AccountMode | null, type: OrderType): number
  /** What can be done on an account of this mode, and on one pair where an instrument is given. */
  capabilities(mode: AccountMode | null, instrument?: Instrument): ExchangeCapabilities
  /** Rate limits and pauses as known now: of one account for its page, of all for `/metrics`. */
  rateState(credentials?: Credentials): RateState
  clockState(): ServerClockState
  /** Opens a connection and measures the clock, so that the first order does not pay for it. */
  warmUp(): Promise<void>
  close(): Promise<void>
}
