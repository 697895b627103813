import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'
import type { MarketSource } from '@/lib/view/status'

/** How many signals a box holds. */
export const SIGNALS_KEPT = 60

export interface SignalView {
  /** Unique over symbols: two symbols share a signal id when their bars close together. */
  key: string
  symbol: string
  timeframe: Timeframe
  closeTime: EpochMs
  isLate: boolean
  isRecovered: boolean
  /** True for one that arrived over the socket, false for one read from the database. */
  isFresh: boolean
}

export interface GapView {
  id: string
  symbol: string
  timeframe: string
  closeTime: EpochMs
  kind: 'HOLE' | 'DISAGREEMENT'
  detail: string
  foundAt: EpochMs
  resolvedAt: EpochMs | null
}

export interface HeartbeatStatusView {
  role: 'PRIMARY' | 'SECONDARY'
  isActive: boolean
  isConnected: boolean
  isCoherent: boolean
  marketSource: MarketSource
  symbols: string[]
  lastStart: EpochMs | null
  lastStop: EpochMs | null
  lastMessageAt: EpochMs | null
  lastError: string | null
}

export interface HeartbeatView {
  statuses: HeartbeatStatusView[]
  signals: SignalView[]
  gaps: GapView[]
}

export const signalKey = (symbol: string, signalId: string): string => `${symbol}|${signalId}`

/** Adds signals to those known: each once, newest first, no more than a box holds per timeframe. Fresh ones stay fresh. */
export function mergeSignals(known: SignalView[], added: SignalView[]): SignalView[] {
  const byKey = new Map<string, SignalView>()
  for (const signal of [...known, ...added]) {
    const before = byKey.get(signal.key)
    byKey.set(signal.key, before === undefined ? signal : { ...signal, isFresh: before.isFresh || signal.isFresh })
  }
  const counts = new Map<Timeframe, number>()
  return [...byKey.values()]
    .sort((a, b) => b.closeTime - a.closeTime || a.symbol.localeCompare(b.symbol))
    .filter((signal) => {
      const count = (counts.get(signal.timeframe) ?? 0) + 1
      counts.set(signal.timeframe, count)
      return count <= SIGNALS_KEPT
    })
}
