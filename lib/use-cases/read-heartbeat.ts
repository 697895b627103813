import { listHeartbeatGaps, listHeartbeatStatuses, listNewestSignals } from '@/lib/db/heartbeat-reads'
import { isTimeframe } from '@/lib/domain/market/timeframe'
import { type HeartbeatView, SIGNALS_KEPT, signalKey } from '@/lib/view/heartbeat'
import { isHeartbeatActive, marketSourceOf } from '@/lib/view/status'

const GAPS_SHOWN = 100

/** Everything the Heartbeat page shows when it opens. */
export async function readHeartbeat(now: number): Promise<HeartbeatView> {
  const [statuses, signals, gaps] = await Promise.all([
    listHeartbeatStatuses(),
    listNewestSignals(SIGNALS_KEPT),
    listHeartbeatGaps(GAPS_SHOWN),
  ])
  return {
    statuses: statuses.map((status) => ({
      role: status.role,
      isActive: isHeartbeatActive(status.isConnected, status.lastMessageAt?.getTime() ?? null, now),
      isConnected: status.isConnected,
      isCoherent: status.isCoherent,
      marketSource: marketSourceOf(status.marketSource),
      symbols: status.symbols,
      lastStart: status.lastApplicationStart?.getTime() ?? null,
      lastStop: status.lastApplicationStop?.getTime() ?? null,
      lastMessageAt: status.lastMessageAt?.getTime() ?? null,
      lastError: status.lastError,
    })),
    signals: signals.flatMap(({ signalId, symbol, timeframe, closeTime, isLate, isRecovered }) =>
      isTimeframe(timeframe)
        ? {
            key: signalKey(symbol, signalId),
            symbol,
            timeframe,
            closeTime: closeTime.getTime(),
            isLate,
            isRecovered,
            isFresh: false,
          }
        : [],
    ),
    gaps: gaps.map((gap) => ({
      id: gap.id.toString(),
      symbol: gap.symbol,
      timeframe: gap.timeframe,
      closeTime: gap.closeTime.getTime(),
      kind: gap.kind === 'DISAGREEMENT' ? 'DISAGREEMENT' : 'HOLE',
      detail: gap.detail,
      foundAt: gap.foundAt.getTime(),
      resolvedAt: gap.resolvedAt?.getTime() ?? null,
    })),
  }
}
