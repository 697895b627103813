import type { Amount } from '@/lib/domain/money/decimal'

/** A position as spot knows it: what the account holds of one asset, and its value now. */
export interface Holding {
  asset: string
  /** The pair that it is valued by; null for the asset that values are counted in, and where there is none. */
  symbol: string | null
  quantity: Amount
  free: Amount
  locked: Amount
  /** Last price and value, in the asset that values are counted in; null where no pair tells. */
  price: Amount | null
  value: Amount | null
}
