import { prisma } from '@/lib/db/client'

/** The user's strategies, the oldest first: the sample one leads. */
export const listStrategies = (userId: string) =>
  prisma().strategy.findMany({
    where: { userId },
    orderBy: { createdAt: 'asc' },
    select: { id: true, name: true, description: true, timeframe: true },
  })

export async function ownsStrategy(userId: string, strategyId: string): Promise<boolean> {
  return (await prisma().strategy.count({ where: { id: strategyId, userId } })) === 1
}

/** Adds a strategy with its first version, unless the user has one of that name. */
export async function ensureStrategy(
  userId: string,
  strategy: { name: string; description: string; timeframe: string; code: string },
): Promise<void> {
  await prisma().strategy.upsert({
    where: { userId_name: { userId, name: strategy.name } },
    update: {},
    create: { userId, ...strategy, versions: { create: { version: 1, code: strategy.code } } },
  })
}
