/** Why the exchange refuses a command; each protocol turns these into its own codes and texts. */
export type RejectionReason =
  | 'FILTER'
  | 'INSUFFICIENT_BALANCE'
  | 'DUPLICATE_CLIENT_ID'
  | 'WOULD_TRIGGER'
  | 'WOULD_TAKE'
  | 'LIST_PRICES'
  | 'NO_LIQUIDITY'
  | 'UNKNOWN_SYMBOL'
  | 'UNKNOWN_ORDER'
  | 'AMEND_INCREASE'
  | 'AMEND_NOTHING'
  | 'AMEND_PENDING'

export type FilterName =
  | 'PRICE_FILTER'
  | 'LOT_SIZE'
  | 'MARKET_LOT_SIZE'
  | 'NOTIONAL'
  | 'PERCENT_PRICE_BY_SIDE'
  | 'MAX_NUM_ORDERS'
  | 'MAX_NUM_ALGO_ORDERS'
  | 'TRAILING_DELTA'
  | 'ICEBERG_PARTS'
  | 'MAX_NUM_ORDER_AMENDS'

/** A command that changed nothing. */
export class Rejection extends Error {
  readonly reason: RejectionReason
  readonly filter: FilterName | undefined

  constructor(reason: RejectionReason, filter?: FilterName) {
    super(filter === undefined ? reason : `${reason}: ${filter}`)
    this.name = 'Rejection'
    this.reason = reason
    this.filter = filter
  }
}
