import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDecimal as d, sum, toWire } from '@/lib/domain/money/decimal'
import { applyFill, FLAT, foldAll, type PositionFill } from '@/lib/domain/position/fold'

const market = { baseAsset: 'BTC', quoteAsset: 'USDT', minQuantity: d('0.00001'), minNotional: d('0') }
const arbitraryFill = fc
  .record({
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    steps: fc.integer({ min: 1, max: 100_000 }),
    cents: fc.integer({ min: 1, max: 10_000_000 }),
  })
  .map(({ side, steps, cents }): PositionFill => {
    const quantity = d(`${steps}e-5`)
    const quoteQuantity = quantity.times(d(`${cents}e-2`))
    return {
      side,
      quantity,
      quoteQuantity,
      fee: d('0'),
      feeAsset: 'USDT',
      feeInQuote: quoteQuantity.times('0.001'),
      tradeTime: 1,
    }
  })

describe('a position over all its fills', () => {
  it('is what the fills make one after the other, and its parts add up to the last digit', () => {
    fc.assert(
      fc.property(fc.array(arbitraryFill, { maxLength: 30 }), (fills) => {
        const { state, roundTrips, realized } = foldAll(fills, market)
        expect(state).toEqual(fills.reduce((folded, fill) => applyFill(folded, fill, market), FLAT))
        expect(toWire(sum(realized))).toBe(toWire(state.realizedPnl))
        expect(toWire(sum(roundTrips.map((trip) => trip.realizedPnl)))).toBe(toWire(state.realizedPnl))
        expect(roundTrips.map((trip) => trip.number)).toEqual(roundTrips.map((_, index) => index + 1))
        // Nothing has more digits than the database keeps.
        for (const amount of [state.cost, state.realizedPnl]) expect(amount.decimalPlaces()).toBeLessThanOrEqual(18)
      }),
    )
  })
})
