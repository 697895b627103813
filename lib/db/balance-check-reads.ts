import { prisma } from '@/lib/db/client'

/** The newest reconciliations of a broker with what they found, newest first. */
export const listChecks = (brokerId: string, take: number) =>
  prisma().balanceCheck.findMany({
    where: { brokerId },
    orderBy: { id: 'desc' },
    take,
    include: { differences: { select: { kind: true, acknowledgedAt: true } } },
  })
export type CheckRow = Awaited<ReturnType<typeof listChecks>>[number]

/** One reconciliation of a broker, whole: the one named, else the last that came to a result. */
export const findCheck = (brokerId: string, id?: bigint) =>
  prisma().balanceCheck.findFirst({
    where: id === undefined ? { brokerId, state: 'DONE' } : { brokerId, id },
    orderBy: { id: 'desc' },
    include: { lines: { orderBy: { asset: 'asc' } }, differences: { orderBy: { id: 'asc' } } },
  })
export type WholeCheckRow = NonNullable<Awaited<ReturnType<typeof findCheck>>>

/** Notes that the user has seen what nobody explains. Returns how many there were. */
export async function acknowledge(brokerId: string, checkId: bigint, at: Date): Promise<number> {
  const { count } = await prisma().balanceDifference.updateMany({
    where: { brokerId, checkId, kind: 'UNKNOWN', acknowledgedAt: null },
    data: { acknowledgedAt: at },
  })
  return count
}
