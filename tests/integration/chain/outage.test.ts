import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disconnectPrisma } from '@/lib/db/client'
import { type EmbeddedDatabase, startEmbedded } from '@/lib/db/embedded'
import { closePool } from '@/lib/db/pool'
import { type DaemonName, healthPortOf } from '@/lib/platform/processes'
import { openAccount, type TestAccount } from '../../support/account'
import { type Installation, openInstallation, until } from '../../support/installation'
import { expectPositionsFolded, expectSameAsExchange } from '../../support/reconciliation'
import { allSettled, openSender, type WebhookSender } from '../../support/webhook-sender'
import { portsOf } from '../../support/ports'

const DAEMONS = ['simulator', 'gateway', 'heartbeat', 'engine', 'tracker', 'receiver'] as const
const NEED_DATABASE = DAEMONS.filter((daemon) => daemon !== 'simulator')
const MINUTE = 60_000
const server = {
  dataDir: mkdtempSync(join(tmpdir(), 'aristobot-outage-')),
  port: portsOf('outage') + 19,
  password: 'test',
}

let database: EmbeddedDatabase
let installation: Installation
let account: TestAccount
let sender: WebhookSender

const health = async (daemon: DaemonName): Promise<{ isReady: boolean; error: string | null } | null> => {
  const port = healthPortOf(daemon, Number(installation.env['HEALTH_PORT']))
  const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null)
  return answer === null ? null : ((await answer.json()) as { isReady: boolean; error: string | null })
}

/** The supervisor's job: what ended is started again, each for itself. `stop` answers what was. */
function keepRunning(): { stop(): Promise<DaemonName[]> } {
  const over = new AbortController()
  const started: DaemonName[] = []
  const keep = async (daemon: DaemonName): Promise<void> => {
    while (!over.signal.aborted) {
      if (!installation.isRunning(daemon)) {
        started.push(daemon)
        // It is up when its database is.
        await installation.start(daemon).catch(() => undefined)
      }
      await sleep(300)
    }
  }
  const all = DAEMONS.map(keep)
  return {
    stop: async () => {
      over.abort()
      await Promise.all(all)
      return started
    },
  }
}

beforeAll(async () => {
  database = await startEmbedded(server)
  process.env['TEST_DATABASE_URL'] = database.url
  installation = await openInstallation('outage')
  for (const daemon of DAEMONS) await installation.start(daemon)
  account = await openAccount(installation, 'outage', 'WEBHOOK')
  sender = await openSender(installation, account)
}, 120_000)
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
  await database.stop()
  rmSync(server.dataDir, { recursive: true, force: true })
})

const unfilled = async () => (await installation.query("SELECT 1 FROM trades WHERE status <> 'FILLED'")).length
/** The sides of the executed alerts, as they were sent and as the exchange got their orders. */
async function expectSidesInOrder(): Promise<void> {
  const rows = await installation.query<{ side: string; webhook_id: string; exchange_order_id: string }>(
    'SELECT side, webhook_id::text, exchange_order_id FROM trades ORDER BY trades.webhook_id',
  )
  const atExchange = [...rows].sort((a, b) => Number(a.exchange_order_id) - Number(b.exchange_order_id))
  expect(atExchange.map((row) => row.side)).toEqual(rows.map((row) => row.side))
}

describe('alerts in quick succession', () => {
  it('a sale sells what the purchase before it bought, although nobody waited for that', async () => {
    for (const action of ['BuyMarket', 'SellMarket', 'BuyMarket', 'SellMarket'] as const)
      expect(await sender.order(action, action === 'BuyMarket' ? 10 : 100)).toBe(200)
    await until(async () => (await installation.query('SELECT 1 FROM trades')).length === 4)
    await until(async () => (await unfilled()) === 0, 40_000, 'every order filled')
    expect((await allSettled(installation)).filter((row) => row.status !== 'EXECUTED')).toEqual([])
    await expectSidesInOrder()
    const trips = await installation.query<{ is_closed: boolean }>(
      'SELECT closed_at IS NOT NULL AS is_closed FROM round_trips',
    )
    expect(trips).toEqual([{ is_closed: true }, { is_closed: true }])
  }, 60_000)
})

