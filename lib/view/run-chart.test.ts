import { expect, test } from 'vitest'
import { joinBars } from '@/lib/view/run-chart'

const bar = (openTime: number, close: number) => ({ openTime, open: close, high: close, low: close, close })

test('own bars count before others, in order, the newest kept', () => {
  const joined = joinBars([bar(2, 20), bar(1, 10)], [bar(3, 33), bar(2, 22), bar(0, 0)], 3)
  expect(joined.map(({ openTime, close }) => [openTime, close])).toEqual([
    [1, 10],
    [2, 20],
    [3, 33],
  ])
})
