import type { Rules } from '../matching/rules'
import { Rejection } from '../matching/rejection'

/** A refusal in Bitget's words: its code is a text, its HTTP status mostly 400. Source: Bitget's REST API error codes. */
export class BitgetError extends Error {
  readonly code: string
  readonly status: number
  readonly headers: Record<string, string>

  constructor(code: string, message: string, status = 400, headers: Record<string, string> = {}) {
    super(message)
    this.name = 'BitgetError'
    this.code = code
    this.status = status
    this.headers = headers
  }
}

export type Dialect = 'CLASSIC' | 'UNIFIED'

/** The account systems share most codes; those of orders and funds differ. */
const BY_DIALECT = {
  CLASSIC: { funds: '43012', duplicate: '40786', unknown: '43001', unknownPlan: '43025' },
  UNIFIED: { funds: '25202', duplicate: '25212', unknown: '25204', unknownPlan: '25204' },
} as const

function filterError(rejection: Rejection, rules: Rules | undefined): BitgetError {
  switch (rejection.filter) {
    case 'NOTIONAL':
      return new BitgetError('45110', `less than the minimum amount ${rules?.minNotional.toFixed() ?? ''} USDT`)
    case 'LOT_SIZE':
    case 'MARKET_LOT_SIZE':
      return new BitgetError('43006', 'The order quantity is less than the minimum transaction quantity')
    case 'PRICE_FILTER':
      return new BitgetError('43008', 'The current order price cannot be less than the price limit')
    case 'PERCENT_PRICE_BY_SIDE':
      return new BitgetError('43009', 'The current order price exceeds the limit price')
    case 'MAX_NUM_ORDERS':
      return new BitgetError('43005', 'Exceed the maximum number of orders')
    case 'MAX_NUM_ALGO_ORDERS':
      return new BitgetError('40889', 'The plan order has reached the upper limit')
    case 'TRAILING_DELTA':
    case 'ICEBERG_PARTS':
    case 'MAX_NUM_ORDER_AMENDS':
    case undefined:
      return new BitgetError('40017', 'Parameter verification failed')
  }
}

/** What Bitget answers to a command that the engine refused; anything else is a fault of ours. */
export function toBitgetError(error: unknown, dialect: Dialect, rules?: Rules): BitgetError {
  if (error instanceof BitgetError) return error
  if (!(error instanceof Rejection)) return new BitgetError('40015', 'System is abnormal, please try again later', 500)
  const codes = BY_DIALECT[dialect]
  switch (error.reason) {
    case 'FILTER':
      return filterError(error, rules)
    case 'INSUFFICIENT_BALANCE':
      return new BitgetError(codes.funds, 'Insufficient balance')
    case 'DUPLICATE_CLIENT_ID':
      return new BitgetError(codes.duplicate, 'Duplicate clientOid')
    case 'WOULD_TRIGGER':
    case 'LIST_PRICES':
      return new BitgetError('43034', 'The trigger price should not be the current market price')
    case 'WOULD_TAKE':
    case 'NO_LIQUIDITY':
    case 'AMEND_INCREASE':
    case 'AMEND_NOTHING':
    case 'AMEND_PENDING':
      return new BitgetError('43002', 'Pending order failed')
    case 'UNKNOWN_SYMBOL':
      return new BitgetError('40034', 'Parameter does not exist')
    case 'UNKNOWN_ORDER':
      return noSuchOrder(dialect)
  }
}

export const noSuchOrder = (dialect: Dialect): BitgetError =>
  new BitgetError(BY_DIALECT[dialect].unknown, 'The order does not exist')
export const noSuchPlan = (dialect: Dialect): BitgetError =>
  new BitgetError(BY_DIALECT[dialect].unknownPlan, 'Plan order does not exist')
export const empty = (name: string): BitgetError => new BitgetError('40019', `Parameter ${name} cannot be empty`)
export const wrong = (name: string): BitgetError => new BitgetError('40020', `Parameter ${name} error`)
export const tooPrecise = (name: string, value: string, scale: number): BitgetError =>
  new BitgetError(
    '40808',
    `Parameter verification exception ${name} checkBDScale error value=${value} checkScale=${scale}`,
  )
