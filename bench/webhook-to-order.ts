import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { type Account, openAccount } from '@/bench/account'
import { createChainDatabase } from '@/bench/chain-tables'
import { FREE_USDT } from '@/bench/door/answers'
import { median, monotonicMs, percentile } from '@/bench/distribution'
import { compared, type Figure, figure } from '@/bench/figures'
import { startRole } from '@/bench/role'
import { withRedis } from '@/bench/with-redis'
import type { Workshop } from '@/bench/workshop'

// From the moment a webhook is sent to the moment the exchange has read its order. The bot (receiver, engine, gateway) and
// a bare forwarder take turns, so that what else the machine does weighs on both alike; then the least of a journal does.

const PAUSE_MS = 2
const BURST = 40
const PATH = ['receiver', 'engine', 'gateway'] as const

interface Samples {
  sequential: number[]
  spaced: number[]
  burst: number[]
}

const noSamples = (): Samples => ({ sequential: [], spaced: [], burst: [] })

let sent = 0

/** The next webhook: its share of the funds makes an amount by which its order is known at the door. */
function nextAlert(): { body: string; amount: string } {
  sent += 1
  const amount = (100 + sent / 100).toFixed(2)
  const body = JSON.stringify({
    Symbol: 'BTCUSDT',
    Exchange: 'BINANCE',
    Interval: '1',
    BarTime: 1_700_000_000_000 + sent * 60_000,
    Action: 'BuyMarket',
    PourCent: +((+amount / FREE_USDT) * 100).toFixed(14),
    IndicateurName: 'bench',
  })
  return { body, amount }
}

/** Sends one webhook and resolves to the milliseconds until its order arrived. */
async function deliver(workshop: Workshop, client: Pool, path: string): Promise<number> {
  const { body, amount } = nextAlert()
  const headers = { 'content-type': 'application/json' }
  const sentAt = monotonicMs()
  const answered = client.request({ method: 'POST', path, headers, body }).then(async (answer) => {
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`a webhook was answered ${answer.statusCode}`)
  })
  const [arrivedAt] = await Promise.all([workshop.door.arrivalOf(amount), answered])
  return arrivedAt - sentAt
}

async function round(workshop: Workshop, client: Pool, path: string, samples: Samples): Promise<void> {
  const { isQuick } = workshop
  for (let i = 0; i < (isQuick ? 35 : 75); i++) {
    samples.sequential.push(await deliver(workshop, client, path))
    await sleep(PAUSE_MS)
  }
  for (let i = 0; i < (isQuick ? 3 : 6); i++) {
    await sleep(150)
    samples.spaced.push(await deliver(workshop, client, path))
  }
  for (let i = 0; i < (isQuick ? 2 : 4); i++) {
    const times = Array.from({ length: BURST }, () => deliver(workshop, client, path))
    samples.burst.push(...(await Promise.all(times)))
    await sleep(300)
  }
}

type QueueSettings = Record<string, string>

/** The first webhook after a start of everything on its path. */
async function firstOfBot(workshop: Workshop, account: Account, queues: QueueSettings): Promise<number> {
  for (const name of PATH) await workshop.stop(name)
  for (const name of PATH) await workshop.start(name, queues)
  await sleep(1000)
  return alone(workshop, account.webhookUrl)
}

async function alone(workshop: Workshop, url: string): Promise<number> {
  const { origin, pathname } = new URL(url)
  const client = new Pool(origin, { connections: 1 })
  // The sender's own first request is slow too and is not what is asked for.
  await (await client.request({ method: 'GET', path: '/' })).body.dump()
  try {
    return await deliver(workshop, client, pathname)
  } finally {
    await client.close()
  }
}

async function firstOfForwarder(workshop: Workshop, url: string): Promise<number> {
  const forwarder = await startRole('forwarder', forwarderSettings(workshop))
  await sleep(200)
  try {
    return await alone(workshop, url)
  } finally {
    await forwarder.stop()
  }
}

const forwarderSettings = (workshop: Workshop): Record<string, string> => ({
  DOOR_URL: workshop.door.url,
  FORWARDER_PORT: String(workshop.port(0)),
})

export async function webhookToOrder(workshop: Workshop): Promise<Figure[]> {
  await workshop.start('gateway')
  const account = await openAccount(workshop, 'webhooks', 'WEBHOOK')
  const onPostgres = await measured(workshop, account, 'webhook to order', {})
  const onRedis = await withRedis(workshop.port(1), (url) =>
    measured(workshop, account, 'webhook to order, queues in Redis', { REDIS_URL: url }),
  )
  for (const name of PATH) await workshop.stop(name)
  return [...onPostgres, ...(onRedis ?? []), ...(await leastOfAJournal(workshop))]
}

