import { expect, it } from 'vitest'
import { aggregateCandles } from '@/lib/domain/market/aggregate'
import type { Candle } from '@/lib/domain/market/candle'
import { findDisagreements, findHoles } from '@/lib/domain/market/coherence'
import { inSignalOrder } from '@/lib/domain/market/signal-order'
import type { Timeframe } from '@/lib/domain/market/timeframe'
import { parseDecimal as d } from '@/lib/domain/money/decimal'

const M = 60_000
const bar = (openTime: number, close = '10', timeframe: Timeframe = '5m', symbol = 'A/B'): Candle => ({
  symbol,
  timeframe,
  openTime,
  closeTime: openTime + 5 * M,
  open: d('9'),
  high: d('11'),
  low: d('8'),
  close: d(close),
  volume: d('1'),
  tradeCount: 3,
  isClosed: true,
})

it('lists the bars that are missing', () => {
  const holes = findHoles(new Set([M, 2 * M, 4 * M]), { symbol: 'A/B', timeframe: '1m' }, 0, 5 * M)
  expect(holes.map((hole) => hole.closeTime / M)).toEqual([3, 5])
  expect(
    findHoles(new Set(), { symbol: 'A/B', timeframe: '5m' }, 3 * M, 16 * M).map((hole) => hole.closeTime / M),
  ).toEqual([5, 10, 15])
})

it('names what differs from the exchange, and ignores bars that it has not closed', () => {
  const flaws = findDisagreements([bar(0, '10'), bar(5 * M)], [bar(0, '10.5'), { ...bar(5 * M, '7'), isClosed: false }])
  expect(flaws).toEqual([
    { symbol: 'A/B', timeframe: '5m', closeTime: 5 * M, kind: 'DISAGREEMENT', detail: 'close 10 instead of 10.5' },
  ])
  expect(findDisagreements([{ ...bar(0), tradeCount: 9 }], [bar(0)])).toEqual([])
})

it('aggregates only bars whose first part is there', () => {
  const made = aggregateCandles([bar(5 * M), bar(10 * M, '12'), bar(15 * M, '13'), bar(20 * M, '14')], '10m')
  expect(made.map((one) => [one.openTime / M, one.close.toFixed(), one.isClosed])).toEqual([
    [10, '13', true],
    [20, '14', false],
  ])
})

it('orders signals by time, then length, then symbol', () => {
  const signals = [bar(0, '1', '4h'), bar(0, '1', '1m', 'C/D'), bar(0, '1', '1m'), bar(-5 * M, '1', '2h')]
  const ordered = inSignalOrder(signals.map((candle) => ({ candle })))
  expect(ordered.map(({ candle }) => `${candle.timeframe} ${candle.symbol}`)).toEqual([
    '2h A/B',
    '1m A/B',
    '1m C/D',
    '4h A/B',
  ])
})
