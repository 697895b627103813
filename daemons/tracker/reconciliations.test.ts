import { expect, it } from 'vitest'
import { dailyDue } from '@/daemons/tracker/reconciliations'

it.each([
  ['2026-11-22T00:09:59.999Z', '2026-11-21T00:10:00.000Z'],
  ['2026-11-22T00:10:00.000Z', '2026-11-22T00:10:00.000Z'],
  ['2026-11-22T23:59:59.000Z', '2026-11-22T00:10:00.000Z'],
  // The clocks go back in Europe: a day of 24 hours all the same.
  ['2026-10-25T12:00:00.000Z', '2026-10-25T00:10:00.000Z'],
])('at %s the last daily reconciliation was due at %s', (now, due) => {
  expect(new Date(dailyDue(Date.parse(now))).toISOString()).toBe(due)
})
