import type { Rules } from '../matching/rules'
import { rulesOf } from '../matching/rules'

/** A pair of the generated market: its rules and the character of its prices. */
export interface Listing {
  rules: Rules
  /** Price around which it moves for ever, in ticks. */
  referenceTicks: number
  spreadTicks: number
  tradesPerMinute: number
  /** Average size of a print, in quantity steps. */
  meanSteps: number
  /** Size of the price moves relative to BTCUSDT. */
  liveliness: number
}

type Row = [
  base: string,
  quote: string,
  price: string,
  priceDecimals: number,
  quantityDecimals: number,
  perMinute: number,
  meanQuantity: number,
  liveliness: number,
]

// Decimals as on Binance in 2026; prices and sizes near the real ones.
const ROWS: Row[] = [
  ['BTC', 'USDT', '60000', 2, 5, 120, 0.04, 1],
  ['ETH', 'USDT', '3000', 2, 4, 120, 0.8, 1.2],
  ['BNB', 'USDT', '600', 2, 3, 60, 1.5, 1],
  ['SOL', 'USDT', '150', 2, 3, 60, 10, 1.5],
  ['XRP', 'USDT', '0.6', 4, 1, 60, 1500, 1.3],
  ['ADA', 'USDT', '0.45', 4, 1, 30, 1200, 1.3],
  ['DOGE', 'USDT', '0.12', 5, 0, 30, 8000, 1.5],
  ['LTC', 'USDT', '80', 2, 3, 30, 4, 1.2],
  ['LINK', 'USDT', '14', 2, 2, 30, 25, 1.4],
  ['USDC', 'USDT', '1', 5, 0, 30, 4000, 0.004],
  ['BTC', 'USDC', '60000', 2, 5, 60, 0.02, 1],
  ['ETH', 'USDC', '3000', 2, 4, 60, 0.4, 1.2],
  ['SOL', 'USDC', '150', 2, 3, 30, 6, 1.5],
  ['ETH', 'BTC', '0.05', 5, 4, 30, 0.5, 0.5],
  ['BNB', 'BTC', '0.01', 6, 3, 30, 1, 0.5],
]

const toListing = ([
  base,
  quote,
  price,
  priceDecimals,
  quantityDecimals,
  perMinute,
  mean,
  liveliness,
]: Row): Listing => {
  const rules = rulesOf(base, quote, priceDecimals, quantityDecimals, quantityDecimals >= 4 ? '9000' : '9000000')
  const referenceTicks = Math.round(Number(price) * 10 ** priceDecimals)
  return {
    rules,
    referenceTicks,
    spreadTicks: Math.max(1, Math.round(referenceTicks * 1e-6)),
    tradesPerMinute: perMinute,
    meanSteps: mean * 10 ** quantityDecimals,
    liveliness,
  }
}

export const LISTINGS: readonly Listing[] = ROWS.map(toListing)

const BY_SYMBOL = new Map(LISTINGS.map((listing) => [listing.rules.symbol, listing]))

export const listingOf = (symbol: string): Listing | undefined => BY_SYMBOL.get(symbol)
