import { type ErrorCode, type Outcome, TradingError } from '@/lib/domain/errors/trading-error'
import type { CallKind } from '@/lib/exchanges/http/exchange-http'
import { answerSchema } from '@/lib/exchanges/bitget/schemas'

// Bitget's error codes (bitget.com/api-doc, "RestAPI Error Code"; 252xx: UTA) onto the one taxonomy (GW-11).

interface Verdict {
  code: ErrorCode
  outcome?: Outcome
  isRetryable?: boolean
  rule?: string
}

const SUCCESS = '00000'

const all = (codes: string[], verdict: Verdict): Record<string, Verdict> =>
  Object.fromEntries(codes.map((code) => [code, verdict]))
const invalid = (rule: string, ...codes: string[]) => all(codes, { code: 'INVALID_ORDER', rule })

const VERDICTS: Record<string, Verdict> = {
  ...all(['40001', '40002', '40003', '40006', '40009', '40011', '40012', '40036', '40037', '40506', '40507'], {
    code: 'AUTHENTICATION',
  }),
  ...all(['40013', '40014', '40016', '40018', '40024', '40029', '40031', '40035', '40038', '40068', '40301'], {
    code: 'PERMISSION',
  }),
  ...all(['40081', '40105'], { code: 'NOT_SUPPORTED' }),
  // The key belongs to the other of the two account systems: 40084 a Classic one, 40085 a unified one.
  ...all(['40084', '40085'], { code: 'PERMISSION', rule: 'ACCOUNT_MODE' }),
  ...all(['40004', '40005', '40008', '40078', '40079'], { code: 'CLOCK_SKEW', isRetryable: true }),
  // The exchange itself says that it does not know what became of the request.
  ...all(['40010', '40015', '40725'], { code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' }),
  ...all(['40200', '40308', '40604'], { code: 'EXCHANGE_UNAVAILABLE', isRetryable: true }),
  ...all(['429', '40429'], { code: 'RATE_LIMITED', isRetryable: true }),
  ...all(['43012', '40754', '40762', '40711', '40712', '25202', '25203'], { code: 'INSUFFICIENT_FUNDS' }),
  ...all(['40786', '43118', '45034', '25212'], { code: 'DUPLICATE_ORDER' }),
  ...all(['43001', '40109', '40768', '43004', '22001', '43025', '25204'], { code: 'UNKNOWN_ORDER' }),
  ...invalid('MIN_NOTIONAL', '45110', '43010'),
  ...invalid('MAX_NOTIONAL', '45113'),
  ...invalid('MIN_QUANTITY', '43006', '45111'),
  ...invalid('MAX_QUANTITY', '43007'),
  ...invalid('PRECISION', '40808', '45115', '43028'),
  ...invalid('PRICE', '43008', '43009', '43011', '40706'),
  ...invalid('WOULD_TRIGGER', '43034', '43035'),
  ...invalid('MAX_ORDERS', '43005', '40889'),
  ...invalid('NOT_TRADING', '43115', '40309'),
  ...invalid('QUANTITY', '40108'),
  ...invalid('ORDER', '43002'),
  ...invalid('CLIENT_ID', '40304', '40305', '40500'),
}

/**
 * The refusal that an answer states, or undefined when it states none. Codes that are not known here are read as a bad
 * request that the exchange refused.
 */
export function mapError(body: unknown, kind: CallKind = 'COMMAND'): TradingError | undefined {
  const parsed = answerSchema.safeParse(body)
  if (!parsed.success || parsed.data.code === SUCCESS) return undefined
  return errorOf(parsed.data.code, parsed.data.msg ?? '', kind)
}

function errorOf(code: string, msg: string, kind: CallKind): TradingError {
  const verdict = VERDICTS[code] ?? { code: 'BAD_REQUEST' }
  const isLostRead = kind === 'READ' && verdict.outcome === 'UNKNOWN'
  return new TradingError(isLostRead ? 'EXCHANGE_UNAVAILABLE' : verdict.code, `Bitget refused: ${msg} (${code})`, {
    outcome: verdict.outcome ?? 'REFUSED',
    isRetryable: isLostRead || (verdict.isRetryable ?? false),
    nativeCode: code,
    nativeMessage: msg,
    ...(verdict.rule === undefined ? {} : { rule: verdict.rule }),
  })
}

/** Whether a failure says that there is no such order (any more), in the place that was asked. */
export const isUnknownOrder = (error: unknown): boolean =>
  error instanceof TradingError && error.code === 'UNKNOWN_ORDER'
