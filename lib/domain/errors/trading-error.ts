/** The one taxonomy that every exchange error maps to (SPEC GW-11), and the refusals of our own. */
export const ERROR_CODES = [
  'AUTHENTICATION',
  'PERMISSION',
  'INSUFFICIENT_FUNDS',
  'INVALID_ORDER',
  'UNKNOWN_ORDER',
  'DUPLICATE_ORDER',
  'RATE_LIMITED',
  'CLOCK_SKEW',
  'EXCHANGE_UNAVAILABLE',
  'UNKNOWN_OUTCOME',
  'NOT_SUPPORTED',
  'BAD_REQUEST',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

/** Is it safe to send the command again? Only NOT_SENT and REFUSED say that the exchange did not execute it. */
export type Outcome = 'NOT_SENT' | 'REFUSED' | 'UNKNOWN' | 'ACCEPTED'

export interface TradingErrorDetails {
  outcome: Outcome
  /** Is it worth sending again (after `retryAfterMs`, where given)? */
  isRetryable?: boolean
  retryAfterMs?: number
  /** The exchange's own code and text, unchanged. */
  nativeCode?: string
  nativeMessage?: string
  /** For INVALID_ORDER: the market rule broken, and the nearest value that would pass. */
  rule?: string
  nearest?: string
  cause?: unknown
}

/** A command that failed, with its two separate verdicts. `message` is a clear sentence without secrets. */
export class TradingError extends Error {
  readonly code: ErrorCode
  readonly outcome: Outcome
  readonly isRetryable: boolean
  readonly retryAfterMs: number | undefined
  readonly nativeCode: string | undefined
  readonly nativeMessage: string | undefined
  readonly rule: string | undefined
  readonly nearest: string | undefined

  constructor(code: ErrorCode, message: string, details: TradingErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'TradingError'
    this.code = code
    this.outcome = details.outcome
    this.isRetryable = details.isRetryable ?? false
    this.retryAfterMs = details.retryAfterMs
    this.nativeCode = details.nativeCode
    this.nativeMessage = details.nativeMessage
    this.rule = details.rule
    this.nearest = details.nearest
  }
}
