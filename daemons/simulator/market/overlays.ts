import type { RawTrade } from './synthetic'

export interface Overlay {
  /** First moment at which the forced price counts, epoch ms. */
  from: number
  /** Forced price over the price that the pure market had then. */
  ratio: number
  /** The market stays exactly at the forced price, until the next one. */
  isHeld: boolean
  /** The forced print itself. */
  print: RawTrade
}

/** Prices forced by tests, laid over the pure market: later prints are shifted in price and numbered one further. */
export class Overlays {
  private readonly list: Overlay[] = []

  get isEmpty(): boolean {
    return this.list.length === 0
  }

  /** How many numbers the prints are ahead of the pure market. */
  get shift(): number {
    return this.list.length
  }

  add(overlay: Overlay): void {
    this.list.push(overlay)
  }

  /** The pure print as the market shows it. */
  shown(trade: RawTrade): RawTrade {
    let at = this.list.length - 1
    while (at >= 0 && (this.list[at]?.from ?? 0) > trade.time) at -= 1
    const overlay = this.list[at]
    if (overlay === undefined) return trade
    const ticks = overlay.isHeld ? overlay.print.ticks : Math.max(1, Math.round(trade.ticks * overlay.ratio))
    return { ...trade, id: trade.id + at + 1, ticks }
  }

  /** Forced prints with `from <= time < to`. */
  prints(from: number, to: number): Overlay[] {
    return this.list.filter((overlay) => overlay.print.time >= from && overlay.print.time < to)
  }
}
