// Streaming indicators: one number in, one value out, constant work each. Names, defaults and seeds as in pandas-ta, so
// that a strategy moved over from there sees the same values. A value is NaN until enough candles have come.

/** The latest value of an indicator and the one before it. */
export interface Series {
  readonly value: number
  readonly prev: number
  /** True once `value` is a number. */
  readonly isReady: boolean
}

/** A value with its predecessor, set by the indicator that owns it. */
export class Output implements Series {
  value = Number.NaN
  prev = Number.NaN

  get isReady(): boolean {
    return !Number.isNaN(this.value)
  }

  push(value: number): void {
    this.prev = this.value
    this.value = value
  }
}

/** Throws RangeError unless `length` is a whole number of 1 or more. */
export function checkLength(length: number, name: string): void {
  if (!Number.isInteger(length) || length < 1)
    throw new RangeError(`${name}: the length must be a whole number above 0, it is ${length}`)
}
