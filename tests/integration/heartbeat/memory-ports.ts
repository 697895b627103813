import type { Flaw } from '@/lib/domain/market/coherence'
import type { ClosedBar, HeartbeatPorts } from '@/daemons/heartbeat/ports'

/** Keeps what the heartbeat writes and sends. */
export class MemoryPorts implements HeartbeatPorts {
  readonly stored: ClosedBar[] = []
  readonly signals: ClosedBar[] = []
  readonly flaws: Flaw[] = []
  isCoherent: boolean | undefined
  rawCount = 0

  storeCandles(bars: readonly ClosedBar[]): Promise<void> {
    this.stored.push(...bars)
    return Promise.resolve()
  }
  publishSignal(bar: ClosedBar): Promise<void> {
    this.signals.push(bar)
    return Promise.resolve()
  }
  publishTick = () => Promise.resolve()
  publishRaw(messages: readonly unknown[]): Promise<void> {
    this.rawCount += messages.length
    return Promise.resolve()
  }
  recordStatus(change: { isCoherent?: boolean }): Promise<void> {
    this.isCoherent = change.isCoherent ?? this.isCoherent
    return Promise.resolve()
  }
  lastCloseTime = () => Promise.resolve(undefined)
  storedCandles(symbol: string, timeframe: string, from: number, to: number) {
    const wanted = this.stored
      .map((bar) => bar.candle)
      .filter(
        (bar) => bar.symbol === symbol && bar.timeframe === timeframe && bar.closeTime > from && bar.closeTime <= to,
      )
    return Promise.resolve(wanted.toSorted((a, b) => a.closeTime - b.closeTime))
  }
  recordFlaws(flaws: readonly Flaw[]): Promise<number> {
    this.flaws.push(...flaws)
    return Promise.resolve(flaws.length)
  }
  resolveFilledHoles = () => Promise.resolve(this.flaws.length)
  recordAlert = () => Promise.resolve()
}
