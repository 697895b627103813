import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disconnectPrisma } from '@/lib/db/client'
import { type EmbeddedDatabase, startEmbedded } from '@/lib/db/embedded'
import { closePool } from '@/lib/db/pool'
import { openAccount, type TestAccount } from '../../support/account'
import { type Installation, openInstallation, until } from '../../support/installation'
import { startRedis } from '../../support/redis'
import { expectGainsExplained, expectPositionsFolded, expectSameAsExchange } from '../../support/reconciliation'
import { allSettled, openSender, type WebhookSender } from '../../support/webhook-sender'
import { portsOf } from '../../support/ports'

// Webhooks in bursts, while what works on them is killed and started again at random. Short here, once with the queues in
// PostgreSQL and once (storm-on-redis.test.ts) in Redis; `npm run chaos` sets the whole length.

const SECONDS = Number(process.env['STORM_SECONDS'] ?? 12)
const WEBHOOKS = Number(process.env['STORM_WEBHOOKS'] ?? 150)
const SEED = Number(process.env['STORM_SEED'] ?? Math.ceil(Math.random() * 1e9))
const DAEMONS = ['simulator', 'gateway', 'heartbeat', 'engine', 'tracker', 'receiver'] as const
const IS_ON_REDIS = process.env['STORM_QUEUE'] === 'redis'
const NAME = IS_ON_REDIS ? 'storm_redis' : 'storm'
const QUEUE_PORT = portsOf(NAME) + 18
const VICTIMS = [
  'receiver',
  'engine',
  'gateway',
  'tracker',
  'database',
  ...(IS_ON_REDIS ? ['queue' as const] : []),
] as const
const server = {
  dataDir: mkdtempSync(join(tmpdir(), 'aristobot-storm-')),
  port: portsOf(NAME) + 19,
  password: 'test',
}

let database: EmbeddedDatabase
let queue: Awaited<ReturnType<typeof startRedis>> | undefined
let installation: Installation

let state = SEED
/** 0 to 1, the same again from one seed (a linear congruence, Numerical Recipes). */
const random = (): number => {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
  return state / 2 ** 32
}

beforeAll(async () => {
  database = await startEmbedded(server)
  process.env['TEST_DATABASE_URL'] = database.url
  if (IS_ON_REDIS) queue = await startRedis(QUEUE_PORT)
  installation = await openInstallation(NAME, {
    ...{ WEBHOOK_BURST: '100000', WEBHOOK_PER_MINUTE: '100000' },
    ...(queue && { REDIS_URL: queue.url }),
  })
  await Promise.all(DAEMONS.map((daemon) => installation.start(daemon)))
}, 120_000)
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
  await queue?.stop()
  await database.stop()
  rmSync(server.dataDir, { recursive: true, force: true })
})

interface StoredOrder {
  webhook_id: string
  side: string
  status: string
  quote: string | null
}
const ordersOf = ({ userId }: TestAccount) =>
  installation.query<StoredOrder>(
    `SELECT webhook_id::text, side::text, status::text, quote_quantity::text AS quote FROM trades WHERE user_id = $1
     ORDER BY trades.webhook_id`,
    [userId],
  )
const settled = (account: TestAccount, count: number) =>
  until(async () => {
    const orders = await ordersOf(account)
    return orders.length === count && orders.every(({ status }) => status === 'FILLED') && orders
  })

