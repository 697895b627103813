import { prisma } from '@/lib/db/client'

// What the status bar shows, in as few questions to the database as there are tables.

/** The heartbeat in charge: the primary's row, or the secondary's where there is no other. */
export const findHeartbeatStatus = () => prisma().heartbeatStatus.findFirst({ orderBy: { role: 'asc' } })

export async function listBrokersWithPairs(userId: string, now: Date) {
  const [brokers, loading] = await Promise.all([
    prisma().broker.findMany({
      where: { userId, isActive: true },
      orderBy: [{ isDefault: 'desc' }, { createdAt: 'asc' }],
      select: {
        id: true,
        name: true,
        exchangeId: true,
        environment: true,
        isTestnet: true,
        tradingType: true,
        isDefault: true,
        lastError: true,
        marketsLoadedAt: true,
        _count: { select: { instruments: { where: { isTrading: true } } } },
      },
    }),
    prisma().gatewayCall.findMany({
      where: {
        broker: { userId },
        kind: 'load_markets',
        status: { in: ['QUEUED', 'RUNNING'] },
        deadlineAt: { gt: now },
      },
      select: { brokerId: true },
    }),
  ])
  const loadingIds = new Set(loading.map((call) => call.brokerId))
  return brokers.map(({ _count, ...broker }) => ({
    ...broker,
    pairCount: _count.instruments,
    // One that was never loaded is loaded by the gateway on its own.
    isLoading: loadingIds.has(broker.id) || (broker.marketsLoadedAt === null && broker.lastError === null),
  }))
}

/** Runs of the user at work at this moment. */
export const countRunsAtWork = (userId: string, now: Date): Promise<number> =>
  prisma().strategyRun.count({ where: { userId, isActive: true, startsAt: { lte: now }, endsAt: { gt: now } } })
