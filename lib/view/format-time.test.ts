import { expect, test } from 'vitest'
import {
  formatClock,
  formatJournalTime,
  formatSignalTime,
  fromFieldTime,
  toFieldTime,
  isTimeZone,
} from '@/lib/view/format-time'

const time = Date.UTC(2026, 10, 22, 0, 5, 9)

test('signals and journal rows, in UTC and in a zone of the user', () => {
  expect(formatSignalTime(time, 'UTC')).toBe('26.11.22_00:05')
  expect(formatSignalTime(time, 'Europe/Paris')).toBe('26.11.22_01:05')
  expect(formatJournalTime(time, 'America/New_York')).toBe('26-11-21 19:05:09')
  expect(formatClock(time, 'UTC')).toBe('00:05:09')
})

test('a time field is read back as it was written', () => {
  expect(toFieldTime(time)).toBe('2026-11-22T00:05')
  expect(fromFieldTime('2026-11-22T00:05')).toBe(time - 9000)
  expect(fromFieldTime('2026-13-45T00:05')).toBeNull()
  expect(fromFieldTime('tomorrow')).toBeNull()
})

test('knows time zones from other text', () => {
  for (const zone of ['UTC', 'Europe/Paris', 'America/Argentina/Buenos_Aires']) expect(isTimeZone(zone)).toBe(true)
  for (const other of ['', 'Mars/Olympus', "UTC'; DROP TABLE users"]) expect(isTimeZone(other)).toBe(false)
})
