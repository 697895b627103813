import type { Candle } from '@/lib/domain/market/candle'
import type { Flaw } from '@/lib/domain/market/coherence'
import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'

/** A closed bar on its way out: stored, and signalled unless it is history from before this start. */
export interface ClosedBar {
  candle: Candle
  signalId: string
  /** When the print or clock tick that closed it, or the exchange's answer that brought it, was here. */
  receivedAt: EpochMs
  /** When its signal went out; undefined for a bar that gets none. */
  publishedAt: EpochMs | undefined
  isRecovered: boolean
  isLate: boolean
}

export interface RawMessage {
  symbol: string
  receivedAt: EpochMs
  text: string
}

/** What changed; the rest of the row stays. */
export interface StatusChange {
  isConnected?: boolean
  isCoherent?: boolean
  lastMessageAt?: EpochMs
  lastError?: string | null
}

/** Everything the heartbeat needs from outside but the market itself. Each may fail; none may be waited for by the stream. */
export interface HeartbeatPorts {
  /** Writes bars; one that is stored already stays as it is. */
  storeCandles(bars: readonly ClosedBar[]): Promise<void>
  publishSignal(bar: ClosedBar): Promise<void>
  publishTick(tick: { exchangeTime: EpochMs; publishedAt: EpochMs; isMinute: boolean }): Promise<void>
  /** For display only: never throws. */
  publishRaw(messages: readonly RawMessage[]): Promise<void>
  recordStatus(change: StatusChange): Promise<void>
  /** Close time of the newest stored one-minute bar. */
  lastCloseTime(symbol: string): Promise<EpochMs | undefined>
  /** Stored bars that close in (from, to], oldest first. */
  storedCandles(symbol: string, timeframe: Timeframe, from: EpochMs, to: EpochMs): Promise<Candle[]>
  /** Notes flaws found for the first time, with an alert, and answers how many were new. */
  recordFlaws(flaws: readonly Flaw[], foundAt: EpochMs): Promise<number>
  /** Holes that have been filled since they were noted; answers the number of flaws since `since` that remain. */
  resolveFilledHoles(since: EpochMs, resolvedAt: EpochMs): Promise<number>
  recordAlert(code: string, detail: Record<string, string | number>, occurredAt: EpochMs): Promise<void>
}
