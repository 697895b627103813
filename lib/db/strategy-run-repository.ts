import { prisma } from '@/lib/db/client'
import { isLimitError } from '@/lib/db/limit-error'
import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'

export interface NewRun {
  userId: string
  strategyId: string
  brokerId: string
  symbol: string
  timeframe: Timeframe
  startsAt: EpochMs
  endsAt: EpochMs
}

/** Adds an active run. Null when twenty are active already: the database counts, also under concurrent requests. */
export async function createRun(run: NewRun): Promise<string | null> {
  try {
    const row = await prisma().strategyRun.create({
      data: { ...run, startsAt: new Date(run.startsAt), endsAt: new Date(run.endsAt) },
      select: { id: true },
    })
    return row.id
  } catch (error) {
    if (isLimitError(error, 'RUN_LIMIT')) return null
    throw error
  }
}

export const findRunOfUser = (userId: string, runId: string) =>
  prisma().strategyRun.findFirst({
    where: { id: runId, userId },
    select: { id: true, brokerId: true, symbol: true, timeframe: true, endsAt: true, isActive: true },
  })

/** Ends a run for good: its period is closed in the past. */
export async function endRun(userId: string, runId: string, endsAt: EpochMs): Promise<boolean> {
  const { count } = await prisma().strategyRun.updateMany({
    where: { id: runId, userId },
    data: { endsAt: new Date(endsAt), isActive: false },
  })
  return count === 1
}

/** Suspends or resumes a run whose period is not over. Answers LIMIT when twenty others are active. */
export async function setRunActive(
  userId: string,
  runId: string,
  isActive: boolean,
  now: EpochMs,
): Promise<'DONE' | 'NOT_FOUND' | 'LIMIT'> {
  try {
    const { count } = await prisma().strategyRun.updateMany({
      where: { id: runId, userId, endsAt: { gt: new Date(now) } },
      data: { isActive },
    })
    return count === 1 ? 'DONE' : 'NOT_FOUND'
  } catch (error) {
    if (isLimitError(error, 'RUN_LIMIT')) return 'LIMIT'
    throw error
  }
}

/** Asks for the sale of what the run holds. False when it holds nothing. An earlier request keeps its time. */
export async function requestRunExit(userId: string, runId: string, reason: string, now: EpochMs): Promise<boolean> {
  const holding = { id: runId, userId, positions: { some: { quantity: { gt: 0 } } } }
  await prisma().strategyRun.updateMany({
    where: { ...holding, exitRequestedAt: null },
    data: { exitRequestedAt: new Date(now), exitReason: reason },
  })
  return (await prisma().strategyRun.count({ where: holding })) === 1
}
