import { Rma } from '@/lib/indicators/ema'
import { Output } from '@/lib/indicators/series'

/** Relative strength index (Wilder), 0 to 100, default length 14. Without any movement it is NaN. */
export class Rsi extends Output {
  readonly #gains: Rma
  readonly #losses: Rma
  #last = Number.NaN

  constructor(length = 14) {
    super()
    this.#gains = new Rma(length)
    this.#losses = new Rma(length)
  }

  update(x: number): void {
    const change = x - this.#last
    this.#last = x
    if (Number.isNaN(change)) {
      this.push(Number.NaN)
      return
    }
    this.#gains.update(Math.max(change, 0))
    this.#losses.update(Math.max(-change, 0))
    this.push((100 * this.#gains.value) / (this.#gains.value + this.#losses.value))
  }
}
