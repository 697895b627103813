export type DecisionKindView = 'ENTER' | 'EXIT' | 'ADJUST_EXITS' | 'HOLD'
export type DecisionOutcomeView = 'PENDING' | 'DONE' | 'SKIPPED' | 'FAILED'

// The engine keeps its reasons in English, as the log shows them. Those it gives by itself are told in the user's language.
const REASONS = {
  'no entry': 'noEntry',
  'keeps its position': 'keepsPosition',
  shouldLong: 'shouldLong',
  shouldShort: 'shouldShort',
  'A position or an order of this strategy is open already.': 'alreadyOpen',
  'The decision came too late.': 'decisionLate',
  'The signal came too late to be traded on.': 'signalLate',
} as const

export type ReasonKey = (typeof REASONS)[keyof typeof REASONS] | 'fewCandles'

/** The message that says this reason; null for one in free words, which is shown as it is. */
export function reasonKeyOf(reason: string): ReasonKey | null {
  if (/^Fewer than \d+ candles/.test(reason)) return 'fewCandles'
  return Object.hasOwn(REASONS, reason) ? REASONS[reason as keyof typeof REASONS] : null
}
