import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { Amount } from '@/lib/domain/money/decimal'

// TRANSFER: to or from another account of the same exchange. FEE: charged apart from an execution or a withdrawal's amount.
// OTHER: what only the exchange has a word for (rewards, conversions of dust).
export const TRANSFER_KINDS = ['DEPOSIT', 'WITHDRAWAL', 'TRANSFER', 'FEE', 'OTHER'] as const
export type TransferKind = (typeof TRANSFER_KINDS)[number]

/** What changed the funds of an account without an execution, as the exchange's own records tell it. */
export interface Transfer {
  /** The exchange's id of the record; unique within an account. */
  exchangeTransferId: string
  kind: TransferKind
  asset: string
  /** Above zero: it came in. */
  amount: Amount
  time: EpochMs
  /** The exchange's own word for it. */
  note: string
  /** It was taken back: a withdrawal that failed. The funds are where they were. */
  isReturned: boolean
}

/** The id under which the way back of a record is accounted for. */
export const returnOf = (exchangeTransferId: string): string => `${exchangeTransferId}:returned`

/**
 * Those of the records that explain nothing yet. One that was taken back is news only where its way out was accounted for:
 * then it is the way back.
 */
export function unaccounted(told: readonly Transfer[], accounted: ReadonlySet<string>): Transfer[] {
  return told.flatMap((transfer) => {
    const { exchangeTransferId: id, isReturned, amount } = transfer
    if (!isReturned) return accounted.has(id) ? [] : [transfer]
    if (!accounted.has(id) || accounted.has(returnOf(id))) return []
    return [{ ...transfer, exchangeTransferId: returnOf(id), amount: amount.negated() }]
  })
}
