import { z } from 'zod'
import type { ExplanationKind } from '@/lib/domain/account/reconciliation'
import type { EpochMs } from '@/lib/domain/market/timeframe'

// « Rapprochement »: journal against exchange, asset by asset. Amounts are plain decimal strings.

type CheckStateView = 'ASKED' | 'RUNNING' | 'DONE' | 'UNSETTLED' | 'FAILED'

export interface CheckSummary {
  id: string
  state: CheckStateView
  /** The first one takes the balances as they are. */
  isFirst: boolean
  isDaily: boolean
  askedAt: EpochMs
  finishedAt: EpochMs | null
  /** Why it failed, as one of our error codes. */
  errorCode: string | null
  /** Parts of differences, those that nobody explains, and how many of these the user has not acknowledged yet. */
  differences: number
  unknown: number
  unacknowledged: number
}

export interface DifferenceView {
  id: string
  kind: ExplanationKind
  amount: string
  /** The exchange's own word, and when it happened. */
  note: string | null
  occurredAt: EpochMs | null
  isAcknowledged: boolean
}

export interface BalanceLineView {
  asset: string
  expected: string
  actual: string
  difference: string
  parts: DifferenceView[]
}

export interface CheckView extends CheckSummary {
  /** The exchange did not show its records: a difference may be unknown for that reason only. */
  hasNoRecords: boolean
  lines: BalanceLineView[]
}

export interface ReconciliationView {
  /** The one that is asked for or under way. */
  isRunning: boolean
  /** The one that is asked for, else the last that came to a result; null before the first. */
  shown: CheckView | null
  /** Newest first. */
  history: CheckSummary[]
}

/** Lines that differ first, then those of most value to look at: by name. */
export const orderedLines = (lines: readonly BalanceLineView[]): BalanceLineView[] =>
  [...lines].sort((a, b) => Number(b.parts.length > 0) - Number(a.parts.length > 0) || (a.asset < b.asset ? -1 : 1))

const checkId = z.string().regex(/^\d{1,18}$/)
export const reconciliationQuery = z.strictObject({ check: checkId.optional() })
export const isCheckId = (text: string): boolean => checkId.safeParse(text).success
