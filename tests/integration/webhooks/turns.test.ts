import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker } from '@/lib/db/broker-repository'
import { disconnectPrisma, prisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { insertWebhooks } from '@/lib/db/webhook-arrival-repository'
import { placeForWebhooks } from '@/lib/db/webhook-order-repository'
import {
  claimWebhook,
  findLinesWaiting,
  findWaitingFirst,
  readWaitingWebhooks,
  releaseAbandoned,
} from '@/lib/db/webhook-repository'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { readWebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { newClientOrderId } from '@/lib/platform/ids'
import { type Installation, openInstallation } from '../../support/installation'

// Whose turn it is: the waiting webhooks of one account in the order of their arrival, those of others side by side. Rows only:
// no process runs.

const NOW = Date.parse('2026-11-20T10:00:00Z')
let installation: Installation
let userId: string
const accounts: { id: string; number: number; positionId: string }[] = []

beforeAll(async () => {
  installation = await openInstallation('turns')
  const user = await signUp({ name: 'waiting', password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  userId = user.userId
  for (const name of ['One', 'Two']) {
    const brokerId = await createBroker({
      userId,
      name,
      exchangeId: 'binance',
      environment: 'PAPER',
      tradingType: 'WEBHOOK',
      isDefault: name === 'One',
      credentials: { apiKey: 'k', apiSecret: 's' },
    })
    const { publicNumber } = await prisma().broker.update({ where: { id: brokerId }, data: { isActive: true } })
    const position = await prisma().position.create({ data: { userId, brokerId, symbol: 'BTC/USDT' } })
    accounts.push({ id: brokerId, number: publicNumber, positionId: position.id })
  }
})
beforeEach(() => installation.query('DELETE FROM trades').then(() => installation.query('DELETE FROM webhooks')))
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

const accountAt = (index: number) => {
  const account = accounts[index]
  if (account === undefined) throw new Error(`no account ${index}`)
  return account
}

/** An alert for an account; without one for whichever takes webhooks. */
async function receive(action: string, account?: number): Promise<string> {
  const rawBody = JSON.stringify({
    Symbol: 'BTCUSDT',
    Action: action,
    PourCent: 10,
    ...(account === undefined ? {} : { UserExchangeID: accountAt(account).number }),
  })
  const reading = { alert: readWebhookAlert(rawBody) }
  const [stored] = await insertWebhooks([{ userId, rawBody, receivedAt: NOW, reading, spoolId: newClientOrderId() }])
  return stored?.id ?? ''
}

const looked = async (id: string) => {
  const [webhook] = await readWaitingWebhooks([id])
  return webhook
}
const mustWait = async (id: string) => (await looked(id))?.mustWait
const isBusy = async (id: string, account: number) =>
  (await looked(id))?.brokers.find((broker) => broker.id === accountAt(account).id)?.isBusy

const draftFor = (webhookId: string, account: number) => ({
  clientOrderId: newClientOrderId(),
  userId,
  brokerId: accountAt(account).id,
  positionId: accountAt(account).positionId,
  symbol: 'BTC/USDT',
  side: 'BUY' as const,
  type: 'MARKET' as const,
  quoteQuantity: parseDecimal('100'),
  source: 'WEBHOOK' as const,
  purpose: 'ENTRY' as const,
  webhookId,
  sendBefore: NOW + 30_000,
})
const place = (webhookId: string, account: number) => placeForWebhooks([draftFor(webhookId, account)], NOW)
const set = (columns: string) => installation.query(`UPDATE trades SET ${columns}, submitted_at = now()`)

it('an account whose exchange does not answer holds up no other', async () => {
  const first = await receive('BuyMarket', 0)
  const other = await receive('SellMarket', 1)
  const behind = await receive('SellMarket', 0)
  expect(await Promise.all([first, other, behind].map(mustWait))).toEqual([false, false, true])
  expect((await looked(other))?.before).toEqual([])
  expect((await looked(behind))?.before).toEqual([first])
  expect(await place(behind, 0)).toBe(false)
  expect(await place(other, 1)).toBe(true)
  expect(await place(first, 0)).toBe(true)
  expect(await place(behind, 0)).toBe(true)
})

it('each line is known by its account', async () => {
  const [one, two] = [accountAt(0).id, accountAt(1).id]
  const first = await receive('BuyMarket', 0)
  const other = await receive('BuyMarket', 1)
  // Two accounts take webhooks, and it names none: it leads to no order, and nobody waits for it.
  const unclear = await receive('BuyMarket')
  expect((await findLinesWaiting({ before: NOW + 1 })).sort()).toEqual([one, two, userId].sort())
  expect(await Promise.all([one, two, userId].map((line) => findWaitingFirst(line, NOW + 1)))).toEqual([
    first,
    other,
    unclear,
  ])
  // Where only one takes webhooks it is meant.
  await prisma().broker.update({ where: { id: two }, data: { tradingType: 'OFF' } })
  const meant = await receive('SellMarket')
  await prisma().broker.update({ where: { id: two }, data: { tradingType: 'WEBHOOK' } })
  expect((await looked(meant))?.before).toEqual([first])
})

it('an alert waits for a purchase until it is executed whole, and for no order that waits for its price', async () => {
  const purchase = await receive('BuyMarket', 0)
  expect(await place(purchase, 0)).toBe(true)
  const stop = await receive('MAJ', 0)
  const elsewhere = await receive('MAJ', 1)
  for (const status of ['SUBMITTED', 'ACCEPTED', 'PARTIALLY_FILLED']) {
    await set(`status = '${status}'`)
    expect([status, await mustWait(stop), await mustWait(elsewhere)]).toEqual([status, true, false])
    expect([status, await isBusy(stop, 0), await isBusy(stop, 1)]).toEqual([status, true, false])
  }
  await set(`status = 'ACCEPTED', type = 'LIMIT', quantity = 1, quote_quantity = NULL, limit_price = 50000`)
  expect(await mustWait(stop)).toBe(false)
  // A target that is kept here is sent when its price is reached, and not before.
  await set(
    `status = 'INITIALIZED', type = 'TAKE_PROFIT_MARKET', stop_price = 70000, limit_price = NULL, is_emulated = true, released_at = NULL`,
  )
  expect(await mustWait(stop)).toBe(false)
  expect(await isBusy(stop, 0)).toBe(false)
  await set(`released_at = now()`)
  expect(await mustWait(stop)).toBe(true)
})

it('what was claimed is given back, unless its position knows of it; those behind do not wait for it for ever', async () => {
  const lost = await receive('SellMarket', 0)
  const known = await receive('SellMarket', 1)
  const behind = await receive('BuyMarket', 1)
  expect(await Promise.all([lost, known].map(claimWebhook))).toEqual([true, true])
  await installation.query('UPDATE positions SET wanted_exits = $2 WHERE id = $1', [
    accountAt(1).positionId,
    JSON.stringify({ webhookId: known }),
  ])
  const claimedFor = (seconds: number) =>
    installation.query(
      `UPDATE webhooks SET processed_at = now() - interval '${seconds} seconds' WHERE status = 'PROCESSING'`,
    )
  await claimedFor(30)
  await releaseAbandoned(Date.now())
  const statuses = await installation.query<{ id: string; status: string }>(
    'SELECT id::text, status::text FROM webhooks ORDER BY id',
  )
  expect(statuses.map(({ status }) => status)).toEqual(['RECEIVED', 'PROCESSING', 'RECEIVED'])
  expect(await mustWait(behind)).toBe(true)
  await claimedFor(61)
  expect(await mustWait(behind)).toBe(false)
  expect(await place(behind, 1)).toBe(true)
})
