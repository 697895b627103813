import { Decimal } from 'decimal.js'
import type { Amount } from '@/lib/domain/money/decimal'

const toMultiple = (value: Amount, unit: Amount, mode: Decimal.Rounding): Amount =>
  unit.isZero() ? value : value.div(unit).toDecimalPlaces(0, mode).times(unit)

/** Nearest multiple of the market's price tick. A tick of zero means the market has none. */
export const roundToTick = (price: Amount, tickSize: Amount): Amount =>
  toMultiple(price, tickSize, Decimal.ROUND_HALF_UP)

/** Largest multiple of the market's quantity step that is not above `quantity`: rounding never enlarges an order. */
export const roundToStep = (quantity: Amount, stepSize: Amount): Amount =>
  toMultiple(quantity, stepSize, Decimal.ROUND_DOWN)

/** Smallest multiple of the step that is not below `quantity`: for naming the nearest acceptable value. */
export const roundUpToStep = (quantity: Amount, stepSize: Amount): Amount =>
  toMultiple(quantity, stepSize, Decimal.ROUND_UP)

export const meetsMinNotional = (quantity: Amount, price: Amount, minNotional: Amount): boolean =>
  quantity.times(price).gte(minNotional)
