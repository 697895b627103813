/** Mixes two 32-bit numbers into one, uniformly spread (the finalizer of MurmurHash3). */
export function mix(a: number, b: number): number {
  let h = (a ^ Math.imul(b | 0, 0x9e3779b1)) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

export const hashText = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}

const UNIT = 1 / 0xffffffff

/** Smooth noise in [-1, 1]: random values at whole numbers of `period`, blended between them. Pure in (key, time). */
export class Octave {
  private readonly key: number
  private readonly period: number
  private readonly amplitude: number
  private cell = Number.NaN
  private from = 0
  private to = 0

  constructor(key: number, period: number, amplitude: number) {
    this.key = key
    this.period = period
    this.amplitude = amplitude
  }

  /** Value at `time` (same unit as the period). Neighboring calls are cheap: the ends of the cell are kept. */
  at(time: number): number {
    const position = time / this.period
    const cell = Math.floor(position)
    if (cell !== this.cell) {
      this.cell = cell
      this.from = this.value(cell)
      this.to = this.value(cell + 1)
    }
    const u = position - cell
    return this.from + (this.to - this.from) * u * u * (3 - 2 * u)
  }

  private value(cell: number): number {
    return (mix(this.key, cell) * UNIT * 2 - 1) * this.amplitude
  }
}
