import type { Amount } from '@/lib/domain/money/decimal'

/** Funds of one asset on an exchange account; total = free + locked. */
export interface Balance {
  asset: string
  free: Amount
  locked: Amount
  total: Amount
}