describe('alerts in the same moment', () => {
  it.each([2, 5])(
    '%i purchases of half the funds: each takes half of what those before it have left',
    async (count) => {
      const account = await openAccount(installation, `halves-${count}`, 'WEBHOOK')
      const sender = await openSender(installation, account)
      const buy = { Symbol: 'BTCUSDT', Interval: '60', Action: 'BuyMarket', PourCent: 50 }
      const answers = await Promise.all(
        Array.from({ length: count }, (_, n) => sender.post({ ...buy, IndicateurName: `half-${n}` })),
      )
      expect(new Set(answers)).toEqual(new Set([200]))
      // Sent at once, they may be taken in any order; each takes half of what is left in its turn.
      const spent = (await settled(account, count)).map(({ quote }) => Number(quote)).sort((a, b) => b - a)
      // What a purchase could not spend for its lot size is free again: less than a lot, 0.00001 BTC.
      spent.forEach((amount, n) => {
        expect(Math.abs(amount - 10_000 / 2 ** (n + 1))).toBeLessThan(2)
      })
      await expectSameAsExchange(installation, account, { USDT: '10000' })
    },
  )

  it('the same body a hundred times at once gives one order', async () => {
    const account = await openAccount(installation, 'hundred', 'WEBHOOK')
    const sender = await openSender(installation, account)
    const body = {
      ...{ Symbol: 'BTCUSDT', Interval: '60', Action: 'BuyMarket', PourCent: 10, IndicateurName: 'same' },
      BarTime: new Date(Date.now() - (Date.now() % 3_600_000)).toISOString(),
    }
    const answers = await Promise.all(Array.from({ length: 100 }, () => sender.post(body)))
    expect(new Set(answers)).toEqual(new Set([200]))
    await settled(account, 1)
    // A database that is slow at this makes some of them wait on disk.
    const rows = await until(async () => {
      const counts = await installation.query<{ status: string; n: number }>(
        "SELECT status::text, count(*)::int AS n FROM webhooks WHERE source = 'same' GROUP BY status ORDER BY n",
      )
      return counts.reduce((sum, { n }) => sum + n, 0) === 100 && counts
    })
    expect(rows).toEqual([
      { status: 'EXECUTED', n: 1 },
      { status: 'DUPLICATE', n: 99 },
    ])
    expect((await expectSameAsExchange(installation, account, { USDT: '10000' })).orders).toHaveLength(1)
  })
})

/**
 * Purchases of the same share of the funds, one after the other, never grow: each takes of what those before it have left. A
 * hundredth of one is what sizing two in the wrong order makes. An order that came to nothing gives its part back at some time
 * after it, so that those before it are looked at. Pairs of purchase and the one before it.
 */
function consecutivePurchases(orders: StoredOrder[]): [before: number, amount: number][] {
  const unfilled = orders.findIndex(({ status }) => status !== 'FILLED')
  const untouched = unfilled < 0 ? orders : orders.slice(0, unfilled)
  return untouched.flatMap(({ side, quote }, n) => {
    const before = untouched[n - 1]
    return side === 'BUY' && before?.side === 'BUY' ? [[Number(before.quote), Number(quote)]] : []
  })
}

/** One account's alerts: bursts of up to 40, one sent when the one before it was answered. Those that nobody took do not count. */
async function trade(sender: WebhookSender, count: number, pauseMs: number): Promise<number> {
  const giveUpAt = performance.now() + SECONDS * 2000 + 30_000
  let refused = 0
  while (sender.accepted.length < count && performance.now() < giveUpAt) {
    const burst = Math.min(count - sender.accepted.length, 1 + Math.floor(random() * 40))
    for (let n = 0; n < burst; n++) {
      const isSale = random() < 0.1
      const status = await sender.order(isSale ? 'SellMarket' : 'BuyMarket', isSale ? 30 : 1)
      if (status === 200) continue
      refused += 1
      await sleep(50)
    }
    await sleep(burst * pauseMs)
  }
  return refused
}

/** In rounds of a random order, so that a short storm spares nobody. */
const shuffled = (): (typeof VICTIMS)[number][] =>
  [...VICTIMS]
    .map((victim) => ({ victim, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ victim }) => victim)

/**
 * Kills one after the other, each once at least, and starts it again; what ended by itself meanwhile is started again, too.
 */
async function havoc(isOver: () => boolean): Promise<Record<string, number>> {
  const kills: Record<string, number> = {}
  let round = shuffled()
  const startAll = async () => {
    for (const daemon of DAEMONS) if (!installation.isRunning(daemon)) await installation.start(daemon)
  }
  while (!isOver() || Object.keys(kills).length < VICTIMS.length) {
    if (round.length === 0) round = shuffled()
    const victim = round.pop() ?? 'engine'
    kills[victim] = (kills[victim] ?? 0) + 1
    if (victim === 'database') {
      await database.stop()
      await sleep(random() * 2000)
      database = await startEmbedded(server)
    } else if (victim === 'queue') {
      // It comes back empty: what was in it is found again in the database.
      await queue?.stop()
      await sleep(random() * 2000)
      queue = await startRedis(QUEUE_PORT)
    } else {
      await installation.kill(victim)
      await sleep(random() * 500)
    }
    await startAll()
    await sleep(random() * 1000)
  }
  await startAll()
  return kills
}