/** Somebody whom webhooks are sent to. */
interface Contender {
  title: string
  url: string
}

/** All of them in turns, after one round each that does not count. */
async function contest(workshop: Workshop, contenders: Contender[]): Promise<Map<string, Samples>> {
  const rounds = workshop.isQuick ? 2 : 4
  const taken = new Map(contenders.map(({ title }) => [title, noSamples()]))
  const clients = contenders.map(({ title, url }) => {
    const { origin, pathname } = new URL(url)
    return { title, pathname, pool: new Pool(origin, { connections: BURST }) }
  })
  try {
    for (let i = 0; i <= rounds; i++)
      for (const { title, pathname, pool } of clients) {
        const counted = i > 0 ? taken.get(title) : undefined
        await round(workshop, pool, pathname, counted ?? noSamples())
      }
  } finally {
    await Promise.all(clients.map(({ pool }) => pool.close()))
  }
  return taken
}

const FORWARDER = 'bare forwarder'
const forwarderUrl = (workshop: Workshop): string => `http://127.0.0.1:${workshop.port(0)}/webhooks/bare`

/** What was measured of a contender, beside the forwarder. */
function versusForwarder(taken: Map<string, Samples>, title: string) {
  const [samples, bare] = [taken.get(title), taken.get(FORWARDER)]
  return (name: string, of: (s: Samples) => number): Figure[] =>
    samples && bare ? [compared(`${title}: ${name}`, of(samples), 'ms', of(bare))] : []
}

async function measured(workshop: Workshop, account: Account, title: string, queues: QueueSettings): Promise<Figure[]> {
  const first: number[] = []
  const bareFirst: number[] = []
  for (let i = 0; i < (workshop.isQuick ? 1 : 3); i++) {
    first.push(await firstOfBot(workshop, account, queues))
    bareFirst.push(await firstOfForwarder(workshop, forwarderUrl(workshop)))
  }
  const forwarder = await startRole('forwarder', forwarderSettings(workshop))
  const contenders = [
    { title: FORWARDER, url: forwarderUrl(workshop) },
    { title, url: account.webhookUrl },
  ]
  const taken = await contest(workshop, contenders).finally(() => forwarder.stop())
  const versus = versusForwarder(taken, title)
  return [
    ...versus('one after the other, p50', (s) => median(s.sequential)),
    ...versus('one after the other, p99', (s) => percentile(s.sequential, 0.99)),
    ...versus('after a pause, p50', (s) => median(s.spaced)),
    ...versus('burst of 40, p50', (s) => median(s.burst)),
    ...versus('burst of 40, p99', (s) => percentile(s.burst, 0.99)),
    compared(`${title}: first after start, median`, median(first), 'ms', median(bareFirst)),
    figure(`${title}: first after start, worst`, Math.max(...first), 'ms'),
  ]
}

/** How much of a webhook's time is the price of any journal: two chains that check nothing, beside the forwarder. */
async function leastOfAJournal(workshop: Workshop): Promise<Figure[]> {
  const chain = { DOOR_URL: workshop.door.url, CHAIN_URL: await createChainDatabase(workshop.databaseUrl) }
  const [onePort, threePort] = [workshop.port(2), workshop.port(3)]
  const parts = [
    { CHAIN_PART: 'one', CHAIN_PORT: String(onePort) },
    { CHAIN_PART: 'receiver', CHAIN_PORT: String(threePort) },
    { CHAIN_PART: 'engine' },
    { CHAIN_PART: 'gateway' },
  ]
  const roles = [await startRole('forwarder', forwarderSettings(workshop))]
  try {
    for (const part of parts) roles.push(await startRole('chain', { ...chain, ...part }))
    const [one, three] = ['bare chain, one process and one commit', 'bare chain, three processes and commits']
    const contenders = [
      { title: FORWARDER, url: forwarderUrl(workshop) },
      { title: one, url: `http://127.0.0.1:${onePort}/` },
      { title: three, url: `http://127.0.0.1:${threePort}/` },
    ]
    const taken = await contest(workshop, contenders)
    return [one, three].flatMap((title) => {
      const versus = versusForwarder(taken, title)
      return [
        ...versus('one after the other, p50', (s) => median(s.sequential)),
        ...versus('burst of 40, p99', (s) => percentile(s.burst, 0.99)),
      ]
    })
  } finally {
    for (const role of roles) await role.stop()
  }
}
