import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closeAtOrBefore, dueTimeOf, heardSince, isAudited, overdueSince } from '@/lib/domain/signal/due-time'
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
    // Lengths that do not divide the day: its first bar opens at midnight, its last one is cut there.
    ['7', '2024-08-12T00:10:00', '2024-08-12T00:07:00'],
    ['7', '2024-08-12T23:59:30', '2024-08-12T23:55:00'],
    ['50', '2024-08-12T23:59:30', '2024-08-12T23:20:00'],
    ['5H', '2024-08-12T23:00:00', '2024-08-12T20:00:00'],
    ['5H', '2024-08-13T00:00:00', '2024-08-13T00:00:00'],
    ['13H', '2024-08-13T14:00:00', '2024-08-13T13:00:00'],
    // Further than a day nothing is cut at midnight.
    ['3D', '2024-08-14T11:15:00', '2024-08-12T00:00:00'],
  ])('of %s at or before %s: %s', (interval, time, close) => {
    expect(closeAtOrBefore(lengthOf(interval), at(time))).toBe(at(close))
  })
})

it('an alert is due at the end of the bar that it names, or at the last close before it came', () => {
  const five = lengthOf('5')
  expect(dueTimeOf(five, at('2024-08-12T11:10:00'), at('2024-08-12T11:15:02'))).toBe(at('2024-08-12T11:15:00'))
  expect(dueTimeOf(five, null, at('2024-08-12T11:15:02'))).toBe(at('2024-08-12T11:15:00'))
  // The last bar of the day is a short one.
  const late = at('2024-08-13T00:00:02')
  expect(dueTimeOf(lengthOf('7H'), at('2024-08-12T21:00:00'), late)).toBe(at('2024-08-13T00:00:00'))
  expect(dueTimeOf(lengthOf('25'), at('2024-08-12T23:45:00'), late)).toBe(at('2024-08-13T00:00:00'))
})

it('a clock of ours that is some seconds slow puts no alert down to the bar before', () => {
  const five = lengthOf('5')
  expect(dueTimeOf(five, null, at('2024-08-12T11:14:52'))).toBe(at('2024-08-12T11:15:00'))
  expect(dueTimeOf(five, null, at('2024-08-12T11:14:49'))).toBe(at('2024-08-12T11:10:00'))
})

it('nothing that was due before a source was heard is asked of it', () => {
  const five = lengthOf('5')
  const receivedAt = at('2024-08-12T11:17:00')
  expect(heardSince(five, at('2024-08-01T00:00:00'), receivedAt)).toBe(at('2024-08-12T11:15:00'))
  // Of the bar that is open: it has come before its close.
  expect(heardSince(five, at('2024-08-12T11:20:00'), receivedAt)).toBe(at('2024-08-12T11:20:00'))
  // A script that writes the time of its own zone: its alerts count for closes two hours ahead, all of them.
  expect(heardSince(five, at('2024-08-12T13:15:00'), receivedAt)).toBe(at('2024-08-12T13:15:00'))
  expect(heardSince(five, at('2099-01-01T00:00:00'), receivedAt)).toBe(at('2024-08-13T11:15:00'))
  expect(heardSince(lengthOf('W'), at('2024-08-19T00:00:00'), receivedAt)).toBe(at('2024-08-19T00:00:00'))
})

it('is overdue a minute after its close, not before; of many the oldest come first', () => {
  const five = lengthOf('5')
  const from = at('2024-08-12T11:10:00')
  expect(overdueSince(five, from, at('2024-08-12T11:15:59'), 100)).toEqual([])
  expect(overdueSince(five, from, at('2024-08-12T11:16:00'), 100)).toEqual([at('2024-08-12T11:15:00')])
  expect(overdueSince(five, from, at('2024-08-12T11:31:00'), 2)).toEqual([
    at('2024-08-12T11:15:00'),
    at('2024-08-12T11:20:00'),
  ])
})

describe('whatever the length', () => {
  const lengths = fc.oneof(
    fc.integer({ min: 1, max: 1440 }).map(String),
    fc.constantFrom('2H', '5H', '7H', '23H', 'D', '2D', '3D', 'W', '2W'),
  )
  const times = fc.integer({ min: at('2020-01-01T00:00:00'), max: at('2030-01-01T00:00:00') })

  it('an alert is due at a close that is asked for', () => {
    fc.assert(
      fc.property(lengths, fc.option(times), times, (interval, barTime, receivedAt) => {
        const length = lengthOf(interval)
        const due = dueTimeOf(length, barTime, receivedAt)
        expect(overdueSince(length, due - 1, due + 60_000, 5)).toEqual([due])
        expect(closeAtOrBefore(length, due)).toBe(due)
        if (barTime !== null) expect(due > barTime && due <= barTime + length).toBe(true)
      }),
    )
  })

  it('each close is asked for once, however often and in however small pieces one asks', () => {
    fc.assert(
      fc.property(lengths, times, fc.integer({ min: 1, max: 7 }), (interval, from, atMost) => {
        const length = lengthOf(interval)
        const now = from + 40 * length
        const whole = overdueSince(length, from, now, 1000)
        const pieces: number[] = []
        for (let piece = overdueSince(length, from, now, atMost); piece.length > 0; ) {
          pieces.push(...piece)
          piece = overdueSince(length, piece.at(-1) ?? now, now, atMost)
        }
        expect(pieces).toEqual(whole)
        expect(new Set(whole).size).toBe(whole.length)
        for (const [index, close] of whole.entries()) {
          const before = whole[index - 1]
          if (before !== undefined) expect(close > before && close - before <= length).toBe(true)
          // What is cut short ends at midnight.
          if (before !== undefined && close - before < length) expect(close % 86_400_000).toBe(0)
        }
      }),
    )
  })
})

it('leaves bars of seconds alone', () => {
  expect([intervalMs('15S'), intervalMs('1'), intervalMs('x')].map(isAudited)).toEqual([false, true, false])
})
