import { Pool } from 'undici'
import { openAccount } from '@/bench/account'
import { median, monotonicMs, percentile } from '@/bench/distribution'
import { compared, type Figure } from '@/bench/figures'
import { startRole } from '@/bench/role'
import { withRedis } from '@/bench/with-redis'
import type { Workshop } from '@/bench/workshop'

// Webhooks a second that the receiver acknowledges, each kept in the journal before its answer; forty senders at once. The
// baseline parses the same bodies from the same senders and keeps nothing.

const SENDERS = 40
let sent = 0

/** PINGs of ever new bars: kept like every other alert, and nothing is traded. */
function body(): string {
  sent += 1
  const BarTime = 1_600_000_000_000 + sent * 60_000
  return JSON.stringify({ Symbol: 'BTCUSDT', Interval: '1', BarTime, Action: 'PING', IndicateurName: 'rate' })
}

interface Rate {
  perSecond: number
  ms: number[]
}

async function send(client: Pool, path: string, count: number): Promise<Rate> {
  const ms: number[] = []
  let left = count
  const startedAt = monotonicMs()
  const sender = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const sentAt = monotonicMs()
      const headers = { 'content-type': 'application/json' }
      const answer = await client.request({ method: 'POST', path, headers, body: body() })
      await answer.body.dump()
      if (answer.statusCode !== 200) throw new Error(`a webhook was answered ${answer.statusCode}`)
      ms.push(monotonicMs() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
  return { perSecond: (count / (monotonicMs() - startedAt)) * 1000, ms }
}

async function measured(workshop: Workshop, webhookUrl: string, queue: string, redisUrl?: string): Promise<Figure[]> {
  await workshop.stop('receiver')
  await workshop.start('receiver', redisUrl === undefined ? {} : { REDIS_URL: redisUrl })
  const port = workshop.port(2)
  const bare = await startRole('bare-receiver', { RECEIVER_PORT_BARE: String(port) })
  const ours = new Pool(workshop.receiverUrl, { connections: SENDERS })
  const theirs = new Pool(`http://127.0.0.1:${port}`, { connections: SENDERS })
  const { pathname } = new URL(webhookUrl)
  const count = workshop.isQuick ? 800 : 2500
  const rates: Record<'ours' | 'bare', Rate[]> = { ours: [], bare: [] }
  try {
    await send(ours, pathname, count / 4)
    await send(theirs, '/', count / 4)
    for (let round = 0; round < (workshop.isQuick ? 2 : 4); round++) {
      rates.bare.push(await send(theirs, '/', count))
      rates.ours.push(await send(ours, pathname, count))
    }
  } finally {
    await Promise.all([ours.close(), theirs.close(), bare.stop(), workshop.stop('receiver')])
  }
  const rate = (of: Rate[]): number => median(of.map((each) => each.perSecond))
  const p99 = (of: Rate[]): number =>
    percentile(
      of.flatMap((each) => each.ms),
      0.99,
    )
  return [
    compared(`receiver, queues in ${queue}: acknowledged`, rate(rates.ours), 'webhooks/s', rate(rates.bare)),
    compared(`receiver, queues in ${queue}: until acknowledged, p99`, p99(rates.ours), 'ms', p99(rates.bare)),
  ]
}

export async function receiverRate(workshop: Workshop): Promise<Figure[]> {
  await workshop.start('gateway')
  const { webhookUrl } = await openAccount(workshop, 'rate', 'OFF')
  for (const name of ['engine', 'gateway'] as const) await workshop.stop(name)
  return [
    ...(await measured(workshop, webhookUrl, 'PostgreSQL')),
    ...((await withRedis(workshop.port(1), (url) => measured(workshop, webhookUrl, 'Redis', url))) ?? []),
  ]
}
