import { Rma } from '@/lib/indicators/ema'
import { Output } from '@/lib/indicators/series'

/** Average true range (Wilder), in price units, default length 14. The true range starts with the second candle. */
export class Atr extends Output {
  readonly #mean: Rma
  #lastClose = Number.NaN

  constructor(length = 14) {
    super()
    this.#mean = new Rma(length)
  }

  update(high: number, low: number, close: number): void {
    const last = this.#lastClose
    this.#lastClose = close
    if (Number.isNaN(last)) {
      this.push(Number.NaN)
      return
    }
    this.#mean.update(Math.max(high - low, Math.abs(high - last), Math.abs(low - last)))
    this.push(this.#mean.value)
  }
}
