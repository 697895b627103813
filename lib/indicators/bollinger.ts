import { Output } from '@/lib/indicators/series'
import { Window } from '@/lib/indicators/sma'

/** Bollinger bands: simple mean and `deviations` population standard deviations around it. Default 20 and 2. */
export class Bollinger {
  readonly upper = new Output()
  readonly middle = new Output()
  readonly lower = new Output()
  readonly #window: Window
  readonly #deviations: number

  constructor(length = 20, deviations = 2) {
    this.#window = new Window(length, 'bollinger')
    this.#deviations = deviations
  }

  get isReady(): boolean {
    return this.middle.isReady
  }

  update(x: number): void {
    const window = this.#window
    window.push(x)
    if (!window.isFull) {
      for (const band of [this.upper, this.middle, this.lower]) band.push(Number.NaN)
      return
    }
    const length = window.values.length
    const mean = window.sum / length
    let squares = 0
    for (const value of window.values) squares += (value - mean) ** 2
    const width = this.#deviations * Math.sqrt(squares / length)
    this.upper.push(mean + width)
    this.middle.push(mean)
    this.lower.push(mean - width)
  }
}
