import type { Candle } from '@/lib/domain/market/candle'
import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'
import type { TradePrint } from '@/lib/domain/market/trade-print'

// The market-data port: public data, no credentials.

/** Bars whose open time lies in [startTime, endTime). */
export interface CandleRange {
  symbol: string
  timeframe: Timeframe
  startTime: EpochMs
  endTime: EpochMs
  /** Called after each page with the bars read so far. */
  onPage?: (read: number) => void
  /** Ends the paging after the page under way; what was read is answered. */
  signal?: AbortSignal
}

export type StreamState =
  | { kind: 'CONNECTING' }
  | { kind: 'CONNECTED' }
  /** `reason` is a sentence for the operator; a retry follows after `retryInMs`. */
  | { kind: 'DISCONNECTED'; reason: string; retryInMs: number }
  /** A fresh connection took over before the old one's end of life: no print was lost. */
  | { kind: 'RENEWED' }
  | { kind: 'CLOSED' }

export interface TradeStreamHandlers {
  /** Called for each print, in the order received, with the message it came in. Must be quick and must not throw. */
  onTrade: (print: TradePrint, text: string) => void
  onState: (state: StreamState) => void
  /** A message that is not what the exchange documents; it was skipped. */
  onUnreadable?: (text: string, reason: string) => void
}

export interface StreamHandle {
  close(): void
}

export interface MarketDataClient {
  /** Prints of the given symbols until closed; reconnects by itself. */
  streamTrades(symbols: string[], handlers: TradeStreamHandlers): StreamHandle
  /** The exchange's clock now. */
  serverTime(): Promise<EpochMs>
  getCandles(range: CandleRange): Promise<Candle[]>
  close(): Promise<void>
}
