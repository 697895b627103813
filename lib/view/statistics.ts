import type { EpochMs } from '@/lib/domain/market/timeframe'
import { max, parseDecimal, toWire, ZERO } from '@/lib/domain/money/decimal'

// What the statistics page shows. Days are `YYYY-MM-DD` in the user's zone; amounts are plain decimals in `quote`.

/** Both ends included; null means without end. */
export interface Period {
  from: string | null
  to: string | null
}

export interface StatisticsQuestion extends Period {
  brokerId: string | null
  /** The asset that gains are counted in; null for the one with most round trips. */
  quote: string | null
}

export const GROUPINGS = ['strategy', 'webhook', 'symbol', 'broker', 'source'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** Closed round trips of one kind together. */
export interface Performance {
  trips: number
  wins: number
  gain: string
  /** Sums of the winning and of the losing ones; the second is negative or zero. */
  won: string
  lost: string
  cost: string
  best: string
  worst: string
}

export interface NamedPerformance extends Performance {
  name: string
}

export interface DayGain {
  day: string
  trips: number
  gain: string
  /** Gain since the start of the period, at the end of the day. */
  total: string
  /** Deepest fall below the highest total so far, during the day; negative or zero. */
  drawdown: string
}

export interface StatisticsView {
  brokers: { id: string; name: string }[]
  quotes: string[]
  quote: string
  /** Null without a closed round trip. */
  all: Performance | null
  maxDrawdown: string
  days: DayGain[]
  groups: Record<Grouping, NamedPerformance[]>
}

export const winRate = ({ wins, trips }: Performance): string | null =>
  trips === 0 ? null : toWire(parseDecimal(String(wins)).div(trips).toDecimalPlaces(6))

/** Gain over what the purchases cost. */
export const returnOf = ({ gain, cost }: Performance): string | null =>
  parseDecimal(cost).isZero() ? null : toWire(parseDecimal(gain).div(cost).toDecimalPlaces(8))

/** What was won for each unit lost; null while nothing was lost. */
export const profitFactor = ({ won, lost }: Performance): string | null =>
  parseDecimal(lost).isZero() ? null : toWire(parseDecimal(won).div(parseDecimal(lost).neg()).toDecimalPlaces(2))

/** Gains of days with what they add up to, oldest first; `below` is how far each day fell below the highest total. */
export function accumulate(days: { day: string; trips: number; gain: string; below: string }[]): DayGain[] {
  let total = ZERO
  return days.map(({ day, trips, gain, below }) => {
    total = total.plus(parseDecimal(gain))
    return {
      day,
      trips,
      gain: toWire(parseDecimal(gain)),
      total: toWire(total),
      drawdown: toWire(parseDecimal(below).neg()),
    }
  })
}

export const deepest = (days: DayGain[]): string =>
  toWire(days.reduce((most, day) => max(most, parseDecimal(day.drawdown).neg()), ZERO).neg())

export const PERIODS = ['all', 'days7', 'days30', 'days90', 'thisYear', 'lastYear'] as const
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

export function periodOf(name: PeriodName, today: string): Period {
  const year = Number(today.slice(0, 4))
  switch (name) {
    case 'all':
      return { from: null, to: null }
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

export const searchOf = ({ brokerId, quote, from, to }: StatisticsQuestion): string => {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries({ broker: brokerId, quote, from, to })) if (value) search.set(key, value)
  return search.toString()
}
