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
