import { prisma } from '@/lib/db/client'

/** Names of the pairs that can be traded at a broker of this user, in order; null when it is not theirs. */
export async function listTradableSymbols(userId: string, brokerId: string): Promise<string[] | null> {
  if ((await prisma().broker.count({ where: { id: brokerId, userId } })) === 0) return null
  const rows = await prisma().instrument.findMany({
    where: { brokerId, isTrading: true },
    orderBy: { symbol: 'asc' },
    select: { symbol: true },
  })
  return rows.map((row) => row.symbol)
}

export async function isTradableSymbol(brokerId: string, symbol: string): Promise<boolean> {
  return (await prisma().instrument.count({ where: { brokerId, symbol, isTrading: true } })) === 1
}
