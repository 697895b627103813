import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker } from '@/lib/db/broker-repository'
import { disconnectPrisma, prisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { replaceInstruments } from '@/lib/db/instrument-repository'
import { inTransaction } from '@/lib/db/transaction'
import { insertWebhooks } from '@/lib/db/webhook-arrival-repository'
import { placeForWebhooks } from '@/lib/db/webhook-order-repository'
import type { Balance } from '@/lib/domain/account/balance'
import { REHEARSED_INSTRUMENT } from '@/lib/domain/market/rehearsed-instrument'
import { readWebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { parseDecimal, ZERO } from '@/lib/domain/money/decimal'
import { newClientOrderId } from '@/lib/platform/ids'
import { createLogger } from '@/lib/platform/logger'
import type { WebhookEngine } from '@/lib/use-cases/process-webhook'
import { createFundsBooks } from '@/lib/use-cases/shared-funds'
import { createWebhookLines } from '@/lib/use-cases/webhook-line'
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
  await installation.query('UPDATE brokers SET is_active = true WHERE id = $1', [owner.brokerId])
  await replaceInstruments(owner.brokerId, [REHEARSED_INSTRUMENT])
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

const purchaseFor = (webhookId: string, amount: string) => ({
  clientOrderId: newClientOrderId(),
  ...owner,
  side: 'BUY' as const,
  type: 'MARKET' as const,
  quoteQuantity: parseDecimal(amount),
  source: 'WEBHOOK' as const,
  purpose: 'ENTRY' as const,
  webhookId,
  correlationId: `webhook-${webhookId}`,
  sendBefore: NOW + 30_000,
})

it('orders that are given together in another order are not written', async () => {
  const [first = '', second = '', third = ''] = await receive(3)
  const statements = createWebhookStatements()
  const give = (webhookIds: string[]): Promise<boolean[]> =>
    Promise.all(webhookIds.map((webhookId) => statements.place(purchaseFor(webhookId, '10'), NOW)))

  // The third was decided while the first two had to ask for their funds once more.
  expect(await give([third, first, second])).toEqual([false, false, false])
  expect(await written()).toEqual([])
  expect(await give([first, second, third])).toEqual([true, true, true])
  expect(await written()).toEqual([first, second, third])
})

it('an order that another process is still writing is known before the next one is sized', async () => {
  const fillAll = () =>
    installation.query("UPDATE trades SET status = 'FILLED', submitted_at = now(), updated_at = now()")
  await fillAll()
  const [first = '', second = ''] = await receive(2)
  let free = '1000'
  const fundsOf = (): Promise<Balance[]> =>
    Promise.resolve([{ asset: 'USDT', free: parseDecimal(free), locked: ZERO, total: parseDecimal(free) }])
  const bus = { announce: () => Promise.resolve(), publish: () => Promise.resolve() }
  const engine = {
    ...{ bus, clock: () => NOW, log: createLogger('test', 'silent') },
    ...{ funds: createFundsBooks(fundsOf), statements: createWebhookStatements() },
  }
  const line = createWebhookLines(engine as unknown as WebhookEngine)
  // As when an engine is killed whose statement the database goes on with: committed after the next engine has looked.
  await inTransaction(async (tx) => {
    expect(await placeForWebhooks([purchaseFor(first, '900')], NOW, tx)).toBe(true)
    line.take(`${second} ${owner.userId}`)
    await sleep(30)
  })
  await sleep(50)
  await fillAll()
  free = '100'
  await line.settled()
  const [order] = await installation.query<{ amount: string }>(
    'SELECT quote_quantity::float8::text AS amount FROM trades WHERE webhook_id = $1',
    [second],
  )
  // A tenth of what the first one has left.
  expect(order?.amount).toBe('10')
})
