import { describe, expect, it } from 'vitest'
import { closeAtOrBefore, dueTimeOf, isAudited, overdueSince } from '@/lib/domain/signal/due-time'
import { intervalMs } from '@/lib/domain/signal/webhook-alert'

const at = (text: string): number => Date.parse(`${text}Z`)
const lengthOf = (interval: string): number => {
  const length = intervalMs(interval)
  if (length === null) throw new Error(interval)
  return length
}

describe('closes', () => {
  it.each([
    ['5', '2024-08-12T11:17:30', '2024-08-12T11:15:00'],
    ['5', '2024-08-12T11:15:00', '2024-08-12T11:15:00'],
    ['60', '2024-08-12T11:15:00', '2024-08-12T11:00:00'],
    ['4H', '2024-08-12T11:15:00', '2024-08-12T08:00:00'],
    ['D', '2024-08-12T11:15:00', '2024-08-12T00:00:00'],
    // A Monday.
    ['W', '2024-08-14T11:15:00', '2024-08-12T00:00:00'],
    // The night in which Europe's clocks go back: UTC does not.
    ['60', '2024-10-27T01:30:00', '2024-10-27T01:00:00'],
  ])('of %s at or before %s: %s', (interval, time, close) => {
    expect(closeAtOrBefore(lengthOf(interval), at(time))).toBe(at(close))
  })
})

it('an alert is due at the end of the bar that it names, or at the last close before it came', () => {
  const five = lengthOf('5')
  expect(dueTimeOf(five, at('2024-08-12T11:10:00'), at('2024-08-12T11:15:02'))).toBe(at('2024-08-12T11:15:00'))
  expect(dueTimeOf(five, null, at('2024-08-12T11:15:02'))).toBe(at('2024-08-12T11:15:00'))
})

it('is overdue a minute after its close, not before', () => {
  const five = lengthOf('5')
  const from = at('2024-08-12T11:10:00')
  expect(overdueSince(five, from, at('2024-08-12T11:15:59'), 100)).toEqual([])
  expect(overdueSince(five, from, at('2024-08-12T11:16:00'), 100)).toEqual([at('2024-08-12T11:15:00')])
  expect(overdueSince(five, from, at('2024-08-12T11:31:00'), 2)).toEqual([
    at('2024-08-12T11:25:00'),
    at('2024-08-12T11:30:00'),
  ])
})

it('leaves bars of seconds alone', () => {
  expect([intervalMs('15S'), intervalMs('1'), intervalMs('x')].map(isAudited)).toEqual([false, true, false])
})
