import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { median, monotonicMs, percentile } from '@/bench/distribution'
import { type Figure, figure } from '@/bench/figures'
import { type Role, startRole } from '@/bench/role'
import { withRedis } from '@/bench/with-redis'
import type { Workshop } from '@/bench/workshop'
import { createBus } from '@/lib/bus/bus'
import { pgPool } from '@/lib/db/pool'
import { wakeSql } from '@/lib/db/wake'
import { createLogger } from '@/lib/platform/logger'

// From publishing a message to its handler, in another process: the queue on PostgreSQL, on Redis, and the database's own
// notification that the order path uses beside it.

const heard = z.object({ id: z.string(), at: z.number() })
let next = 1_000_000

async function latencies(role: Role, count: number, publish: (id: string) => Promise<void>): Promise<number[]> {
  const arrivals = new Map<string, (at: number) => void>()
  role.onMessage((message) => {
    const parsed = heard.safeParse(message)
    if (parsed.success) arrivals.get(parsed.data.id)?.(parsed.data.at)
  })
  const samples: number[] = []
  for (let i = 0; i < count; i++) {
    next += 1
    const id = String(next)
    const arrived = new Promise<number>((resolve) => arrivals.set(id, resolve))
    const sentAt = monotonicMs()
    await publish(id)
    samples.push((await arrived) - sentAt)
    await sleep(2)
  }
  // The first ones open connections and compile code.
  return samples.slice(Math.floor(count / 10))
}

const figuresOf = (name: string, samples: number[]): Figure[] => [
  figure(`message to handler: ${name}, p50`, median(samples), 'ms'),
  figure(`message to handler: ${name}, p99`, percentile(samples, 0.99), 'ms'),
]

async function throughQueue(queueUrl: string, redisUrl: string | undefined, count: number): Promise<number[]> {
  const role = await startRole('bus-listener', redisUrl === undefined ? {} : { BENCH_REDIS_URL: redisUrl })
  const bus = createBus({
    name: 'bench',
    databaseUrl: queueUrl,
    ...(redisUrl === undefined ? {} : { redisUrl }),
    log: createLogger('bench', 'error'),
    onRejected: () => Promise.resolve(),
  })
  try {
    return await latencies(role, count, (webhookId) => bus.publish('webhook.received', { webhookId }))
  } finally {
    await bus.close()
    await role.stop()
  }
}

async function throughDatabase(count: number): Promise<number[]> {
  const role = await startRole('bus-listener', {})
  try {
    return await latencies(role, count, async (id) => {
      await pgPool().query(`SELECT ${wakeSql('webhook_raw', '$1')}`, [id])
    })
  } finally {
    await role.stop()
  }
}

export async function busLatency(workshop: Workshop): Promise<Figure[]> {
  // The engine would take what is published here.
  for (const name of ['receiver', 'engine', 'gateway'] as const) await workshop.stop(name)
  const count = workshop.isQuick ? 100 : 300
  const { queueUrl } = workshop
  const postgres = await throughQueue(queueUrl, undefined, count)
  const notified = await throughDatabase(count)
  const redis = await withRedis(workshop.port(1), (url) => throughQueue(queueUrl, url, count))
  return [
    ...figuresOf('BullMQ on PostgreSQL', postgres),
    ...(redis === null ? [] : figuresOf('BullMQ on Redis', redis)),
    ...figuresOf('wake-up by the database', notified),
  ]
}
