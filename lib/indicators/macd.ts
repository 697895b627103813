import { Ema } from '@/lib/indicators/ema'
import { Output } from '@/lib/indicators/series'

/** Moving average convergence divergence: fast less slow EMA, its own EMA as signal, and the difference of both. */
export class Macd {
  readonly macd = new Output()
  readonly signal = new Output()
  readonly histogram = new Output()
  readonly #fast: Ema
  readonly #slow: Ema
  readonly #smooth: Ema

  constructor(fast = 12, slow = 26, signal = 9) {
    if (fast >= slow) throw new RangeError(`macd: fast (${fast}) must be shorter than slow (${slow})`)
    this.#fast = new Ema(fast)
    this.#slow = new Ema(slow)
    this.#smooth = new Ema(signal)
  }

  get isReady(): boolean {
    return this.histogram.isReady
  }

  update(x: number): void {
    this.#fast.update(x)
    this.#slow.update(x)
    const macd = this.#fast.value - this.#slow.value
    this.macd.push(macd)
    if (!Number.isNaN(macd)) this.#smooth.update(macd)
    this.signal.push(this.#smooth.value)
    this.histogram.push(macd - this.#smooth.value)
  }
}
