import { expect, it } from 'vitest'
import { parseDecimal as d, toWire } from '@/lib/domain/money/decimal'
import { costlessProceeds } from '@/lib/domain/position/costless'
import type { PositionFill } from '@/lib/domain/position/fold'

const market = { baseAsset: 'BTC', quoteAsset: 'USDT', minQuantity: d('0.01'), minNotional: d('5') }
const fill = (side: 'BUY' | 'SELL', quantity: string, quote: string, fee = '0', feeAsset = 'USDT'): PositionFill => ({
  side,
  quantity: d(quantity),
  quoteQuantity: d(quote),
  fee: d(fee),
  feeAsset,
  feeInQuote: feeAsset === 'BTC' ? d(fee).times(quote).div(quantity) : d(fee),
  tradeTime: 0,
})
const of = (...fills: PositionFill[]): string[] => costlessProceeds(fills, market).map(toWire)

it('is nothing where all that was sold was bought', () => {
  expect(of(fill('BUY', '1', '100', '1'), fill('SELL', '0.4', '50', '0.5'), fill('SELL', '0.6', '60'))).toEqual([
    '0',
    '0',
    '0',
  ])
  // What is left is dust, which keeps its cost.
  expect(of(fill('BUY', '1', '100'), fill('SELL', '0.99', '99', '0.009', 'BTC'))).toEqual(['0', '0'])
})

it('is what was received for the part that was not bought, its part of the fee taken off', () => {
  expect(of(fill('SELL', '0.5', '50', '0.05'))).toEqual(['49.95'])
  expect(of(fill('BUY', '1', '100'), fill('SELL', '4', '400', '4'))).toEqual(['0', '297'])
})
