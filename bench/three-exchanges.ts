import { setTimeout as sleep } from 'node:timers/promises'
import { monotonicMs } from '@/bench/distribution'
import { type Figure, figure } from '@/bench/figures'
import type { Workshop } from '@/bench/workshop'
import { signUp } from '@/lib/auth/sign-up'
import { findBroker } from '@/lib/db/broker-repository'
import { EXCHANGE_IDS } from '@/lib/domain/account/broker'
import { createPaperBroker } from '@/lib/use-cases/create-paper-broker'

// The gateway's memory with an account at each of the three exchanges: pairs loaded, private streams open.

const PATIENCE_MS = 30_000

export async function threeExchanges(workshop: Workshop): Promise<Figure[]> {
  await workshop.stop('gateway')
  await workshop.start('simulator')
  const user = await signUp({ name: 'three-exchanges', password: 'a password for measuring' })
  if (!user.isCreated) throw new Error(user.reason)
  const brokers = await Promise.all(
    EXCHANGE_IDS.map((exchangeId) =>
      createPaperBroker({
        userId: user.userId,
        name: exchangeId,
        exchangeId,
        balances: { USDT: '10000' },
        tradingType: 'STRATEGY',
        isDefault: false,
      }),
    ),
  )
  await workshop.start('gateway')
  const startedAt = monotonicMs()
  const areOpen = async (): Promise<boolean> => {
    for (const id of brokers) if ((await findBroker(id))?.marketsLoadedAt === null) return false
    return (await workshop.metric('gateway', 'aristobot_gateway_account_streams{state="CONNECTED"}')) >= brokers.length
  }
  while (!(await areOpen())) {
    if (monotonicMs() - startedAt > PATIENCE_MS) throw new Error('the three exchanges were not connected in time')
    await sleep(100)
  }
  const connectedMs = monotonicMs() - startedAt
  const bytes = await workshop.metric('gateway', 'process_resident_memory_bytes')
  for (const name of ['gateway', 'simulator'] as const) await workshop.stop(name)
  return [
    figure('three exchanges: pairs loaded and streams open', connectedMs, 'ms'),
    figure('three exchanges: memory of the gateway', bytes / 1e6, 'MB'),
  ]
}
