import { expect, test } from 'vitest'
import { barsFrom, liveBarOf } from '@/components/charts/live-bar'

const minute = 60_000
const bar = { openTime: minute, open: 10, high: 12, low: 9, close: 11 }
const tick = (time: number, price: string, high = price, low = price) => ({
  symbol: 'BTC/USDT',
  price,
  high,
  low,
  time,
})

test('a price grows the last bar by all that happened since the previous one', () => {
  expect(liveBarOf(bar, tick(minute + 5, '10.5', '13', '10'), '1m')).toEqual({ ...bar, high: 13, close: 10.5 })
})

test('a price after the end of the bar opens a new one, a price before it is ignored', () => {
  expect(liveBarOf(bar, tick(2 * minute, '11', '99', '1'), '1m')).toEqual({
    openTime: 2 * minute,
    open: 11,
    high: 11,
    low: 11,
    close: 11,
  })
  expect(liveBarOf(bar, tick(5, '11'), '1m')).toBeNull()
  expect(liveBarOf(null, tick(5, '11'), '1m')?.openTime).toBe(0)
})

test('the live bar follows the stored ones until it is stored itself', () => {
  const live = { ...bar, openTime: 2 * minute }
  expect(barsFrom([bar], live)).toEqual([bar, live])
  expect(barsFrom([bar, { ...live, close: 5 }], live)).toEqual([bar, { ...live, close: 5 }])
  expect(barsFrom([], null)).toEqual([])
})
