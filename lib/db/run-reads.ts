import { prisma } from '@/lib/db/client'
import type { Prisma } from '@/lib/db/generated/client'

// What the Trading BOT page shows of the user's runs. Amounts leave as plain decimal strings.

const FINISHED_SHOWN = 20
const ORDERS_SHOWN = 10

const RUN = {
  id: true,
  brokerId: true,
  symbol: true,
  timeframe: true,
  startsAt: true,
  endsAt: true,
  isActive: true,
  exitRequestedAt: true,
  lastError: true,
  lastErrorAt: true,
  strategy: { select: { name: true } },
  broker: { select: { name: true, exchangeId: true, environment: true } },
  positions: {
    take: 1,
    include: { _count: { select: { roundTrips: { where: { closedAt: { not: null } } } } } },
  },
  decisions: { take: 1, orderBy: { signaledAt: 'desc' } },
  orders: { take: ORDERS_SHOWN, orderBy: { createdAt: 'desc' } },
} as const

const readRuns = (where: Prisma.StrategyRunWhereInput, take?: number) =>
  prisma().strategyRun.findMany({
    where,
    orderBy: { createdAt: 'desc' },
    select: RUN,
    ...(take === undefined ? {} : { take }),
  })
export type RunRow = Awaited<ReturnType<typeof readRuns>>[number]
export type OrderRecord = RunRow['orders'][number]

/** Runs whose period is not over or that still hold something, and the newest of the others. */
export async function listRunRows(userId: string, now: Date): Promise<RunRow[]> {
  const isAtWork: Prisma.StrategyRunWhereInput[] = [
    { endsAt: { gt: now } },
    { positions: { some: { quantity: { gt: 0 } } } },
  ]
  const [atWork, finished] = await Promise.all([
    readRuns({ userId, OR: isAtWork }),
    readRuns({ userId, NOT: { OR: isAtWork } }, FINISHED_SHOWN),
  ])
  return [...atWork, ...finished]
}

export interface PairRules {
  baseAsset: string
  quoteAsset: string
  tickSize: string
  stepSize: string
}

/** Rules of the pairs these runs trade, keyed `<broker id> <symbol>`. */
export async function readPairRules(pairs: { brokerId: string; symbol: string }[]): Promise<Map<string, PairRules>> {
  const rows = await prisma().instrument.findMany({
    where: { OR: pairs.map(({ brokerId, symbol }) => ({ brokerId, symbol })) },
    select: { brokerId: true, symbol: true, baseAsset: true, quoteAsset: true, tickSize: true, stepSize: true },
  })
  return new Map(
    rows.map(({ brokerId, symbol, baseAsset, quoteAsset, tickSize, stepSize }) => [
      `${brokerId} ${symbol}`,
      { baseAsset, quoteAsset, tickSize: tickSize.toFixed(), stepSize: stepSize.toFixed() },
    ]),
  )
}