describe('the database goes away for a while', () => {
  it('webhooks are accepted and executed afterwards, in order, once; every daemon comes back; candles are complete', async () => {
    expect(await sender.order('BuyMarket', 1)).toBe(200)
    await until(async () => (await allSettled(installation)).length === 5 && (await unfilled()) === 0)

    const keeping = keepRunning()
    await database.stop()
    const boundary = Date.now() - (Date.now() % MINUTE) + MINUTE
    for (let i = 0; i < 5; i++) expect(await sender.order('BuyMarket', 1)).toBe(200)
    for (const daemon of NEED_DATABASE)
      await until(
        async () => {
          const now = await health(daemon)
          return now === null || (!now.isReady && now.error !== null)
        },
        20_000,
        `${daemon} tells what is wrong`,
      )
    // The receiver starts without a database, and still knows the tokens.
    await installation.kill('receiver')
    await until(async () => (await health('receiver')) !== null, 20_000, 'the receiver again')
    await until(async () => (await sender.order('BuyMarket', 1)) === 200, 20_000, 'accepted after a restart')
    // A minute closes while nothing can be stored.
    await until(() => Promise.resolve(Date.now() > boundary + 1500), 70_000)
    expect(await sender.order('SellMarket', 100)).toBe(200)

    database = await startEmbedded(server)
    expect(await sender.order('BuyMarket', 1)).toBe(200)
    for (const daemon of DAEMONS)
      await until(async () => (await health(daemon))?.isReady, 60_000, `${daemon} ready again`)
    // Only the one that was killed: the others outlive their connections.
    expect(await keeping.stop()).toEqual(['receiver'])

    const rows = await until(async () => {
      const all = await allSettled(installation)
      return all.length >= sender.accepted.length && all
    }, 60_000)
    expect(rows.map((row) => row.source)).toEqual(sender.accepted)
    expect(rows.filter((row) => row.status !== 'EXECUTED')).toEqual([])
    await until(async () => (await unfilled()) === 0, 40_000, 'every order filled')
    await expectSidesInOrder()
    const ids = await installation.query<{ n: number }>('SELECT count(DISTINCT webhook_id)::int AS n FROM trades')
    expect(ids[0]?.n).toBe(rows.length)
    // All that was bought during the outage was sold by the sale that came after it.
    const trips = await installation.query<{ is_closed: boolean }>(
      'SELECT closed_at IS NOT NULL AS is_closed FROM round_trips ORDER BY number',
    )
    expect(trips.map((trip) => trip.is_closed)).toEqual([true, true, true, false])
    await expectSameAsExchange(installation, account, { USDT: '10000' })
    await expectPositionsFolded(installation, account)
    await until(
      async () =>
        (
          await installation.query("SELECT 1 FROM candles_heartbeat WHERE timeframe = '1m' AND close_time = $1", [
            new Date(boundary),
          ])
        ).length === 1,
      40_000,
      'the candle of the outage',
    )
    // The chain works on: a new alert goes all the way.
    expect(await sender.order('BuyMarket', 1)).toBe(200)
    expect((await allSettled(installation)).at(-1)).toMatchObject({
      status: 'EXECUTED',
      source: sender.accepted.at(-1),
    })
  }, 240_000)
})

describe('an engine dies while it works on an alert', () => {
  it('those behind it wait for its return to the line, and not one for the other', async () => {
    await installation.kill('engine')
    expect(await sender.post({ Action: 'PING' })).toBe(200)
    const before = sender.accepted.length
    for (let i = 0; i < 8; i++)
      expect(await sender.order(i % 2 === 0 ? 'BuyMarket' : 'SellMarket', i % 2 === 0 ? 10 : 100)).toBe(200)
    const claimed = await installation.query(
      `UPDATE webhooks SET status = 'PROCESSING', processed_at = now() WHERE action = 'PING' AND status = 'RECEIVED' RETURNING id`,
    )
    expect(claimed).toHaveLength(1)

    await installation.start('engine')
    const rows = (await allSettled(installation, 30_000)).slice(-8)
    expect(rows.map((row) => row.source)).toEqual(sender.accepted.slice(before))
    expect(rows.filter((row) => row.status !== 'EXECUTED')).toEqual([])
    await until(async () => (await unfilled()) === 0, 40_000, 'every order filled')
    await expectSidesInOrder()
  }, 120_000)
})
