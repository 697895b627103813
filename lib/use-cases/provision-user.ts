import { findBrokersOfUser } from '@/lib/db/broker-repository'
import { prisma } from '@/lib/db/client'
import { createPaperBroker } from '@/lib/use-cases/create-paper-broker'
import { SAMPLE_STRATEGY } from '@/lib/use-cases/sample-strategy'

/** What a first user finds: a paper broker with 10,000 USDT and a sample strategy. Said twice, it adds nothing. */
export async function provisionUser(userId: string): Promise<void> {
  const sample = { userId_name: { userId, name: SAMPLE_STRATEGY.name } }
  const { name, description, timeframe, code } = SAMPLE_STRATEGY
  await prisma().strategy.upsert({
    where: sample,
    update: {},
    create: { userId, name, description, timeframe, code, versions: { create: { version: 1, code } } },
  })
  if ((await findBrokersOfUser(userId)).length > 0) return
  await createPaperBroker({
    userId,
    name: 'Paper',
    exchangeId: 'binance',
    balances: { USDT: '10000' },
    tradingType: 'STRATEGY',
    isDefault: true,
  })
}
