import { z } from 'zod'
import { type Amount, max, parseDecimal, sum, toWire, ZERO } from '@/lib/domain/money/decimal'

// What the statistics page shows. Days are `YYYY-MM-DD` in the user's zone; amounts are plain decimals in `quote`.

/** All accounts of a kind together. Play money is never added to real money. */
export const ACCOUNT_KINDS = ['real', 'practice'] as const

/** The query of `/api/statistics`. */
export const statisticsQuery = z.strictObject({
  /** An account's id or a kind of accounts; without it the real ones, or those for practice where there are no real ones. */
  broker: z.union([z.uuid(), z.enum(ACCOUNT_KINDS)]).optional(),
  /** The asset that gains are counted in; without it the one with most round trips. */
  quote: z
    .string()
    .regex(/^[A-Za-z0-9]{1,20}$/)
    .optional(),
  /** First and last day; without them there is no end. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
})
export type StatisticsQuery = z.infer<typeof statisticsQuery>

export const GROUPINGS = ['source', 'broker', 'strategy', 'webhook', 'symbol'] as const
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
  /** Empty for a strategy that is gone and for alerts without a name. */
  name: string
}

export interface GroupView {
  /** How many there are; shown are those that gained or lost most. */
  count: number
  rows: NamedPerformance[]
}

export interface DayGain {
  day: string
  trips: number
  gain: string
  /** Gain since the start of the period, at the end of the day. */
  total: string
  /** Deepest fall below the highest total so far, during the day; negative or zero. */
  drawdown: string
  /** The highest total so far, at the end of the day. */
  highest: string
}

export interface StatisticsAccount {
  id: string
  name: string
  isReal: boolean
}

export interface StatisticsView {
  accounts: StatisticsAccount[]
  /** What is counted: an account's id or a kind of accounts. */
  broker: string
  quotes: string[]
  quote: string
  /** Null without a closed round trip. */
  all: Performance | null
  days: DayGain[]
  groups: Record<Grouping, GroupView>
  /** Round trips that are not closed yet, what their partial sales brought, and what remainders too small to sell cost. */
  open: { trips: number; gain: string; dust: string }
}

/** What came into accounts or left them on a day and is no gain or loss; above zero: it came in. */
export interface Movement {
  day: string
  amount: string
}

export interface StartBalance {
  quote: string
  /** The balance at the start of the period; null when an exchange does not tell what an account holds. */
  start: string | null
  /** Since then, oldest first. */
  movements: Movement[]
}

export interface KnownBalance {
  start: string
  movements: Movement[]
}

/** A balance that gains can be set against: without funds, or with more withdrawn than is accounted for, there is none. */
export function knownBalance({ start, movements }: StartBalance): KnownBalance | null {
  if (start === null || parseDecimal(start).lt(ZERO)) return null
  return parseDecimal(start).isZero() && movements.length === 0 ? null : { start, movements }
}

/** What moved a balance until the end of a day. */
export const movedBy = (movements: readonly Movement[], day: string): Amount =>
  sum(movements.filter((movement) => movement.day <= day).map(({ amount }) => parseDecimal(amount)))

/** The accounts that a question is about, and what to call them. */
export function accountsAsked(
  accounts: readonly StatisticsAccount[],
  asked: string | undefined,
): { broker: string; ids: string[] } {
  const broker = asked ?? (accounts.length === 0 || accounts.some(({ isReal }) => isReal) ? 'real' : 'practice')
  const isAsked = ({ id, isReal }: StatisticsAccount) => (isReal ? 'real' : 'practice') === broker || id === broker
  return { broker, ids: accounts.filter(isAsked).map(({ id }) => id) }
}

export const winRate = ({ wins, trips }: Performance): string | null =>
  trips === 0 ? null : toWire(parseDecimal(String(wins)).div(trips).toDecimalPlaces(6))

/** Gain over what the purchases cost. */
export const returnOf = ({ gain, cost }: Performance): string | null =>
  parseDecimal(cost).isZero() ? null : toWire(parseDecimal(gain).div(cost).toDecimalPlaces(8))

/** What was won for each unit lost; null while nothing was lost. */
export const profitFactor = ({ won, lost }: Performance): string | null =>
  parseDecimal(lost).isZero() ? null : toWire(parseDecimal(won).div(parseDecimal(lost).neg()).toDecimalPlaces(2))

/** Gains of days with what they add up to, oldest first; `below` is how far each day fell below the `highest` total. */
export function accumulate(
  days: { day: string; trips: number; gain: string; below: string; highest: string }[],
): DayGain[] {
  let total = ZERO
  return days.map(({ day, trips, gain, below, highest }) => {
    total = total.plus(parseDecimal(gain))
    return {
      day,
      trips,
      gain: toWire(parseDecimal(gain)),
      total: toWire(total),
      drawdown: toWire(parseDecimal(below).neg()),
      highest: toWire(parseDecimal(highest)),
    }
  })
}

const DAY_MS = 86_400_000
/** A century is drawn day by day; beyond that only the days with a trade. */
const MOST_DAYS = 40_000

interface CurvePoint {
  day: string
  /** Gain, and what else moved the balance, since the start. */
  total: number
  moved: number
  drawdown: number
}

const dayAt = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** A point for every day from the one before the first change on: days without one stay where they were. */
export function curveOf(days: readonly DayGain[], movements: readonly Movement[] = []): CurvePoint[] {
  const gains = new Map(days.map((gain) => [gain.day, gain]))
  const moves = new Map(movements.map(({ day, amount }) => [day, parseDecimal(amount)]))
  const changes = [...new Set([...gains.keys(), ...moves.keys()])].sort()
  const [first] = changes
  if (first === undefined) return []
  const start = Date.parse(first) - DAY_MS
  let last: CurvePoint = { day: dayAt(start), total: 0, moved: 0, drawdown: 0 }
  let moved = ZERO
  const points = [last]
  for (const day of changes) {
    const end = Date.parse(day)
    if ((end - start) / DAY_MS < MOST_DAYS)
      for (let at = Date.parse(last.day) + DAY_MS; at < end; at += DAY_MS) points.push({ ...last, day: dayAt(at) })
    const gain = gains.get(day)
    moved = moved.plus(moves.get(day) ?? ZERO)
    const total = gain === undefined ? last.total : Number(gain.total)
    const point = {
      day,
      total,
      moved: Number(moved),
      drawdown: gain === undefined ? last.drawdown : Number(gain.drawdown),
    }
    points.push(point)
    // The days after it lie as far below the highest as it ended.
    last = gain === undefined ? point : { ...point, drawdown: Number(parseDecimal(gain.total).minus(gain.highest)) }
  }
  return points
}

export const deepest = (days: readonly DayGain[]): string =>
  toWire(days.reduce((most, { drawdown }) => max(most, parseDecimal(drawdown).neg()), ZERO).neg())

/** The deepest fall relative to the balance it fell from. */
export const deepestRatio = (days: readonly DayGain[], { start, movements }: KnownBalance): string =>
  toWire(
    days
      .reduce((most, { day, drawdown, highest }) => {
        const balance = parseDecimal(start).plus(highest).plus(movedBy(movements, day))
        return balance.gt(ZERO) ? max(most, parseDecimal(drawdown).neg().div(balance)) : most
      }, ZERO)
      .neg()
      .toDecimalPlaces(8),
  )

export const searchOf = (query: StatisticsQuery): string => {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value) search.set(key, value)
  return search.toString()
}

let currencies: Set<string> | undefined

/** Digits after the point that amounts in this asset are read with: money and its tokens two, coins eight. */
export function decimalsOfQuote(quote: string): number {
  currencies ??= new Set(Intl.supportedValuesOf('currency'))
  return quote.includes('USD') || quote === 'DAI' || currencies.has(quote) ? 2 : 8
}
