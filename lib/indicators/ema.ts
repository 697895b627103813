import { checkLength, Output } from '@/lib/indicators/series'

/**
 * A mean that forgets exponentially, seeded with the simple mean of its first `length` values. With factor 2/(length+1)
 * it is the EMA, with 1/length Wilder's RMA.
 */
class ExponentialMean extends Output {
  readonly #length: number
  readonly #factor: number
  #count = 0
  #sum = 0

  constructor(length: number, factor: number, name: string) {
    super()
    checkLength(length, name)
    this.#length = length
    this.#factor = factor
  }

  update(x: number): void {
    this.#count++
    if (this.#count > this.#length) {
      this.push(this.value + this.#factor * (x - this.value))
      return
    }
    this.#sum += x
    this.push(this.#count === this.#length ? this.#sum / this.#length : Number.NaN)
  }
}

/** Exponential moving average. */
export class Ema extends ExponentialMean {
  constructor(length: number) {
    super(length, 2 / (length + 1), 'ema')
  }
}

/** Wilder's moving average. */
export class Rma extends ExponentialMean {
  constructor(length: number) {
    super(length, 1 / length, 'rma')
  }
}
