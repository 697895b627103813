import { type Amount, fromInteger, parseDecimal, ZERO } from '@/lib/domain/money/decimal'

const SCALE = 8
const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]
const UNIT = parseDecimal('0.00000001')

/**
 * Adds up decimal strings exactly, at the price of an integer addition each. Amounts are counted in units of 1e-8 in a
 * double, which holds integers up to 2^53 exactly; whatever does not fit goes through the exact decimals.
 */
export class ExactSum {
  #units = 0
  #rest: Amount = ZERO

  /** @throws RangeError when `text` is not a decimal number. */
  add(text: string): void {
    const units = unitsOf(text)
    if (units < 0) this.#rest = this.#rest.plus(parseDecimal(text))
    else if (this.#units + units <= Number.MAX_SAFE_INTEGER) this.#units += units
    else {
      this.#rest = this.#rest.plus(UNIT.times(fromInteger(this.#units)))
      this.#units = units
    }
  }

  get total(): Amount {
    return this.#rest.plus(UNIT.times(fromInteger(this.#units)))
  }

  clear(): void {
    this.#units = 0
    this.#rest = ZERO
  }
}

/** The amount in units of 1e-8, or -1 when it cannot be counted exactly that way. */
const unitsOf = (text: string): number => {
  let units = 0
  let fraction = -1
  for (let i = 0; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - 48
    if (digit >= 0 && digit <= 9) {
      units = units * 10 + digit
      if (fraction >= 0) fraction += 1
    } else if (digit === -2 && fraction < 0) fraction = 0
    else return -1
  }
  const power = fraction > SCALE ? undefined : POWERS[SCALE - Math.max(fraction, 0)]
  if (power === undefined || text.length === 0) return -1
  units *= power
  return units <= Number.MAX_SAFE_INTEGER ? units : -1
}
