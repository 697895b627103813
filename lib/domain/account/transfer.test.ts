import { expect, it } from 'vitest'
import { returnOf, type Transfer, unaccounted } from '@/lib/domain/account/transfer'
import { parseDecimal as d, toWire } from '@/lib/domain/money/decimal'

const withdrawal = (isReturned: boolean): Transfer => ({
  exchangeTransferId: 'w1',
  kind: 'WITHDRAWAL',
  asset: 'BTC',
  amount: d('-0.1'),
  time: 1,
  note: 'withdraw',
  isReturned,
})
const shown = (transfers: Transfer[]) => transfers.map((one) => [one.exchangeTransferId, toWire(one.amount)])

it('a record explains once', () => {
  expect(shown(unaccounted([withdrawal(false)], new Set()))).toEqual([['w1', '-0.1']])
  expect(unaccounted([withdrawal(false)], new Set(['w1']))).toEqual([])
})

it('a withdrawal that failed before anybody saw it go never happened', () => {
  expect(unaccounted([withdrawal(true)], new Set())).toEqual([])
})

it('one that failed after it was seen to go comes back, once', () => {
  expect(shown(unaccounted([withdrawal(true)], new Set(['w1'])))).toEqual([[returnOf('w1'), '0.1']])
  expect(unaccounted([withdrawal(true)], new Set(['w1', returnOf('w1')]))).toEqual([])
})
