import { findBrokersOfUser } from '@/lib/db/broker-repository'
import { ensureStrategy } from '@/lib/db/strategy-repository'
import { createPaperBroker } from '@/lib/use-cases/create-paper-broker'
import { SAMPLE_STRATEGY } from '@/lib/use-cases/sample-strategy'

/** What a first user finds: a paper broker with 10,000 USDT and a sample strategy. Said twice, it adds nothing. */
export async function provisionUser(userId: string): Promise<void> {
  await ensureStrategy(userId, SAMPLE_STRATEGY)
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
