import { expect, it } from 'vitest'
import { createProgress } from './progress'

it('tells the first value at once, then growing whole percents at most one each interval', () => {
  const told: number[] = []
  let now = 1000
  const report = createProgress(
    (percent) => told.push(percent),
    () => now,
  )
  report(0)
  report(12.9)
  expect(told).toEqual([0])
  now += 150
  report(12.9)
  now += 150
  report(12.1)
  report(11)
  expect(told).toEqual([0, 12])
  for (let done = 0; done <= 3000; done += 1) {
    now += 1
    report((95 * done) / 3000)
  }
  expect(told.length).toBeLessThan(25)
  expect([...told].sort((a, b) => a - b)).toEqual(told)
  now += 150
  report(250)
  expect(told.at(-1)).toBe(100)
})
