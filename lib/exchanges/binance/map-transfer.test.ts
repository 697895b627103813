import { expect, it } from 'vitest'
import { toWire } from '@/lib/domain/money/decimal'
import { mapDeposit, mapUniversalTransfer, mapWithdrawal } from '@/lib/exchanges/binance/map-transfer'

const deposit = { id: '7', amount: '0.5', coin: 'BTC', status: 1, insertTime: 1_700_000_000_000, walletType: 0 }
const withdrawal = {
  id: 'b6ae',
  amount: '8.91',
  transactionFee: '0.004',
  coin: 'USDT',
  status: 6,
  applyTime: '2026-11-22 12:30:05',
  walletType: 0,
}

it.each([
  [0, false],
  [1, true],
  [2, false],
  [6, true],
  [7, false],
  [8, false],
])('a deposit of status %i counts: %s', (status, counts) => {
  expect(mapDeposit({ ...deposit, status }) !== null).toBe(counts)
})

it('what goes to the funding wallet is not of the spot account', () => {
  expect(mapDeposit({ ...deposit, walletType: 1 })).toBeNull()
  expect(mapWithdrawal({ ...withdrawal, walletType: 1 })).toEqual([])
})

it.each([
  [0, false],
  [1, true],
  [2, false],
  [3, true],
  [4, false],
  [5, true],
  [6, false],
])('a withdrawal of status %i is given back: %s', (status, isReturned) => {
  const told = mapWithdrawal({ ...withdrawal, status })
  expect(told.map((one) => [one.kind, toWire(one.amount), one.isReturned])).toEqual([
    ['WITHDRAWAL', '-8.91', isReturned],
    ['FEE', '-0.004', isReturned],
  ])
  // The text is UTC.
  expect(new Date(told[0]?.time ?? 0).toISOString()).toBe('2026-11-22T12:30:05.000Z')
})

it('a transfer has the sign that it has for the spot account', () => {
  const transfer = { tranId: '1', asset: 'USDT', amount: '3', status: 'CONFIRMED', timestamp: 1 }
  const amountOf = (type: string) => mapUniversalTransfer({ ...transfer, type })?.amount.toFixed()
  expect([amountOf('FUNDING_MAIN'), amountOf('MAIN_UMFUTURE')]).toEqual(['3', '-3'])
  expect(mapUniversalTransfer({ ...transfer, type: 'MAIN_FUNDING', status: 'PENDING' })).toBeNull()
})
