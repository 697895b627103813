import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Rejection } from '../matching/rejection'

/** An error in Binance's words. Codes and texts: errors.md of binance-spot-api-docs. */
export class BinanceError extends Error {
  readonly code: number
  readonly status: ContentfulStatusCode
  readonly headers: Record<string, string>
  /** What some answers carry beside code and text. */
  readonly data: unknown

  constructor(
    code: number,
    message: string,
    status: ContentfulStatusCode = 400,
    headers: Record<string, string> = {},
    data?: unknown,
  ) {
    super(message)
    this.name = 'BinanceError'
    this.code = code
    this.status = status
    this.headers = headers
    this.data = data
  }
}

const TEXTS: Record<Rejection['reason'], [code: number, text: string]> = {
  FILTER: [-1013, 'Filter failure: '],
  INSUFFICIENT_BALANCE: [-2010, 'Account has insufficient balance for requested action.'],
  DUPLICATE_CLIENT_ID: [-2010, 'Duplicate order sent.'],
  WOULD_TRIGGER: [-2010, 'Stop price would trigger immediately.'],
  WOULD_TAKE: [-2010, 'Order would immediately match and take.'],
  LIST_PRICES: [-2010, 'The relationship of the prices for the orders is not correct.'],
  NO_LIQUIDITY: [-2010, 'Order book liquidity is less than symbol minimum quantity.'],
  UNKNOWN_SYMBOL: [-1121, 'Invalid symbol.'],
  UNKNOWN_ORDER: [-2011, 'Unknown order sent.'],
  AMEND_INCREASE: [-2038, 'Order amend (quantity increase) is not supported.'],
  AMEND_NOTHING: [-2038, 'The requested action would change no state; rejecting.'],
  AMEND_PENDING: [-2038, 'Order amend (pending OPO order) is not supported.'],
}

/** Why an order of a list was rejected after its placement, in the words of the user data stream. */
export const rejectReasonOf = (reason: Rejection['reason'] | null): string => (reason && REASONS[reason]) ?? 'NONE'

const REASONS: Partial<Record<Rejection['reason'], string>> = {
  INSUFFICIENT_BALANCE: 'INSUFFICIENT_BALANCES',
  WOULD_TRIGGER: 'STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY',
  WOULD_TAKE: 'WOULD_MATCH_IMMEDIATELY',
}

/** What Binance answers to a command that the engine refused; anything else is a fault of ours. */
export function toBinanceError(error: unknown): BinanceError {
  if (error instanceof BinanceError) return error
  if (!(error instanceof Rejection))
    return new BinanceError(-1000, 'An unknown error occurred while processing the request.', 500)
  const [code, text] = TEXTS[error.reason]
  return new BinanceError(code, `${text}${error.filter ?? ''}`)
}

export const mandatory = (name: string): BinanceError =>
  new BinanceError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)
export const mandatoryEither = (a: string, b: string): BinanceError =>
  new BinanceError(-1102, `Param '${a}' or '${b}' must be sent, but both were empty/null!`)
export const notRequired = (name: string): BinanceError =>
  new BinanceError(-1106, `Parameter '${name}' sent when not required.`)
export const illegal = (name: string, range: string): BinanceError =>
  new BinanceError(-1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`)
export const tooPrecise = (name: string): BinanceError =>
  new BinanceError(-1111, `Parameter '${name}' has too much precision.`)
export const invalidSymbol = (): BinanceError => new BinanceError(-1121, 'Invalid symbol.')
export const noSuchOrder = (): BinanceError => new BinanceError(-2013, 'Order does not exist.')
