import { type ErrorCode, type Outcome, TradingError } from '@/lib/domain/errors/trading-error'
import { errorSchema, replaceFailureSchema } from '@/lib/exchanges/binance/schemas'

// Binance's error codes (binance-spot-api-docs, errors.md) onto the one taxonomy (GW-11).

interface Verdict {
  code: ErrorCode
  outcome?: Outcome
  isRetryable?: boolean
  rule?: string
}

const VERDICTS: Record<number, Verdict> = {
  // The exchange itself says that it does not know what became of the request.
  [-1000]: { code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' },
  [-1001]: { code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' },
  [-1006]: { code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' },
  [-1007]: { code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' },
  [-1002]: { code: 'PERMISSION' },
  [-1003]: { code: 'RATE_LIMITED', isRetryable: true },
  [-1008]: { code: 'RATE_LIMITED', isRetryable: true },
  [-1014]: { code: 'INVALID_ORDER' },
  [-1015]: { code: 'RATE_LIMITED', isRetryable: true },
  [-1016]: { code: 'EXCHANGE_UNAVAILABLE', isRetryable: true },
  [-1020]: { code: 'NOT_SUPPORTED' },
  [-1021]: { code: 'CLOCK_SKEW', isRetryable: true },
  [-1022]: { code: 'AUTHENTICATION' },
  [-1034]: { code: 'RATE_LIMITED', isRetryable: true },
  [-1111]: { code: 'INVALID_ORDER', rule: 'PRECISION' },
  [-1112]: { code: 'INVALID_ORDER', rule: 'NO_DEPTH' },
  [-1158]: { code: 'INVALID_ORDER', rule: 'OCO_TYPE' },
  [-1165]: { code: 'INVALID_ORDER', rule: 'OCO_PRICES' },
  [-1166]: { code: 'INVALID_ORDER', rule: 'OCO_PRICES' },
  [-1168]: { code: 'INVALID_ORDER', rule: 'OCO_TYPE' },
  [-1196]: { code: 'INVALID_ORDER', rule: 'OCO_PRICES' },
  [-1197]: { code: 'INVALID_ORDER', rule: 'OCO_PRICES' },
  [-1198]: { code: 'INVALID_ORDER', rule: 'OCO_PRICES' },
  [-1199]: { code: 'INVALID_ORDER', rule: 'OCO_PRICES' },
  [-2013]: { code: 'UNKNOWN_ORDER' },
  [-2014]: { code: 'AUTHENTICATION' },
  [-2015]: { code: 'AUTHENTICATION' },
  // A client id that is not the one of the order id given along with it.
  [-2039]: { code: 'UNKNOWN_ORDER' },
  // Cancel-replace: the old order is gone and the new one was refused; the client takes `cause` apart.
  [-2021]: { code: 'INVALID_ORDER', outcome: 'ACCEPTED', rule: 'REPLACED_BY_NOTHING' },
  // Closed without a fill more than 90 days ago: it existed, so it is not an unknown order.
  [-2026]: { code: 'BAD_REQUEST', rule: 'ARCHIVED' },
}

/**
 * The refusal in an error body, or undefined when the body is not one.
 * Codes that are not known here are read as a bad request that the exchange refused.
 */
export function mapError(body: unknown): TradingError | undefined {
  const parsed = errorSchema.safeParse(body)
  if (!parsed.success || parsed.data.code >= 0) return undefined
  const { code, msg } = parsed.data
  if (code === -2022) {
    // Cancel-replace: nothing happened, and why is told in the answer to its cancel.
    const { data } = replaceFailureSchema.safeParse(body)
    const inner = mapError(data?.data.cancelResponse)
    if (inner !== undefined) return inner
  }
  const verdict = verdictOf(code, msg)
  return new TradingError(verdict.code, `Binance refused: ${msg} (${code})`, {
    outcome: verdict.outcome ?? 'REFUSED',
    isRetryable: verdict.isRetryable ?? false,
    nativeCode: code.toFixed(),
    nativeMessage: msg,
    cause: body,
    ...(verdict.rule === undefined ? {} : { rule: verdict.rule }),
  })
}

const verdictOf = (code: number, msg: string): Verdict => {
  if (code === -1013) return { code: 'INVALID_ORDER', rule: filterNameOf(msg) }
  if (code === -2010 || code === -2011 || code === -2018 || code === -2038) return matchingEngineVerdict(code, msg)
  return VERDICTS[code] ?? { code: 'BAD_REQUEST' }
}

/** The rule named in a -1013: `Filter failure: LOT_SIZE` gives `LOT_SIZE`; other texts give `INVALID_MESSAGE`. */
export function filterNameOf(msg: string): string {
  return /^Filter failure: ([A-Z_]+)/.exec(msg)?.[1] ?? 'INVALID_MESSAGE'
}

/** The rule of a cancel that was to spare an order of which something is executed. */
export const CANCEL_RESTRICTION = 'CANCEL_RESTRICTION'

const ENGINE_TEXTS: Record<string, Verdict> = {
  'Account has insufficient balance for requested action.': { code: 'INSUFFICIENT_FUNDS' },
  'Duplicate order sent.': { code: 'DUPLICATE_ORDER' },
  'Unknown order sent.': { code: 'UNKNOWN_ORDER' },
  'Order list does not exist.': { code: 'UNKNOWN_ORDER' },
  'This action is disabled on this account.': { code: 'PERMISSION' },
  'This account may not place or cancel orders.': { code: 'PERMISSION' },
  'This symbol is not permitted for this account.': { code: 'PERMISSION' },
  'This symbol is restricted for this account.': { code: 'PERMISSION' },
  'Rest API trading is not enabled.': { code: 'PERMISSION' },
  'Order was not canceled due to cancel restrictions.': { code: 'INVALID_ORDER', rule: CANCEL_RESTRICTION },
  'Order would trigger immediately.': { code: 'INVALID_ORDER', rule: 'WOULD_TRIGGER' },
  'Stop price would trigger immediately.': { code: 'INVALID_ORDER', rule: 'WOULD_TRIGGER' },
  'Order amend is not supported for this symbol.': { code: 'NOT_SUPPORTED' },
  'Order amend (quantity increase) is not supported.': { code: 'INVALID_ORDER', rule: 'AMEND' },
  'The requested action would change no state; rejecting.': { code: 'INVALID_ORDER', rule: 'AMEND' },
  'Order amend (pending OPO order) is not supported.': { code: 'INVALID_ORDER', rule: 'AMEND' },
  'IcebergQty exceeds QTY.': { code: 'INVALID_ORDER', rule: 'ICEBERG' },
  'Order book liquidity is less than symbol minimum quantity.': { code: 'INVALID_ORDER', rule: 'NO_DEPTH' },
  'Order book liquidity is less than `LOT_SIZE` filter minimum quantity.': { code: 'INVALID_ORDER', rule: 'NO_DEPTH' },
  'Order book liquidity is less than `MARKET_LOT_SIZE` filter minimum quantity.': {
    code: 'INVALID_ORDER',
    rule: 'NO_DEPTH',
  },
  'Order would immediately match and take.': { code: 'INVALID_ORDER', rule: 'POST_ONLY' },
  'Market is closed.': { code: 'INVALID_ORDER', rule: 'MARKET_CLOSED' },
  'The relationship of the prices for the orders is not correct.': { code: 'INVALID_ORDER', rule: 'OCO_PRICES' },
}

/** -2010, -2011, -2018 and -2038 stand for some thirty refusals; only their documented texts tell them apart. */
export function matchingEngineVerdict(code: number, msg: string): Verdict {
  return ENGINE_TEXTS[msg] ?? { code: code === -2010 ? 'INVALID_ORDER' : 'BAD_REQUEST' }
}

/** `null` where the exchange says that there is no such order. */
export const orNull = <T>(answer: Promise<T>): Promise<T | null> =>
  answer.catch((error: unknown) => {
    if (error instanceof TradingError && error.code === 'UNKNOWN_ORDER') return null
    throw error
  })
