import { Rejection } from '../matching/rejection'
import type { FilterName } from '../matching/rejection'

/** A refusal in KuCoin's words: code and text, mostly with HTTP status 200. */
export class KucoinError extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 200) {
    super(message)
    this.name = 'KucoinError'
    this.code = code
    this.status = status
  }
}

const FILTERS: Record<FilterName, [code: string, text: string]> = {
  PRICE_FILTER: ['600100', 'Price increment invalid.'],
  LOT_SIZE: ['400100', 'Order size below the minimum requirement.'],
  MARKET_LOT_SIZE: ['400100', 'Order size above the maximum requirement.'],
  NOTIONAL: ['600101', 'The order funds should more then the minimum funds.'],
  PERCENT_PRICE_BY_SIDE: ['400760', 'The order price exceeds the price limit.'],
  MAX_NUM_ORDERS: ['400100', 'Exceeded the maximum number of active orders.'],
  MAX_NUM_ALGO_ORDERS: ['400100', 'Exceeded the maximum number of active orders.'],
  TRAILING_DELTA: ['400100', 'Order type invalid.'],
  ICEBERG_PARTS: ['400100', 'visibleSize is invalid.'],
  MAX_NUM_ORDER_AMENDS: ['400100', 'Exceeded the maximum number of changes.'],
}

const REASONS: Record<Exclude<Rejection['reason'], 'FILTER'>, [code: string, text: string]> = {
  INSUFFICIENT_BALANCE: ['200004', 'Balance insufficient!'],
  DUPLICATE_CLIENT_ID: ['400100', 'validation.createOrder.clientOidDuplicated'],
  WOULD_TRIGGER: ['400100', 'Stop price invalid.'],
  WOULD_TAKE: ['400100', 'The order would be executed at once.'],
  LIST_PRICES: ['400100', 'The relationship of the prices is not correct.'],
  NO_LIQUIDITY: ['300000', 'No counterparty for the market order.'],
  UNKNOWN_SYMBOL: ['900001', 'symbol not exists'],
  UNKNOWN_ORDER: ['400100', 'order_not_exist_or_not_allow_to_cancel'],
  AMEND_INCREASE: ['400100', 'cancelSize is invalid.'],
  AMEND_NOTHING: ['400100', 'cancelSize is invalid.'],
  AMEND_PENDING: ['400100', 'order_not_exist_or_not_allow_to_cancel'],
}

/** What KuCoin answers to a command that the engine refused; anything else is a fault of ours. */
export function toKucoinError(error: unknown): KucoinError {
  if (error instanceof KucoinError) return error
  if (!(error instanceof Rejection)) return new KucoinError('500000', 'Internal Server Error', 500)
  if (error.reason === 'FILTER') return new KucoinError(...FILTERS[error.filter ?? 'LOT_SIZE'])
  return new KucoinError(...REASONS[error.reason])
}

export const invalid = (text: string): KucoinError => new KucoinError('400100', text)
export const noSuchSymbol = (): KucoinError => new KucoinError('900001', 'symbol not exists')
export const notCancelable = (): KucoinError => new KucoinError('400100', 'order_not_exist_or_not_allow_to_cancel')
