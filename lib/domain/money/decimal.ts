import { Decimal } from 'decimal.js'

// 40 significant digits hold numeric(38,18) exactly; no exponent form ever reaches a string.
const Money = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -40, toExpPos: 60 })

/** An exact decimal amount, price or ratio. */
export type Amount = Decimal

export const ZERO: Amount = new Money(0)
export const ONE: Amount = new Money(1)
export const HUNDRED: Amount = new Money(100)

export const isAmount = (value: unknown): value is Amount => Decimal.isDecimal(value)

const PLAIN = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/

/** Reads a decimal string exactly. Throws RangeError for anything that is not a finite number. */
export function parseDecimal(text: string): Amount {
  if (!PLAIN.test(text)) throw new RangeError(`not a decimal number: ${JSON.stringify(text.slice(0, 40))}`)
  return new Money(text)
}

/** Takes a finite JavaScript number (an indicator's or a strategy's result) over into exact decimals. */
export function fromNumber(value: number): Amount {
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`)
  return new Money(value)
}

/** Whole numbers of market units. */
export const fromInteger = (value: number): Amount => new Money(Math.trunc(value))

/** The plain decimal string for a wire or a database: no exponent, no trailing zeros. */
export const toWire = (amount: Amount): string => amount.toFixed()

export const max = (a: Amount, b: Amount): Amount => (a.gte(b) ? a : b)
export const min = (a: Amount, b: Amount): Amount => (a.lte(b) ? a : b)
export const sum = (amounts: Iterable<Amount>): Amount => {
  let total = ZERO
  for (const amount of amounts) total = total.plus(amount)
  return total
}
