import { prisma } from '@/lib/db/client'
import { TIMEFRAMES } from '@/lib/domain/market/timeframe'

export interface SignalRow {
  signalId: string
  symbol: string
  timeframe: string
  closeTime: Date
  isRecovered: boolean
  isLate: boolean
  source: 'PRIMARY' | 'SECONDARY'
}

/** The newest signals of each timeframe, newest first. */
export const listNewestSignals = (perTimeframe: number): Promise<SignalRow[]> =>
  prisma().$queryRaw<SignalRow[]>`
    SELECT c.signal_id AS "signalId", c.symbol, c.timeframe, c.close_time AS "closeTime",
      c.is_recovered AS "isRecovered", c.is_late AS "isLate", c.source::text AS source
    FROM unnest(${[...TIMEFRAMES]}::text[]) AS wanted(timeframe)
    CROSS JOIN LATERAL (
      SELECT * FROM candles_heartbeat WHERE timeframe = wanted.timeframe ORDER BY close_time DESC LIMIT ${perTimeframe}
    ) AS c
    ORDER BY c.close_time DESC`

/** Holes and disagreements: what is still open first, then the newest. */
export const listHeartbeatGaps = (limit: number) =>
  prisma().heartbeatGap.findMany({
    orderBy: [{ resolvedAt: { sort: 'desc', nulls: 'first' } }, { closeTime: 'desc' }],
    take: limit,
  })

export const listHeartbeatStatuses = () => prisma().heartbeatStatus.findMany({ orderBy: { role: 'asc' } })
