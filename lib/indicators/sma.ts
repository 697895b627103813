import { checkLength, Output } from '@/lib/indicators/series'

/** The last `length` values, with their sum. Resummed once a window, so that rounding errors cannot pile up. */
export class Window {
  readonly values: Float64Array
  sum = 0
  #count = 0
  #at = 0

  constructor(length: number, name: string) {
    checkLength(length, name)
    this.values = new Float64Array(length)
  }

  get isFull(): boolean {
    return this.#count === this.values.length
  }

  push(x: number): void {
    const { values } = this
    if (this.isFull) this.sum -= values[this.#at] ?? 0
    else this.#count++
    values[this.#at] = x
    this.sum += x
    this.#at++
    if (this.#at === values.length) {
      this.#at = 0
      let sum = 0
      for (const value of values) sum += value
      this.sum = sum
    }
  }
}

/** Simple moving average. */
export class Sma extends Output {
  readonly #window: Window

  constructor(length: number) {
    super()
    this.#window = new Window(length, 'sma')
  }

  update(x: number): void {
    this.#window.push(x)
    this.push(this.#window.isFull ? this.#window.sum / this.#window.values.length : Number.NaN)
  }
}
