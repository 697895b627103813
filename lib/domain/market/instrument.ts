import type { Amount } from '@/lib/domain/money/decimal'

/** A tradable pair with the exchange's rules. A size of zero means the exchange states no such rule. */
export interface Instrument {
  /** Unified name, `BTC/USDT`. */
  symbol: string
  /** The exchange's own name, `BTCUSDT`. */
  exchangeSymbol: string
  baseAsset: string
  quoteAsset: string
  tickSize: Amount
  stepSize: Amount
  minQuantity: Amount
  maxQuantity: Amount
  /** Quantity step of market orders, where it differs from `stepSize`. */
  marketStepSize: Amount
  marketMaxQuantity: Amount
  /** Step of an amount to spend with a market order. */
  quoteStepSize: Amount
  minNotional: Amount
  isTrading: boolean
  isOcoAllowed: boolean
  /** Order types in the exchange's own words. */
  orderTypes: string[]
}
