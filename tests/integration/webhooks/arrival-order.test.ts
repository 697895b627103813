import { afterAll, beforeAll, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker } from '@/lib/db/broker-repository'
import { disconnectPrisma, prisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { insertWebhooks } from '@/lib/db/webhook-arrival-repository'
import { readWebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { newClientOrderId } from '@/lib/platform/ids'
import { createWebhookStatements } from '@/lib/use-cases/webhook-statements'
import { type Installation, openInstallation } from '../../support/installation'

// The orders of one user's webhooks are written in the order in which the webhooks came, however they were decided.

const NOW = Date.parse('2026-11-20T10:00:00Z')
let installation: Installation
const owner = { userId: '', brokerId: '', positionId: '', symbol: 'BTC/USDT' }

beforeAll(async () => {
  installation = await openInstallation('arrival_order')
  const user = await signUp({ name: 'orderly', password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  owner.userId = user.userId
  owner.brokerId = await createBroker({
    userId: owner.userId,
    name: 'Paper',
    exchangeId: 'binance',
    environment: 'PAPER',
    tradingType: 'WEBHOOK',
    isDefault: true,
    credentials: { apiKey: 'k', apiSecret: 's' },
  })
  const { userId, brokerId, symbol } = owner
  owner.positionId = (await prisma().position.create({ data: { userId, brokerId, symbol } })).id
})
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

async function receive(count: number): Promise<string[]> {
  const bodies = Array.from({ length: count }, (_, n) =>
    JSON.stringify({ Symbol: 'BTCUSDT', Action: 'BuyMarket', PourCent: 10, IndicateurName: `alert-${n}` }),
  )
  const stored = await insertWebhooks(
    bodies.map((rawBody) => ({
      userId: owner.userId,
      rawBody,
      receivedAt: NOW,
      reading: { alert: readWebhookAlert(rawBody) },
      spoolId: newClientOrderId(),
    })),
  )
  return stored.map((webhook) => webhook?.id ?? '')
}

const written = async (): Promise<string[]> =>
  (
    await installation.query<{ id: string }>(
      'SELECT webhook_id::text AS id FROM trades ORDER BY created_at, client_order_id',
    )
  ).map(({ id }) => id)

it('orders that are given together in another order are not written', async () => {
  const [first = '', second = '', third = ''] = await receive(3)
  const statements = createWebhookStatements()
  const give = (webhookIds: string[]): Promise<boolean[]> =>
    Promise.all(
      webhookIds.map((webhookId) =>
        statements.place(
          {
            clientOrderId: newClientOrderId(),
            ...owner,
            side: 'BUY',
            type: 'MARKET',
            quoteQuantity: parseDecimal('10'),
            source: 'WEBHOOK',
            purpose: 'ENTRY',
            webhookId,
            correlationId: `webhook-${webhookId}`,
            sendBefore: NOW + 30_000,
          },
          NOW,
        ),
      ),
    )

  // The third was decided while the first two had to ask for their funds once more.
  expect(await give([third, first, second])).toEqual([false, false, false])
  expect(await written()).toEqual([])
  expect(await give([first, second, third])).toEqual([true, true, true])
  expect(await written()).toEqual([first, second, third])
})
