import type { Fill } from '@/lib/domain/order/order'
import type { FillsFrom } from '@/lib/exchanges/execution-client'

// Bitget answers executions newest first, with ids that rise with time.

const isBelow = (id: string, limit: string): boolean => BigInt(id) < BigInt(limit)

/** Whether an execution is older than what is asked for. */
export const isBefore = (from: FillsFrom, id: string, time: number): boolean =>
  'fromId' in from ? isBelow(id, from.fromId) : time < from.fromTime

/** Those asked for, oldest first. */
export const wantedFills = (fills: Fill[], from: FillsFrom): Fill[] =>
  fills
    .filter((fill) => !isBefore(from, fill.exchangeTradeId, fill.tradeTime))
    .sort((a, b) => (isBelow(a.exchangeTradeId, b.exchangeTradeId) ? -1 : 1))
