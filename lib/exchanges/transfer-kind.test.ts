import { expect, it } from 'vitest'
import { transferKindOf } from '@/lib/exchanges/transfer-kind'

it.each([
  ['deposit', 'DEPOSIT'],
  ['WITHDRAW', 'WITHDRAWAL'],
  ['transfer-in', 'TRANSFER'],
  ['trans_to_exchange', 'TRANSFER'],
  ['SUB_TRANSFER', 'TRANSFER'],
  ['KCS_DEDUCTION_FEES', 'FEE'],
  ['deduction of handling fee', 'FEE'],
  ['RETURNED_FEES', 'FEE'],
  ['airdrop rewards', 'OTHER'],
])('%s is %s', (word, kind) => {
  expect(transferKindOf(word)).toBe(kind)
})
