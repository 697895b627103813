import { z } from 'zod'
import { type ErrorCode, type Outcome, TradingError } from '@/lib/domain/errors/trading-error'

// KuCoin's error codes (docs pages of the endpoints, "Error code") onto the one taxonomy (GW-11). A refusal mostly comes with
// HTTP 200 and a code other than 200000.

interface Verdict {
  code: ErrorCode
  outcome?: Outcome
  isRetryable?: boolean
  rule?: string
}

const UNKNOWN: Verdict = { code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' }
const FUNDS: Verdict = { code: 'INSUFFICIENT_FUNDS' }
const price: Verdict = { code: 'INVALID_ORDER', rule: 'PRICE_LIMIT' }

const VERDICTS: Record<string, Verdict> = {
  // The exchange itself says that it does not know what became of the request.
  '408000': UNKNOWN,
  '500000': UNKNOWN,
  '100001': { code: 'UNKNOWN_ORDER' },
  '100004': { code: 'UNKNOWN_ORDER' },
  '112010': { code: 'PERMISSION' },
  '112011': { code: 'PERMISSION' },
  '126013': FUNDS,
  '126029': price,
  '126030': price,
  '126033': { code: 'DUPLICATE_ORDER' },
  '126043': { code: 'UNKNOWN_ORDER' },
  '126044': { code: 'DUPLICATE_ORDER' },
  '200004': FUNDS,
  '210021': FUNDS,
  '230003': FUNDS,
  '260100': FUNDS,
  '300000': { code: 'INVALID_ORDER' },
  '300003': FUNDS,
  '400001': { code: 'AUTHENTICATION' },
  '400002': { code: 'CLOCK_SKEW', isRetryable: true },
  '400003': { code: 'AUTHENTICATION' },
  '400004': { code: 'AUTHENTICATION' },
  '400005': { code: 'AUTHENTICATION' },
  '400006': { code: 'PERMISSION' },
  '400007': { code: 'PERMISSION' },
  '400008': { code: 'AUTHENTICATION' },
  '400200': { code: 'INVALID_ORDER' },
  '400303': { code: 'PERMISSION' },
  '400330': price,
  '400350': { code: 'INVALID_ORDER' },
  '400370': price,
  '400500': { code: 'PERMISSION' },
  '400600': { code: 'INVALID_ORDER', rule: 'NOT_TRADING' },
  '400760': price,
  '401000': { code: 'NOT_SUPPORTED' },
  '404000': { code: 'NOT_SUPPORTED' },
  '411100': { code: 'PERMISSION' },
  '429000': { code: 'RATE_LIMITED', isRetryable: true },
  '600100': { code: 'INVALID_ORDER', rule: 'INCREMENT' },
  '600101': { code: 'INVALID_ORDER', rule: 'MIN_NOTIONAL' },
}

const refusalSchema = z.looseObject({ code: z.string(), msg: z.string().optional() })

/**
 * The refusal in an answer, or undefined when it states success. Codes that are not known here are read as a bad request
 * that the exchange refused.
 */
export function mapError(body: unknown): TradingError | undefined {
  const parsed = refusalSchema.safeParse(body)
  if (!parsed.success || parsed.data.code === '200000' || parsed.data.code === '200') return undefined
  const { code, msg = '' } = parsed.data
  const verdict = code === '400100' ? parameterVerdict(msg) : (VERDICTS[code] ?? { code: 'BAD_REQUEST' })
  return new TradingError(verdict.code, `KuCoin refused: ${msg} (${code})`, {
    outcome: verdict.outcome ?? 'REFUSED',
    isRetryable: verdict.isRetryable ?? false,
    nativeCode: code,
    nativeMessage: msg,
    cause: body,
    ...(verdict.rule === undefined ? {} : { rule: verdict.rule }),
  })
}

const PARAMETER_TEXTS: Record<string, Verdict> = {
  'account.available.amount': FUNDS,
  'validation.createOrder.clientOidDuplicated': { code: 'DUPLICATE_ORDER' },
  'error.createOrder.accountBalanceInsufficient': FUNDS,
  'Order size below the minimum requirement.': { code: 'INVALID_ORDER', rule: 'MIN_QUANTITY' },
}

/** 400100 is KuCoin's code for nearly every parameter: only its text tells an unknown order from a wrong size. */
export function parameterVerdict(msg: string): Verdict {
  const known = PARAMETER_TEXTS[msg]
  if (known !== undefined) return known
  if (/^order_not_exist|order.?not.?exist/i.test(msg)) return { code: 'UNKNOWN_ORDER' }
  return { code: 'BAD_REQUEST' }
}
