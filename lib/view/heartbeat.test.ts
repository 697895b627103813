import { expect, test } from 'vitest'
import { mergeSignals, SIGNALS_KEPT, type SignalView, signalKey } from '@/lib/view/heartbeat'

const signal = (closeTime: number, isFresh = false, symbol = 'BTC/USDT'): SignalView => ({
  key: signalKey(symbol, `1m_${closeTime}`),
  symbol,
  timeframe: '1m',
  closeTime,
  isLate: false,
  isRecovered: false,
  isFresh,
})

test('newest on top, each signal once, and one that arrived live stays marked as such', () => {
  const merged = mergeSignals([signal(1), signal(3, true)], [signal(3), signal(2), signal(3, false, 'ETH/USDT')])
  expect(merged.map((s) => [s.symbol, s.closeTime, s.isFresh])).toEqual([
    ['BTC/USDT', 3, true],
    ['ETH/USDT', 3, false],
    ['BTC/USDT', 2, false],
    ['BTC/USDT', 1, false],
  ])
})

test('a box holds sixty', () => {
  const many = Array.from({ length: 90 }, (_, index) => signal(index))
  const merged = mergeSignals(many, [signal(1000, true)])
  expect(merged).toHaveLength(SIGNALS_KEPT)
  expect(merged[0]?.closeTime).toBe(1000)
})
