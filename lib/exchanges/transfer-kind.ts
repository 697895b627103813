import type { TransferKind } from '@/lib/domain/account/transfer'

const KINDS: readonly [part: string, kind: TransferKind][] = [
  ['FEE', 'FEE'],
  ['DEDUCTION', 'FEE'],
  ['WITHDRAW', 'WITHDRAWAL'],
  ['DEPOSIT', 'DEPOSIT'],
  ['TRANS', 'TRANSFER'],
]

/**
 * What an account statement's word for a change stands for: `TRANSFER_IN`, `sub_transfer`, `KCS_DEDUCTION_FEES`. The lists of
 * these words grow without notice; one without a known part is OTHER, and shown to the user as it is.
 */
export function transferKindOf(word: string): TransferKind {
  const upper = word.toUpperCase()
  return KINDS.find(([part]) => upper.includes(part))?.[1] ?? 'OTHER'
}
