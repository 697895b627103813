import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { requestExit } from '@/lib/use-cases/request-exit'
import { stopRun } from '@/lib/use-cases/stop-run'
import { openAccount, type TestAccount } from '../../support/account'
import { type Installation, openInstallation, until } from '../../support/installation'
import { openJournal } from '../../support/journal'
import { expectPositionsFolded, expectSameAsExchange } from '../../support/reconciliation'
import { openDesk, type TradingDesk, turningStrategy } from '../../support/trading-desk'
import { allSettled, openSender, type WebhookSender } from '../../support/webhook-sender'

const DAEMONS = ['simulator', 'gateway', 'heartbeat', 'engine', 'tracker', 'receiver'] as const
const ROUNDS = 2

let installation: Installation
let desk: TradingDesk
let byWebhook: TestAccount
let byStrategy: TestAccount
let sender: WebhookSender

beforeAll(async () => {
  installation = await openInstallation('kills')
  desk = openDesk(installation)
  for (const daemon of DAEMONS) await installation.start(daemon)
  byWebhook = await openAccount(installation, 'kill-webhook', 'WEBHOOK')
  byStrategy = await openAccount(installation, 'kill-strategy', 'STRATEGY')
  sender = await openSender(installation, byWebhook)
}, 90_000)
afterAll(async () => {
  await desk.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

/** Trades from both sources without a pause until told to stop. */
async function trade(isOver: () => boolean): Promise<void> {
  const webhooks = async () => {
    for (let n = 0; !isOver(); n++) {
      await sender.order(n % 3 === 2 ? 'SellMarket' : 'BuyMarket', n % 3 === 2 ? 60 : 2)
      await sleep(300)
    }
  }
  const signals = async () => {
    for (let n = 0; !isOver(); n++) {
      await desk
        .signal(byStrategy, { closes: n % 2 === 0 ? [60_000, 60_100] : [60_000, 59_900] })
        .catch(() => undefined)
      await sleep(1500)
    }
  }
  await Promise.all([webhooks(), signals()])
}

describe('kill -9 of every daemon in turn, while orders flow', () => {
  it('loses nothing, doubles nothing, and the books agree to the last decimal', async () => {
    const runId = await desk.run(byStrategy, turningStrategy('turn'))
    const over = { value: false }
    const trading = trade(() => over.value)
    for (let round = 0; round < ROUNDS; round++)
      for (const daemon of DAEMONS) {
        await sleep(400)
        await installation.kill(daemon)
        await sleep(200)
        await installation.start(daemon)
      }
    // An order that a killed process may have sent is unknown for a while, and its strategy waits for it.
    const busy = () =>
      installation
        .query('SELECT broker_id FROM fills GROUP BY broker_id HAVING count(*) > 4')
        .then(({ length }) => length)
    await until(async () => (await busy()) === 2, 60_000, 'executions on both accounts').finally(
      () => (over.value = true),
    )
    await trading

    const journal = openJournal(installation)
    await stopRun(byStrategy.userId, runId)
    await requestExit(byStrategy.userId, runId, Date.now())
    const webhooks = await allSettled(installation)
    await journal.flat(runId, 60_000)
    const pending = async () =>
      (await installation.query("SELECT 1 FROM strategy_decisions WHERE outcome = 'PENDING'")).length
    await until(async () => (await pending()) === 0, 60_000, 'every decision made')
    const moving = () =>
      installation.query(
        `SELECT client_order_id FROM trades WHERE status NOT IN ('DENIED','REJECTED','CANCELED','EXPIRED','FILLED') OR filled_quantity >
           (SELECT coalesce(sum(quantity), 0) FROM fills f WHERE f.client_order_id = trades.client_order_id)`,
      )
    await until(async () => (await moving()).length === 0, 60_000, 'every order at its end')

    // Every accepted alert is there once, in the order of sending, and each executed one has one order.
    const names = webhooks.map((row) => row.source)
    expect(new Set(names).size).toBe(names.length)
    expect(sender.accepted.filter((name) => !names.includes(name))).toEqual([])
    expect(names).toEqual([...names].sort())
    const orders = await installation.query<{ webhook_id: string; status: string }>(
      'SELECT webhook_id::text, status FROM trades WHERE webhook_id IS NOT NULL ORDER BY created_at, client_order_id',
    )
    const ids = orders.map((order) => order.webhook_id)
    expect(ids).toEqual([...ids].sort((a, b) => Number(a) - Number(b)))
    expect(new Set(ids).size).toBe(ids.length)
    for (const row of webhooks.filter((each) => each.status === 'EXECUTED'))
      expect(orders.find((order) => order.webhook_id === row.id)?.status).toBe('FILLED')

    for (const account of [byWebhook, byStrategy]) {
      await expectSameAsExchange(installation, account, { USDT: '10000' })
      expect(await expectPositionsFolded(installation, account)).toBeGreaterThan(0)
    }
    const external = await installation.query("SELECT 1 FROM trades WHERE source = 'EXTERNAL'")
    expect(external).toHaveLength(0)
  }, 240_000)
})
