import type { Amount } from '@/lib/domain/money/decimal'
import { parseDecimal } from '@/lib/domain/money/decimal'

/** Trading rules of one pair. Ticks and steps are powers of ten, so that whole numbers of them print exactly. */
export interface Rules {
  symbol: string
  baseAsset: string
  quoteAsset: string
  priceDecimals: number
  quantityDecimals: number
  tickSize: Amount
  minPrice: Amount
  maxPrice: Amount
  stepSize: Amount
  minQuantity: Amount
  maxQuantity: Amount
  marketMaxQuantity: Amount
  minNotional: Amount
  maxNotional: Amount
  /** Limits of an order's price as multiples of the 5-minute average price. */
  bidMultiplierUp: Amount
  bidMultiplierDown: Amount
  askMultiplierUp: Amount
  askMultiplierDown: Amount
  maxNumOrders: number
  maxNumAlgoOrders: number
}

const powerOfTen = (decimals: number): Amount => parseDecimal(`1e-${decimals}`)

const MIN_NOTIONAL: Record<string, string> = { BTC: '0.0001', ETH: '0.001', BNB: '0.01' }

/** Rules in the manner of Binance spot (its values of 2026), from the decimals of a pair's prices and quantities. */
export function rulesOf(
  baseAsset: string,
  quoteAsset: string,
  priceDecimals: number,
  quantityDecimals: number,
  maxQuantity = '9000000',
): Rules {
  const tickSize = powerOfTen(priceDecimals)
  const stepSize = powerOfTen(quantityDecimals)
  return {
    symbol: `${baseAsset}${quoteAsset}`,
    baseAsset,
    quoteAsset,
    priceDecimals,
    quantityDecimals,
    tickSize,
    minPrice: tickSize,
    maxPrice: parseDecimal('1000000'),
    stepSize,
    minQuantity: stepSize,
    maxQuantity: parseDecimal(maxQuantity),
    marketMaxQuantity: parseDecimal(maxQuantity).div(75).toDecimalPlaces(quantityDecimals),
    minNotional: parseDecimal(MIN_NOTIONAL[quoteAsset] ?? '5'),
    maxNotional: parseDecimal('9000000'),
    bidMultiplierUp: parseDecimal('5'),
    bidMultiplierDown: parseDecimal('0.2'),
    askMultiplierUp: parseDecimal('5'),
    askMultiplierDown: parseDecimal('0.2'),
    maxNumOrders: 200,
    maxNumAlgoOrders: 5,
  }
}
