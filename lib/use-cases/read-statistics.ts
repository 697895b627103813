import {
  type AccountRow,
  costLessGains,
  type GroupRow,
  listAccounts,
  listMarkets,
  listSoldUnbought,
  type MarketRow,
  type MovementRow,
  sumDays,
  sumMovements,
  sumOpen,
  sumSideMoves,
  sumTrips,
  type TripFilter,
} from '@/lib/db/statistics-reads'
import { fillsOfPosition } from '@/lib/db/fill-repository'
import { reportPool } from '@/lib/db/pool'
import { type Amount, parseDecimal, sum, toWire, ZERO } from '@/lib/domain/money/decimal'
import { costlessProceeds } from '@/lib/domain/position/costless'
import { createLogger } from '@/lib/platform/logger'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'
import { marketOf } from '@/lib/use-cases/refold-position'
import { dayOf } from '@/lib/view/days'
import {
  accountsAsked,
  accumulate,
  GROUPINGS,
  type Grouping,
  type GroupView,
  type Movement,
  type NamedPerformance,
  type StartBalance,
  type StatisticsQuery,
  type StatisticsView,
} from '@/lib/view/statistics'

const log = createLogger('web')

interface Asker {
  id: string
  timeZone: string
}

const FALLBACK_QUOTE = 'USDT'
const GROUPS_SHOWN = 50

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

interface Asked {
  accounts: AccountRow[]
  broker: string
  quotes: string[]
  quote: string
  filter: TripFilter
}

const quoteOf = (symbol: string): string => symbol.split('/')[1] ?? ''

/** Quote assets of markets, that of most closed round trips first. */
function quotesOf(markets: readonly MarketRow[]): string[] {
  const trips = new Map<string, number>()
  for (const { symbol, trips: count } of markets) trips.set(quoteOf(symbol), (trips.get(quoteOf(symbol)) ?? 0) + count)
  return [...trips].sort(([a, some], [b, other]) => other - some || (a < b ? -1 : 1)).map(([quote]) => quote)
}

async function understand(user: Asker, query: StatisticsQuery): Promise<Asked> {
  const accounts = await listAccounts(user.id)
  const { broker, ids } = accountsAsked(accounts, query.broker)
  const markets = await listMarkets(ids)
  const known = quotesOf(markets)
  const quote = query.quote ?? known[0] ?? FALLBACK_QUOTE
  const quotes = known.includes(quote) ? known : [...known, quote]
  const symbols = markets.map(({ symbol }) => symbol).filter((symbol) => quoteOf(symbol) === quote)
  const filter = { brokerIds: ids, symbols, from: query.from, to: query.to, timeZone: user.timeZone }
  return { accounts, broker, quotes, quote, filter }
}

/** Closed round trips of the user's accounts, over the days of the user's zone. */
export async function readStatistics(user: Asker, query: StatisticsQuery): Promise<StatisticsView> {
  const { accounts, broker, quotes, quote, filter } = await understand(user, query)
  const [sums, days, open] = await Promise.all([sumTrips(filter, GROUPS_SHOWN), sumDays(filter), sumOpen(filter)])
  const all = sums.find((row) => row.grouping === 'all')
  const groupOf = (grouping: Grouping): GroupView => {
    const rows = sums.filter((row) => row.grouping === grouping)
    return { count: rows[0]?.count ?? 0, rows: rows.map(performanceOf) }
  }
  return {
    accounts: accounts.map(({ id, name, isReal }) => ({ id, name, isReal })),
    broker,
    quotes,
    quote,
    all: all === undefined ? null : performanceOf(all),
    days: accumulate(days),
    groups: Object.fromEntries(GROUPINGS.map((grouping) => [grouping, groupOf(grouping)])) as Record<
      Grouping,
      GroupView
    >,
    open: { trips: open.trips, gain: plain(open.gain), dust: plain(open.dust) },
  }
}

/** What sales brought for coins that were never bought, by day. */
async function proceedsWithoutCost(filter: TripFilter, quote: string): Promise<MovementRow[]> {
  const moves: MovementRow[] = []
  for (const position of await listSoldUnbought(filter, quote)) {
    const fills = await fillsOfPosition(reportPool(), position.id)
    const proceeds = costlessProceeds(fills, await marketOf(position))
    for (const [at, { tradeTime }] of fills.entries())
      moves.push({ day: dayOf(tradeTime, filter.timeZone), amount: toWire(proceeds[at] ?? ZERO) })
  }
  return moves.filter(({ day }) => filter.from === undefined || day >= filter.from)
}

/** What moved the balance from the first day on and is no gain, by day. */
async function readMovements(filter: TripFilter, quote: string): Promise<Movement[]> {
  const found = await Promise.all([
    sumMovements(filter, quote),
    sumSideMoves(filter, quote),
    proceedsWithoutCost(filter, quote),
  ])
  const days = new Map<string, Amount>()
  for (const { day, amount } of found.flat()) days.set(day, (days.get(day) ?? ZERO).plus(parseDecimal(amount)))
  return [...days]
    .filter(([, amount]) => !amount.isZero())
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, amount]) => ({ day, amount: toWire(amount) }))
}

/**
 * The balance that the period began with, and what moved it since otherwise than by gains: what the accounts hold of the quote
 * asset today and what their open positions and dust cost, less what was gained and less what came in since: deposits and
 * withdrawals, trades of the quote asset itself, fees that another asset paid, sales of what was never bought. A deposit that
 * no reconciliation has found counts as if it had always been there.
 */
export async function readStartBalance(
  gateway: GatewayCaller,
  user: Asker,
  query: StatisticsQuery,
): Promise<StartBalance> {
  const { accounts, quote, filter } = await understand(user, query)
  const asked = accounts.filter(({ id, isActive }) => isActive && filter.brokerIds.includes(id))
  try {
    const held = await Promise.all(asked.map(({ id }) => gateway.call(id, 'get_balance', {})))
    const funds = held.flat().filter(({ asset }) => asset === quote)
    const [rest, movements] = await Promise.all([costLessGains(filter), readMovements(filter, quote)])
    const start = sum(funds.map(({ total }) => total))
      .plus(parseDecimal(rest))
      .minus(sum(movements.map(({ amount }) => parseDecimal(amount))))
    const { to } = filter
    return { quote, start: toWire(start), movements: movements.filter(({ day }) => to === undefined || day <= to) }
  } catch (error) {
    log.warn({ error: String(error) }, 'balance of statistics not read')
    return { quote, start: null, movements: [] }
  }
}

/** The accounts whose round trips and fills are exported. */
export async function accountsToExport(userId: string, query: StatisticsQuery): Promise<string[]> {
  return accountsAsked(await listAccounts(userId), query.broker).ids
}
