import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { type Account, openAccount } from '@/bench/account'
import { FREE_USDT } from '@/bench/door/answers'
import { median, monotonicMs, percentile } from '@/bench/distribution'
import { compared, type Figure, figure } from '@/bench/figures'
import { startRole } from '@/bench/role'
import { withRedis } from '@/bench/with-redis'
import type { Workshop } from '@/bench/workshop'

// From the moment a webhook is sent to the moment the exchange has read its order. The bot (receiver, engine, gateway) and
// a bare forwarder take turns, so that what else the machine does weighs on both alike.

const PAUSE_MS = 2
const BURST = 40
const PATH = ['receiver', 'engine', 'gateway'] as const

interface Samples {
  sequential: number[]
  spaced: number[]
  burst: number[]
}

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
  return [...onPostgres, ...(onRedis ?? [])]
}

async function measured(workshop: Workshop, account: Account, title: string, queues: QueueSettings): Promise<Figure[]> {
  const bareUrl = `http://127.0.0.1:${workshop.port(0)}/webhooks/bare`
  const first: number[] = []
  const bareFirst: number[] = []
  for (let i = 0; i < (workshop.isQuick ? 1 : 3); i++) {
    first.push(await firstOfBot(workshop, account, queues))
    bareFirst.push(await firstOfForwarder(workshop, bareUrl))
  }

  const forwarder = await startRole('forwarder', forwarderSettings(workshop))
  const bot = new Pool(workshop.receiverUrl, { connections: BURST })
  const bare = new Pool(new URL(bareUrl).origin, { connections: BURST })
  const botPath = new URL(account.webhookUrl).pathname
  const samples: Record<'bot' | 'bare', Samples> = {
    bot: { sequential: [], spaced: [], burst: [] },
    bare: { sequential: [], spaced: [], burst: [] },
  }
  try {
    const warmUp: Samples = { sequential: [], spaced: [], burst: [] }
    await round(workshop, bare, '/webhooks/bare', warmUp)
    await round(workshop, bot, botPath, warmUp)
    for (let i = 0; i < (workshop.isQuick ? 2 : 4); i++) {
      await round(workshop, bare, '/webhooks/bare', samples.bare)
      await round(workshop, bot, botPath, samples.bot)
    }
  } finally {
    await Promise.all([bot.close(), bare.close()])
    await forwarder.stop()
  }
  const versus = (name: string, of: (s: Samples) => number): Figure =>
    compared(`${title}: ${name}`, of(samples.bot), 'ms', of(samples.bare))
  return [
    versus('one after the other, p50', (s) => median(s.sequential)),
    versus('one after the other, p99', (s) => percentile(s.sequential, 0.99)),
    versus('after a pause, p50', (s) => median(s.spaced)),
    versus('burst of 40, p50', (s) => median(s.burst)),
    versus('burst of 40, p99', (s) => percentile(s.burst, 0.99)),
    compared(`${title}: first after start, median`, median(first), 'ms', median(bareFirst)),
    figure(`${title}: first after start, worst`, Math.max(...first), 'ms'),
  ]
}
