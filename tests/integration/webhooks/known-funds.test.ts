import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { EXCHANGE_IDS, type ExchangeId } from '@/lib/domain/account/broker'
import { openBroker, readLedger, type TestAccount } from '../../support/account'
import { type Installation, openInstallation, until } from '../../support/installation'
import { openSender, type WebhookSender } from '../../support/webhook-sender'
import { signUp } from '@/lib/auth/sign-up'

// Funds that are on record: an order's size is taken from them without asking the exchange, and never from what is old.

let installation: Installation

beforeAll(async () => {
  installation = await openInstallation('funds')
  for (const daemon of ['simulator', 'gateway', 'engine', 'receiver'] as const) await installation.start(daemon)
}, 60_000)
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

interface Known {
  free: string | null
  isValid: boolean
}

/** What is on record of an account's USDT, and whether it may be used. */
const known = async ({ brokerId }: TestAccount): Promise<Known | undefined> =>
  (
    await installation.query<Known & Record<string, never>>(
      `SELECT (SELECT b ->> 'free' FROM jsonb_array_elements(balances) b WHERE b ->> 'asset' = 'USDT') AS free,
         valid_until > now() AS "isValid" FROM account_funds WHERE broker_id = $1`,
      [brokerId],
    )
  )[0]

/** Waits until what is on record is what the exchange has. */
const onRecord = (account: TestAccount): Promise<Known> =>
  until(async () => {
    const row = await known(account)
    const { balances } = await readLedger(installation, account)
    return row?.isValid && Number(row.free) === Number(balances['USDT']?.free) && row
  }, 20_000)

/** Questions for the balance so far. The tracker does not run: only the engine asks. */
const questions = async (): Promise<number> =>
  (await installation.query("SELECT 1 FROM exchange_calls WHERE kind = 'get_balance'")).length

async function open(
  exchangeId: ExchangeId,
  name = `funds-${exchangeId}`,
): Promise<{ account: TestAccount; sender: WebhookSender }> {
  const created = await signUp({ name, password: 'a password for tests' })
  if (!created.isCreated) throw new Error(created.reason)
  const account = await openBroker(installation, created.userId, exchangeId, 'WEBHOOK')
  return { account, sender: await openSender(installation, account) }
}

/** Quote amounts of an account's orders, once there are so many and all are filled. */
const filled = ({ brokerId }: TestAccount, count: number): Promise<number[]> =>
  until(async () => {
    const orders = await installation.query<{ amount: number; status: string } & Record<string, never>>(
      'SELECT quote_quantity::float AS amount, status::text FROM trades WHERE broker_id = $1 ORDER BY trades.webhook_id',
      [brokerId],
    )
    return (
      orders.length === count && orders.every(({ status }) => status === 'FILLED') && orders.map(({ amount }) => amount)
    )
  })

describe.each(EXCHANGE_IDS)('an account of %s', (exchangeId) => {
  it('is read once it is listened to, after every order and every transfer; alerts ask nothing', async () => {
    const { account, sender } = await open(exchangeId)
    await onRecord(account)
    const before = await questions()

    expect(await sender.order('BuyMarket', 10)).toBe(200)
    const [first] = await filled(account, 1)
    expect(first).toBeCloseTo(1000, 6)
    const left = await onRecord(account)
    expect(Number(left.free)).toBeLessThan(9001)

    const transfer = { apiKey: account.apiKey, kind: 'DEPOSIT', asset: 'USDT', amount: '5000' }
    await installation.control('POST', 'transfers', transfer)
    const grown = await onRecord(account)
    expect(Number(grown.free) - Number(left.free)).toBeCloseTo(5000, 6)

    expect(await sender.order('BuyMarket', 10)).toBe(200)
    const [, second] = await filled(account, 2)
    expect(second).toBeCloseTo(Number(grown.free) / 10, 2)
    expect(await questions()).toBe(before)
  }, 60_000)
})

it('what an ended gateway left is used for seconds only, and what has expired not at all', async () => {
  const { account, sender } = await open('binance', 'nobody-listens')
  await onRecord(account)
  await installation.kill('gateway')
  await until(async () => (await known(account))?.isValid === false, 15_000, 'the record expires')
  await installation.start('gateway')
  await onRecord(account)

  await installation.query("UPDATE account_funds SET valid_until = '-infinity' WHERE broker_id = $1", [
    account.brokerId,
  ])
  const before = await questions()
  expect(await sender.order('BuyMarket', 10)).toBe(200)
  expect((await filled(account, 1))[0]).toBeCloseTo(1000, 6)
  expect(await questions()).toBe(before + 1)
}, 60_000)
