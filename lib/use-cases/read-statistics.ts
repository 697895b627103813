import { listBrokersOfUser } from '@/lib/db/broker-settings'
import { type GroupRow, listQuotes, sumDays, sumTrips } from '@/lib/db/statistics-reads'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'
import {
  accumulate,
  deepest,
  GROUPINGS,
  type Grouping,
  type NamedPerformance,
  type StatisticsQuestion,
  type StatisticsView,
} from '@/lib/view/statistics'

const FALLBACK_QUOTE = 'USDT'

const plain = (text: string): string => toWire(parseDecimal(text))

const performanceOf = (row: GroupRow): NamedPerformance => ({
  name: row.name ?? '',
  trips: row.trips,
  wins: row.wins,
  gain: plain(row.gain),
  won: plain(row.won),
  lost: plain(row.lost),
  cost: plain(row.cost),
  best: plain(row.best),
  worst: plain(row.worst),
})

/** Closed round trips of the user's brokers, over the days of the user's zone. */
export async function readStatistics(
  user: { id: string; timeZone: string },
  question: StatisticsQuestion,
): Promise<StatisticsView> {
  const [brokers, quotes] = await Promise.all([listBrokersOfUser(user.id), listQuotes(user.id)])
  const quote = question.quote ?? quotes[0] ?? FALLBACK_QUOTE
  const { brokerId, from, to } = question
  const filter = { userId: user.id, timeZone: user.timeZone, quote, brokerId, from, to }
  const [sums, dayRows] = await Promise.all([sumTrips(filter), sumDays(filter)])
  const days = accumulate(dayRows)
  const all = sums.find((row) => row.grouping === 'all')
  const groups = Object.fromEntries(
    GROUPINGS.map((grouping) => [grouping, sums.filter((row) => row.grouping === grouping).map(performanceOf)]),
  ) as Record<Grouping, NamedPerformance[]>
  return {
    brokers: brokers.map(({ id, name }) => ({ id, name })),
    quotes: quotes.includes(quote) ? quotes : [...quotes, quote],
    quote,
    all: all === undefined ? null : performanceOf(all),
    maxDrawdown: deepest(days),
    days,
    groups,
  }
}
