import type { Amount } from '@/lib/domain/money/decimal'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'

/** How funds come to an account or leave it without an execution; the last two between accounts of one owner. */
export const TRANSFER_KINDS = ['DEPOSIT', 'WITHDRAWAL', 'TRANSFER_IN', 'TRANSFER_OUT'] as const
type TransferKind = (typeof TRANSFER_KINDS)[number]

/** What the exchange tells its user of it. */
export interface TransferRecord {
  id: number
  accountId: number
  kind: TransferKind
  asset: string
  /** Without sign and without the fee. */
  amount: Amount
  fee: Amount
  time: number
}

export const isIncoming = ({ kind }: Pick<TransferRecord, 'kind'>): boolean =>
  kind === 'DEPOSIT' || kind === 'TRANSFER_IN'

export const transferToJson = (transfer: TransferRecord): string =>
  JSON.stringify({ ...transfer, amount: toWire(transfer.amount), fee: toWire(transfer.fee) })

type Stored = Omit<TransferRecord, 'amount' | 'fee'> & { amount: string; fee: string }

/** The rows are our own writing: their shape needs no further check. */
export function transferFromJson(text: string): TransferRecord {
  const stored = JSON.parse(text) as Stored
  return { ...stored, amount: parseDecimal(stored.amount), fee: parseDecimal(stored.fee) }
}
