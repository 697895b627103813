import { expect, it } from 'vitest'
import type { Timeframe } from '@/lib/domain/market/timeframe'
import { readCandles } from './candles'
import type { BitgetCandle } from './schemas'

const MINUTE = 60_000
const DAY = 86_400_000
const now = 1_700_000_000_000 - (1_700_000_000_000 % 14_400_000)
const LENGTH: Record<string, number> = { '1min': MINUTE, '5min': 5 * MINUTE, '1h': 60 * MINUTE }

/** Both endpoints over an endless market that began at `begin`; remembers what it was asked. */
function exchange(begin = 0) {
  const asked: { recent: number; older: number } = { recent: 0, older: 0 }
  const rows = (from: number, to: number, length: number): BitgetCandle[] => {
    const bars: BitgetCandle[] = []
    for (let open = Math.ceil(from / length) * length; open < to; open += length)
      if (open >= begin) bars.push([String(open), '1', '2', '0.5', '1.5', '3'])
    return bars
  }
  const raw = {
    candles: (q: Record<string, string | undefined>) => {
      asked.recent += 1
      const length = LENGTH[q['granularity'] ?? ''] ?? 0
      expect(Number(q['startTime'])).toBeGreaterThanOrEqual(now - 83 * DAY)
      return Promise.resolve(rows(Number(q['startTime']), Number(q['endTime']) + 1, length).slice(-Number(q['limit'])))
    },
    historyCandles: (q: Record<string, string | undefined>) => {
      asked.older += 1
      const length = LENGTH[q['granularity'] ?? ''] ?? 0
      const end = Number(q['endTime'])
      return Promise.resolve(rows(end - Number(q['limit']) * length, end, length))
    },
  }
  return { raw, asked }
}

const read = (raw: ReturnType<typeof exchange>['raw'], timeframe: Timeframe, startTime: number, endTime: number) =>
  readCandles(raw, { symbol: 'BTC/USDT', timeframe, startTime, endTime }, () => now)

it('pages through the recent bars without a gap', async () => {
  const { raw, asked } = exchange()
  const candles = await read(raw, '1m', now - 2500 * MINUTE, now)
  expect(candles.map((candle) => candle.openTime)).toEqual(
    Array.from({ length: 2500 }, (_, i) => now - (2500 - i) * MINUTE),
  )
  expect(asked).toEqual({ recent: 3, older: 0 })
})

it('goes on with the older endpoint behind the boundary, without a gap or a doubled bar', async () => {
  const { raw, asked } = exchange()
  const startTime = now - 28 * DAY - 450 * 5 * MINUTE
  const candles = await read(raw, '5m', startTime, now - 28 * DAY + 50 * 5 * MINUTE)
  expect(candles.map((candle) => candle.openTime)).toEqual(
    Array.from({ length: 500 }, (_, i) => startTime + i * 5 * MINUTE),
  )
  expect(asked).toEqual({ recent: 1, older: 3 })
})

it('ends where the market began', async () => {
  const begin = now - 40 * DAY
  const { raw } = exchange(begin)
  const candles = await read(raw, '5m', now - 400 * DAY, now - 39 * DAY)
  expect(candles[0]?.openTime).toBe(begin)
  expect(candles).toHaveLength(288)
})

it.each([
  ['10m', 10],
  ['2h', 120],
] as const)('builds %s on UTC', async (timeframe, minutes) => {
  const { raw } = exchange()
  const candles = await read(raw, timeframe, now - 12 * minutes * MINUTE + 1, now)
  expect(candles).toHaveLength(11)
  expect(candles.every((candle) => candle.openTime % (minutes * MINUTE) === 0 && candle.isClosed)).toBe(true)
  expect(candles[0]?.volume.toFixed()).toBe('6')
})
