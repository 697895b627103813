import { setTimeout as sleep } from 'node:timers/promises'
import type { Workshop } from '@/bench/workshop'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker, findBroker } from '@/lib/db/broker-repository'
import { issueWebhookToken } from '@/lib/db/webhook-token-repository'
import type { TradingType } from '@/lib/domain/account/broker'

export interface Account {
  userId: string
  brokerId: string
  /** Where its webhooks go. */
  webhookUrl: string
}

/** A user with one exchange account, whose exchange is the workshop's door. The gateway must run: it loads the markets. */
export async function openAccount(workshop: Workshop, name: string, tradingType: TradingType): Promise<Account> {
  const created = await signUp({ name, password: 'a password for measuring' })
  if (!created.isCreated) throw new Error(`no user: ${created.reason}`)
  const brokerId = await createBroker({
    userId: created.userId,
    name: 'Door',
    exchangeId: 'binance',
    environment: 'LIVE',
    tradingType,
    isDefault: true,
    credentials: { apiKey: `key of ${name}`, apiSecret: 'secret' },
  })
  for (let tries = 0; (await findBroker(brokerId))?.marketsLoadedAt === null; tries++) {
    if (tries > 200) throw new Error('the markets were not loaded')
    await sleep(50)
  }
  const token = await issueWebhookToken(created.userId)
  return { userId: created.userId, brokerId, webhookUrl: `${workshop.receiverUrl}/webhooks/${token}` }
}
