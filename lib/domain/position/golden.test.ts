import { describe, expect, it } from 'vitest'
import { parseDecimal as d, toWire, ZERO } from '@/lib/domain/money/decimal'
import { foldAll, type PositionFill, type PositionMarket } from '@/lib/domain/position/fold'

// Ledgers computed by hand.

const market: PositionMarket = { baseAsset: 'BTC', quoteAsset: 'USDT', minQuantity: d('0.00001'), minNotional: d('5') }

/** `fee` is `amount asset [price of the asset in USDT]`. */
function fill(side: 'BUY' | 'SELL', quantity: string, price: string, fee = '0 USDT', tradeTime = 1): PositionFill {
  const [amount = '0', feeAsset = 'USDT', feePrice = '1'] = fee.split(' ')
  return {
    side,
    quantity: d(quantity),
    quoteQuantity: d(quantity).times(d(price)),
    fee: d(amount),
    feeAsset,
    feeInQuote: feeAsset === 'BTC' ? ZERO : d(amount).times(d(feePrice)),
    tradeTime,
  }
}
function ledger(fills: PositionFill[]) {
  const { state, roundTrips, realized } = foldAll(fills, market)
  return {
    quantity: toWire(state.quantity),
    cost: toWire(state.cost),
    dust: [toWire(state.dust.quantity), toWire(state.dust.cost)],
    realized: realized.map(toWire),
    total: toWire(state.realizedPnl),
    trips: roundTrips.map((trip) => [trip.number, toWire(trip.realizedPnl), trip.closedAt !== null]),
  }
}

