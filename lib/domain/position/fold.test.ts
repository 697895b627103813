import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromInteger, parseDecimal as d, sum, toWire, ZERO } from '@/lib/domain/money/decimal'
import {
  applyFill,
  averageEntryPrice,
  FLAT,
  type PositionFill,
  type PositionMarket,
  unrealizedPnl,
} from '@/lib/domain/position/fold'

const market: PositionMarket = { baseAsset: 'BTC', quoteAsset: 'USDT', minQuantity: d('0.00001'), minNotional: d('5') }

const fill = (
  side: 'BUY' | 'SELL',
  quantity: string,
  price: string,
  fee = '0',
  feeAsset = 'USDT',
  feeInQuote = feeAsset === 'USDT' ? fee : '0',
): PositionFill => ({
  side,
  quantity: d(quantity),
  quoteQuantity: d(quantity).times(d(price)),
  fee: d(fee),
  feeAsset,
  feeInQuote: d(feeInQuote),
  tradeTime: 1,
})
const fold = (fills: PositionFill[]) => fills.reduce((state, each) => applyFill(state, each, market), FLAT)

describe('position fold', () => {
  it('takes a base fee out of the quantity and keeps the whole cost', () => {
    // 0.1 BTC at 60,000 = 6,000 USDT for 0.0999 BTC: average 60,060.06...; sold at 61,000 = 6,093.9 less 6.0939 fee.
    const open = fold([fill('BUY', '0.1', '60000', '0.0001', 'BTC')])
    expect(toWire(open.quantity)).toBe('0.0999')
    expect(toWire(open.cost)).toBe('6000')
    expect(averageEntryPrice(open).toFixed(2)).toBe('60060.06')
    expect(toWire(unrealizedPnl(open, d('61000')))).toBe('93.9')
    const closed = applyFill(open, fill('SELL', '0.0999', '61000', '6.0939'), market)
    expect(toWire(closed.realizedPnl)).toBe('87.8061')
    expect(closed.roundTrip).toMatchObject({ number: 1, closedAt: 1 })
  })

  it('moves the average with purchases and realizes partial sales at it', () => {
    // 1 at 100 and 1 at 200 cost 300: average 150. Selling 1 at 180 gains 30 and leaves cost 150.
    const state = fold([fill('BUY', '1', '100'), fill('BUY', '1', '200'), fill('SELL', '1', '180')])
    expect([toWire(state.realizedPnl), toWire(state.cost), toWire(averageEntryPrice(state))]).toEqual([
      '30',
      '150',
      '150',
    ])
    expect(state.roundTrip?.closedAt).toBeNull()
  })

  it('adds a fee in a third asset at its value', () => {
    const state = fold([fill('BUY', '1', '100', '0.001', 'BNB', '0.6')])
    expect(toWire(state.cost)).toBe('100.6')
  })

  it('sets dust below the minimum aside at its cost: the sale alone is what the round trip realized', () => {
    // 0.99 of 1 at 100, sold at 102: 100.98 less 99. The rest, 0.01, is worth 1.02 and cannot be sold.
    const state = fold([fill('BUY', '1', '100'), fill('SELL', '0.99', '102')])
    expect([state.quantity.isZero(), toWire(state.realizedPnl), state.roundTrip?.closedAt]).toEqual([true, '1.98', 1])
    expect([toWire(state.dust.quantity), toWire(state.dust.cost)]).toEqual(['0.01', '1'])
    expect([state.roundTrip?.bought, state.roundTrip?.cost].map((amount) => amount && toWire(amount))).toEqual([
      '0.99',
      '99',
    ])
  })

  it('ignores what is sold beyond the holding', () => {
    const state = fold([fill('BUY', '1', '100'), fill('SELL', '3', '110')])
    expect([toWire(state.quantity), toWire(state.realizedPnl)]).toEqual(['0', '10'])
  })

  it('never loses anything: what came in less what went out is what was realized, less the cost of what is still there', () => {
    const trade = fc.record({
      isSale: fc.boolean(),
      // Thousandths of what can be sold, or steps of a purchase: whole sales, sales that leave dust and tiny ones.
      part: fc.oneof(fc.constantFrom(1000, 999, 1), fc.integer({ min: 1, max: 1000 })),
      price: fc.integer({ min: 10, max: 1000 }),
      feeAsset: fc.constantFrom('USDT', 'BTC', 'BNB'),
    })
    let withDust = 0
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 30, size: 'max' }), (trades) => {
        let state = FLAT
        let flow = ZERO
        for (const { isSale, part, price, feeAsset } of trades) {
          const there = state.quantity.plus(state.dust.quantity)
          const quantity = isSale ? there.times(part).div(1000).toDecimalPlaces(8, 1) : fromInteger(part).div(100)
          if (quantity.isZero()) continue
          // A fee in the base asset is taken from what a purchase brings; a sale pays it in the quote asset.
          const asset = isSale && feeAsset === 'BTC' ? 'USDT' : feeAsset
          const fee = asset === 'BTC' ? quantity.times('0.001') : d('0.02')
          const next = fill(
            isSale ? 'SELL' : 'BUY',
            toWire(quantity),
            String(price),
            toWire(fee),
            asset,
            asset === 'BTC' ? '0' : '0.02',
          )
          const spent = next.quoteQuantity.times(isSale ? 1 : -1).minus(next.feeInQuote)
          flow = flow.plus(spent)
          state = applyFill(state, next, market)
          if (!state.dust.quantity.isZero()) withDust += 1
          expect(toWire(state.realizedPnl)).toBe(toWire(flow.plus(state.cost).plus(state.dust.cost)))
          expect(
            [state.quantity, state.cost, state.dust.quantity, state.dust.cost].some((amount) => amount.lt(0)),
          ).toBe(false)
          // A closed round trip can be checked by anybody: what was sold was bought, and the rest is subtraction.
          const { roundTrip: trip } = state
          if (trip === null || trip.closedAt === null) continue
          expect(toWire(trip.bought)).toBe(toWire(trip.sold))
          expect(toWire(trip.realizedPnl)).toBe(toWire(trip.proceeds.minus(trip.cost)))
        }
      }),
    )
    // Not by luck: some three hundred states have any.
    expect(withDust).toBeGreaterThan(50)
  })

  it('realizes exactly what came in less what went out over closed round trips', () => {
    const trade = fc.record({
      quantity: fc.integer({ min: 1, max: 1000 }),
      price: fc.integer({ min: 10, max: 1000 }),
      parts: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 6 }), (trades) => {
        const fills = trades.flatMap(({ quantity, price, parts }) => [
          ...Array.from({ length: parts }, () => fill('BUY', String(quantity), String(price), '1')),
          fill('SELL', String(quantity * parts), String(price + 7), '2'),
        ])
        const flow = sum(
          fills.map((f) => (f.side === 'SELL' ? f.quoteQuantity : f.quoteQuantity.neg()).minus(f.feeInQuote)),
        )
        const state = fold(fills)
        expect(toWire(state.realizedPnl)).toBe(toWire(flow))
        expect(state.cost.eq(ZERO)).toBe(true)
        expect(state.roundTrip?.number).toBe(trades.length)
      }),
    )
  })
})
