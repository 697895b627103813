import type { EpochMs } from '@/lib/domain/market/timeframe'

// Days are `YYYY-MM-DD` in the user's zone, months `YYYY-MM`.

/** Both ends included; without them there is no end. */
export interface Period {
  from?: string | undefined
  to?: string | undefined
}

export const PERIODS = ['all', 'days7', 'days30', 'days90', 'thisYear', 'lastYear', 'custom'] as const
export type PeriodName = (typeof PERIODS)[number]

const DAY_MS = 86_400_000

const formatters = new Map<string, Intl.DateTimeFormat>()

/** The day it is at a time in a zone. */
export function dayOf(time: EpochMs, timeZone: string): string {
  let formatter = formatters.get(timeZone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formatters.set(timeZone, formatter)
  }
  const found = Object.fromEntries(formatter.formatToParts(time).map(({ type, value }) => [type, value]))
  return `${found['year'] ?? ''}-${found['month'] ?? ''}-${found['day'] ?? ''}`
}

/** Days reckoned on the calendar, which no change of the clocks disturbs. */
const daysBefore = (day: string, count: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - count * DAY_MS).toISOString().slice(0, 10)

/** The days that a choice means; `custom` are those the user named. */
export function periodOf(name: PeriodName, today: string, custom: Period = {}): Period {
  const year = Number(today.slice(0, 4))
  switch (name) {
    case 'all':
      return {}
    case 'custom':
      return custom
    case 'days7':
      return { from: daysBefore(today, 6), to: today }
    case 'days30':
      return { from: daysBefore(today, 29), to: today }
    case 'days90':
      return { from: daysBefore(today, 89), to: today }
    case 'thisYear':
      return { from: `${year}-01-01`, to: `${year}-12-31` }
    case 'lastYear':
      return { from: `${year - 1}-01-01`, to: `${year - 1}-12-31` }
  }
}

/** The weeks of a month (`YYYY-MM`), Monday first; null where a day is of another month. */
export function weeksOf(month: string): (string | null)[][] {
  const first = new Date(`${month}-01T00:00:00Z`)
  const lead = (first.getUTCDay() + 6) % 7
  const count = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  const cells = Array.from({ length: Math.ceil((lead + count) / 7) * 7 }, (_, index) => {
    const day = index - lead + 1
    return day < 1 || day > count ? null : `${month}-${String(day).padStart(2, '0')}`
  })
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7))
}

/** The month this many months after another one. */
export function monthAfter(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7)
}