it(
  'a storm of alerts while everything is killed in turn: none lost, none doubled, in order',
  async () => {
    const desks = await Promise.all(
      ['storm-a', 'storm-b'].map(async (name) => {
        const account = await openAccount(installation, name, 'WEBHOOK', { balances: { USDT: '1000000' } })
        return { account, sender: await openSender(installation, account) }
      }),
    )
    const share = Math.ceil(WEBHOOKS / desks.length)
    const over = { value: false }
    const killing = havoc(() => over.value)
    // Met below; until then nobody waits for it.
    killing.catch(() => undefined)
    const startedAt = performance.now()
    const refused = await Promise.all(
      desks.map(({ sender }) => trade(sender, share, (SECONDS * 1000) / share)),
    ).finally(() => (over.value = true))
    const kills = await killing

    // What was accepted while the database was away comes from the receiver's disk.
    const missing = async ({ account, sender }: (typeof desks)[number]): Promise<string[]> => {
      const stored = await installation.query<{ source: string }>('SELECT source FROM webhooks WHERE user_id = $1', [
        account.userId,
      ])
      const names = new Set(stored.map(({ source }) => source))
      return sender.accepted.filter((name) => !names.has(name))
    }
    for (const desk of desks)
      await until(async () => (await missing(desk)).length === 0, 60_000, 'every accepted alert in the database')
    await allSettled(installation, 60_000 + SECONDS * 1000)
    const unfinished = async () =>
      (
        await installation.query(
          `SELECT 1 FROM trades WHERE status NOT IN ('DENIED','REJECTED','CANCELED','EXPIRED','FILLED') OR filled_quantity >
           (SELECT coalesce(sum(quantity), 0) FROM fills f WHERE f.client_order_id = trades.client_order_id)`,
        )
      ).length
    await until(async () => (await unfinished()) === 0, 60_000, 'every order at its end')

    const outcomes: Record<string, number> = {}
    const figures = {
      ...{ seed: SEED, kills, accepted: 0, refused: refused.reduce((a, b) => a + b, 0), outcomes },
      ...{ orders: 0, purchasesCompared: 0 },
    }
    for (const { account, sender } of desks) {
      const rows = await installation.query<{ id: string; source: string; status: string; reason: string | null }>(
        `SELECT id::text, source, status::text, reason FROM webhooks w
         WHERE user_id = $1 AND source IS NOT NULL AND status <> 'MISSED' ORDER BY w.id`,
        [account.userId],
      )
      const names = rows.map(({ source }) => source)
      expect(new Set(names).size).toBe(names.length)
      expect(names).toEqual([...names].sort())
      expect(rows.filter(({ status }) => !['EXECUTED', 'FAILED', 'LATE'].includes(status))).toEqual([])

      const orders = await ordersOf(account)
      const meant = rows.filter(({ status }) => status === 'EXECUTED').map(({ id }) => id)
      const done = orders.filter(({ status }) => status === 'FILLED').map(({ webhook_id: id }) => id)
      expect(done).toEqual(meant)
      expect(new Set(orders.map(({ webhook_id: id }) => id)).size).toBe(orders.length)
      const written = await installation.query<{ id: string }>(
        'SELECT webhook_id::text AS id FROM trades WHERE user_id = $1 ORDER BY created_at, client_order_id',
        [account.userId],
      )
      expect(written.map(({ id }) => id)).toEqual(orders.map((order) => order.webhook_id))
      const purchases = consecutivePurchases(orders)
      expect(purchases.filter(([before, amount]) => !(amount <= before * 1.005))).toEqual([])
      await expectSameAsExchange(installation, account, { USDT: '1000000' })
      await expectPositionsFolded(installation, account)
      await expectGainsExplained(installation, account, '1000000')
      figures.accepted += sender.accepted.length
      figures.orders += orders.length
      figures.purchasesCompared += purchases.length
      for (const { status, reason } of rows) {
        const outcome = status === 'EXECUTED' ? status : `${status}: ${(reason ?? '').replace(/[0-9.]+/g, '#')}`
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      }
    }
    expect(await installation.query("SELECT 1 FROM trades WHERE source = 'EXTERNAL'")).toEqual([])
    expect(figures.accepted).toBeGreaterThanOrEqual(WEBHOOKS)
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    process.stdout.write(`storm of ${seconds} s: ${JSON.stringify(figures)}\n`)
  },
  SECONDS * 3000 + 240_000,
)