describe('golden ledgers', () => {
  it('fees in BNB, each at the price of its time', () => {
    // 0.5 at 60,000 = 30,000; 0.05 BNB at 600 = 30: cost 30,030.
    // 0.2 at 61,000 = 12,200 less 0.02 BNB at 610 = 12.2: 12,187.8; cost 30,030 × 0.2 / 0.5 = 12,012: +175.8.
    // 0.3 at 59,000 = 17,700 less 0.03 BNB at 590 = 17.7: 17,682.3; cost 18,018: −335.7. Together −159.9.
    expect(
      ledger([
        fill('BUY', '0.5', '60000', '0.05 BNB 600'),
        fill('SELL', '0.2', '61000', '0.02 BNB 610'),
        fill('SELL', '0.3', '59000', '0.03 BNB 590'),
      ]),
    ).toEqual({
      quantity: '0',
      cost: '0',
      dust: ['0', '0'],
      realized: ['0', '175.8', '-335.7'],
      total: '-159.9',
      trips: [[1, '-159.9', true]],
    })
  })

  it('a fee in the base asset, and a sale of more than is left by rounding', () => {
    // 1 at 100 with a fee of 0.001 BTC: 0.999 for 100. Sold 1 at 110 = 110 less 0.11 = 109.89, of which 0.999 are ours:
    // 109.89 × 0.999 = 109.78011, less 100: +9.78011.
    expect(ledger([fill('BUY', '1', '100', '0.001 BTC'), fill('SELL', '1', '110', '0.11 USDT')])).toMatchObject({
      quantity: '0',
      cost: '0',
      total: '9.78011',
      trips: [[1, '9.78011', true]],
    })
  })

  it('an order in parts, sold in parts, fees in the quote asset', () => {
    // 0.3 at 100 = 30 and 0.7 at 101 = 70.7, fees 0.03 and 0.0707: cost 100.8007.
    // 0.25 at 104 = 26 less 0.026 = 25.974; cost 25.200175: +0.773825.
    // 0.75 at 99 = 74.25 less 0.07425 = 74.17575; cost 75.600525: −1.424775. Together −0.65095.
    expect(
      ledger([
        fill('BUY', '0.3', '100', '0.03 USDT'),
        fill('BUY', '0.7', '101', '0.0707 USDT'),
        fill('SELL', '0.25', '104', '0.026 USDT'),
        fill('SELL', '0.75', '99', '0.07425 USDT'),
      ]),
    ).toMatchObject({ realized: ['0', '0', '0.773825', '-1.424775'], total: '-0.65095' })
  })

  it('dust ends a round trip, is set aside at its cost, and is not in the next one', () => {
    // 1 at 100; 0.995 at 110 = 109.45 less 99.5: +9.95. The rest, 0.005 × 110 = 0.55, is below 5. Then 1 at 90 costs 90.
    expect(ledger([fill('BUY', '1', '100'), fill('SELL', '0.995', '110'), fill('BUY', '1', '90')])).toEqual({
      quantity: '1',
      cost: '90',
      dust: ['0.005', '0.5'],
      realized: ['0', '9.95', '0'],
      total: '9.95',
      trips: [
        [1, '9.95', true],
        [2, '0', false],
      ],
    })
  })

  it('a sale of everything takes the dust of earlier round trips along, at what it cost then', () => {
    // As before, then 1.005 at 92 = 92.46: of the 1 that is held 92 less 90 = +2, of the dust 0.46 less 0.5 = −0.04.
    // 109.45 + 92.46 − 100 − 90 = 11.91 came in, and 9.95 + 1.96 was realized.
    const fills = [fill('BUY', '1', '100'), fill('SELL', '0.995', '110'), fill('BUY', '1', '90')]
    expect(ledger([...fills, fill('SELL', '1.005', '92')])).toMatchObject({
      quantity: '0',
      dust: ['0', '0'],
      realized: ['0', '9.95', '0', '1.96'],
      total: '11.91',
      trips: [
        [1, '9.95', true],
        [2, '1.96', true],
      ],
    })
    // 1.003 at 92 = 92.276: 0.003 of the dust, 0.276 less 0.3 = −0.024; 0.002 for 0.2 are still there.
    expect(ledger([...fills, fill('SELL', '1.003', '92')])).toMatchObject({ dust: ['0.002', '0.2'], total: '11.926' })
  })

  it('the last part of a sale counts in full, also when what was left before it was dust', () => {
    // 1 at 100. One order sells 0.96 at 110 = 105.6 less 96 = +9.6, and then the rest: 0.04 × 110 = 4.4 (below 5) less 4 = +0.4.
    expect(
      ledger([fill('BUY', '1', '100'), fill('SELL', '0.96', '110'), fill('SELL', '0.04', '110', '0 USDT', 2)]),
    ).toEqual({
      quantity: '0',
      cost: '0',
      dust: ['0', '0'],
      realized: ['0', '9.6', '0.4'],
      total: '10',
      trips: [[1, '10', true]],
    })
  })

  it('dust of several round trips adds up, each at its cost, and goes at their average', () => {
    // 0.01 at 100 = 1 and 0.02 at 130 = 2.6 are left: 0.03 for 3.6. Beside 1 at 100, 1.015 are sold at 100 = 101.5: the 1 for
    // nothing, and half of the dust: 1.5 less 1.8 = −0.3.
    expect(
      ledger([
        ...[fill('BUY', '1', '100'), fill('SELL', '0.99', '100')],
        ...[fill('BUY', '1', '130'), fill('SELL', '0.98', '130')],
        ...[fill('BUY', '1', '100'), fill('SELL', '1.015', '100')],
      ]),
    ).toMatchObject({ dust: ['0.015', '1.8'], realized: ['0', '0', '0', '0', '0', '-0.3'], total: '-0.3' })
  })

  it('foreign fills in the middle move the average of all', () => {
    // An alert buys 1 at 100, the user elsewhere 1 at 120: cost 220, average 110. The alert sells 1 at 115: +5; the user
    // sells 1 at 130: +20.
    expect(
      ledger([fill('BUY', '1', '100'), fill('BUY', '1', '120'), fill('SELL', '1', '115'), fill('SELL', '1', '130')]),
    ).toMatchObject({ quantity: '0', realized: ['0', '0', '5', '20'], trips: [[1, '25', true]] })
  })

  it('buy, sell and buy within a second are two round trips', () => {
    const { roundTrips } = foldAll(
      [
        fill('BUY', '1', '100', '0 USDT', 1000),
        fill('SELL', '1', '101', '0 USDT', 1000),
        fill('BUY', '2', '99', '0 USDT', 1400),
      ],
      market,
    )
    expect(roundTrips.map(({ number, openedAt, closedAt }) => [number, openedAt, closedAt])).toEqual([
      [1, 1000, 1000],
      [2, 1400, null],
    ])
  })

  it('goes by the minimums of the time of the sale, whatever the market asks today', () => {
    // What is left, 0.02 × 100 = 2, could be sold then (1) and cannot be sold today (5).
    const then = { minimums: { minQuantity: d('0.00001'), minNotional: d('1') } }
    const sale = { ...fill('SELL', '0.98', '100'), ...then }
    expect(ledger([fill('BUY', '1', '100'), sale]).trips).toEqual([[1, '0', false]])
    expect(ledger([fill('BUY', '1', '100'), fill('SELL', '0.98', '100')]).trips).toEqual([[1, '0', true]])
  })
})
