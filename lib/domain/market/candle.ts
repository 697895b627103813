import type { Amount } from '@/lib/domain/money/decimal'
import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'

/** One OHLCV bar. `closeTime` is exclusive: the open time of the next bar. Volume is in the base asset. */
export interface Candle {
  symbol: string
  timeframe: Timeframe
  openTime: EpochMs
  closeTime: EpochMs
  open: Amount
  high: Amount
  low: Amount
  close: Amount
  volume: Amount
  /** Number of market prints in it; 0 for an interval without trading. */
  tradeCount: number
  isClosed: boolean
}

/** One market print, or an aggregate of prints at one price. */
export interface PublicTrade {
  symbol: string
  tradeId: string
  price: Amount
  quantity: Amount
  tradeTime: EpochMs
  /** The exchange's clock when it sent the message. */
  eventTime: EpochMs
  /** True when the buyer was the maker: the aggressor sold. */
  isBuyerMaker: boolean
  /** Prints in this message: 1, or more for an aggregate. */
  count: number
}
