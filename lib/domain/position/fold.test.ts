import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDecimal as d, sum, toWire, ZERO } from '@/lib/domain/money/decimal'
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

  it('counts dust below the minimum as nothing, at its cost', () => {
    const state = fold([fill('BUY', '1', '100'), fill('SELL', '0.99', '100')])
    expect([state.quantity.isZero(), toWire(state.realizedPnl), state.roundTrip?.closedAt]).toEqual([true, '-1', 1])
  })

  it('ignores what is sold beyond the holding', () => {
    const state = fold([fill('BUY', '1', '100'), fill('SELL', '3', '110')])
    expect([toWire(state.quantity), toWire(state.realizedPnl)]).toEqual(['0', '10'])
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
