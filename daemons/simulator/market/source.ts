import type { Level } from '../matching/book'
import type { Rules } from '../matching/rules'

/** One print of the market, in the words of the wire: decimal strings, epoch ms. */
export interface MarketTrade {
  symbol: string
  id: number
  firstId: number
  lastId: number
  price: string
  quantity: string
  /** When it happened, and the exchange's clock when the message went out. */
  tradeTime: number
  eventTime: number
  isBuyerMaker: boolean
  /** The aggTrade message as it was recorded or received, where there is one. */
  raw?: string
}

/** A bar of the market. `closeTime` is exclusive. Volumes in base and quote asset; `taker...` by aggressive buyers. */
export interface MarketCandle {
  openTime: number
  closeTime: number
  open: string
  high: string
  low: string
  close: string
  volume: string
  quoteVolume: string
  takerVolume: string
  takerQuoteVolume: string
  tradeCount: number
  firstId: number
  lastId: number
}

export interface Depth {
  bids: Level[]
  asks: Level[]
}

type MarketKind = 'live' | 'replay' | 'synthetic'

/** Where prices come from. Everything that it announces reaches `onTrade` in order, once. */
export interface MarketSource {
  readonly kind: MarketKind
  /** One sentence for the status bar. */
  readonly description: string
  readonly rules: Rules[]
  /** The market's clock, epoch ms: the wall clock, or the recorded one in a replay. */
  now(): number
  lastTrade(symbol: string): MarketTrade | undefined
  /** Trades already announced, oldest first: from `fromId` on, or the newest ones. */
  trades(symbol: string, limit: number, fromId?: number): MarketTrade[]
  /** Trades announced with `from <= tradeTime < to`, oldest first. */
  tradesBetween(symbol: string, from: number, to: number, limit: number): MarketTrade[]
  /** Bars with `from <= openTime <= to`, oldest first, at most `limit`; the bar in progress holds what was announced so far. */
  candles(symbol: string, intervalMs: number, from: number, to: number, limit: number): Promise<MarketCandle[]>
  /** Best bid and ask as announced by the exchange followed, where it says so. */
  bestQuote?(symbol: string): { bid: Level; ask: Level } | undefined
  /** Starts announcing. */
  start(onTrade: (trade: MarketTrade) => void): void
  stop(): void
  /** Set by the streams: resolves when the slowest client has caught up; undefined when none lags. */
  backPressure?: (() => Promise<void> | undefined) | undefined
  /** Told when a client starts to listen to the pair's prints. */
  onSubscriber?(symbol: string): void
  /** Forces the price, for tests; only a generated market can. */
  jump?(symbol: string, price: string, isHeld: boolean): void
}
