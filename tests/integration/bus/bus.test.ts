import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createBackend } from '@/lib/bus/backend'
import { type Bus, createBus, type RejectedJob } from '@/lib/bus/bus'
import { env } from '@/lib/platform/env'
import { newId } from '@/lib/platform/ids'
import { createLogger } from '@/lib/platform/logger'
import { startRedis } from '../../support/redis'
import { portsOf } from '../../support/ports'

const log = createLogger('test', 'silent')
const until = async (isTrue: () => boolean, limitMs = 8000): Promise<void> => {
  const end = performance.now() + limitMs
  while (!isTrue() && performance.now() < end) await sleep(10)
  expect(isTrue()).toBe(true)
}

// The same suite on both back ends: what runs on PostgreSQL runs on Redis.
describe.each(['postgresql', 'redis'] as const)('bus on %s', (kind) => {
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined
  const open: Bus[] = []
  const rejected: RejectedJob[] = []
  const connection = () => ({ databaseUrl: env().DATABASE_URL, redisUrl: redis?.url })
  const bus = (name = 'test'): Bus => {
    const made = createBus({
      ...connection(),
      name,
      log,
      onRejected: (job) => Promise.resolve(void rejected.push(job)),
    })
    open.push(made)
    return made
  }

  beforeAll(async () => {
    if (kind === 'redis') redis = await startRedis(portsOf('shared') + 19)
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()))
    rejected.length = 0
    if (kind === 'postgresql') {
      const db = new pg.Client(env().DATABASE_URL)
      await db.connect()
      const { rows } = await db.query<{ name: string }>(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename LIKE '%job%' AND tablename NOT LIKE '%migration%'",
      )
      if (rows.length > 0) await db.query(`TRUNCATE ${rows.map(({ name }) => `bullmq."${name}"`).join(', ')} CASCADE`)
      await db.end()
    }
  })
  afterAll(async () => redis?.stop())

  it('delivers a job once to one of several consumers, with its payload intact', async () => {
    const seen: string[] = []
    const ids = Array.from({ length: 60 }, () => newId())
    for (const name of ['a', 'b'])
      await bus(name).consume(
        'positions',
        { 'position.changed': ({ positionId }) => Promise.resolve(void seen.push(positionId)) },
        4,
      )
    const producer = bus('producer')
    await Promise.all(ids.map((positionId) => producer.publish('position.changed', { positionId })))
    await until(() => seen.length >= ids.length)
    await sleep(200)
    expect([...seen].sort()).toEqual([...ids].sort())
  })

  it('adds a job of the same id once', async () => {
    const producer = bus()
    const seen: string[] = []
    for (let i = 0; i < 5; i++) await producer.publish('order.submit', { clientOrderId: 'A1' }, { jobId: 'A1' })
    await bus().consume('exchange_requests', {
      'order.submit': ({ clientOrderId }) => Promise.resolve(void seen.push(clientOrderId)),
    })
    await until(() => seen.length > 0)
    await sleep(300)
    expect(seen).toEqual(['A1'])
  })

  it('sends a signal to each consumer that has a queue for it', async () => {
    const seen: string[] = []
    const consumer = bus()
    await consumer.consume('heartbeat-engine', { 'clock.tick': () => Promise.resolve(void seen.push('engine')) })
    await consumer.consume('heartbeat-tracker', { 'clock.tick': () => Promise.resolve(void seen.push('tracker')) })
    await bus().publish('clock.tick', { exchangeTime: 1, publishedAt: 2, isMinute: false })
    await until(() => seen.length === 2)
    expect(seen.sort()).toEqual(['engine', 'tracker'])
  })

  it('keeps misfits aside with the reason, and goes on', async () => {
    const consumer = bus()
    const seen: string[] = []
    await consumer.consume('positions', {
      'position.changed': ({ positionId }) => Promise.resolve(void seen.push(positionId)),
    })
    const backend = createBackend(connection())
    const raw = backend.producer('positions')
    await raw.add('position.changed', { positionId: 'not a uuid' }, {})
    await raw.add('no.such.job', { a: 1 }, {})
    await raw.add('position.changed', 'text', {})
    const good = newId()
    await bus().publish('position.changed', { positionId: good })
    await until(() => seen.length === 1 && rejected.length === 3)
    expect(seen).toEqual([good])
    expect(rejected.map((job) => job.name).sort()).toEqual(['no.such.job', 'position.changed', 'position.changed'])
    expect(rejected.find((job) => job.name === 'no.such.job')?.reason).toContain('no handler')
    await raw.close()
    await backend.close()
  })

  it('refuses to send what does not fit', async () => {
    await expect(bus().publish('position.changed', { positionId: 'x' })).rejects.toThrow()
  })

  it('tries a failed job again when its declaration says so, and never an order', async () => {
    const tries = { position: 0, order: 0 }
    const consumer = bus()
    await consumer.consume('positions', {
      'position.changed': () => (++tries.position < 2 ? Promise.reject(new Error('not yet')) : Promise.resolve()),
    })
    await consumer.consume('exchange_requests', {
      'order.submit': () => (++tries.order, Promise.reject(new Error('broken'))),
    })
    const producer = bus()
    await producer.publish('position.changed', { positionId: newId() })
    await producer.publish('order.submit', { clientOrderId: 'B1' })
    await until(() => tries.position === 2)
    await sleep(1500)
    expect(tries).toEqual({ position: 2, order: 1 })
  })

  it('announces to every listener in every process', async () => {
    const heard: string[] = []
    for (const name of ['one', 'two'])
      bus(name).subscribe('websockets', ({ payload }) => void heard.push(`${name} ${JSON.stringify(payload)}`))
    const speaker = bus('speaker')
    const say = (payload: number) => speaker.announce('websockets', { userId: null, event: 'test', payload })
    // Subscriptions come about in the background; announcements before that are heard by nobody, as promised.
    await until(() => {
      void say(0)
      return heard.includes('one 0') && heard.includes('two 0')
    })
    // Many at once travel together and arrive one by one, in their order.
    await Promise.all([1, 2, 3, 4, 5, 6].map(say))
    const others = (name: string) => heard.filter((each) => each.startsWith(name) && !each.endsWith(' 0'))
    await until(() => others('two').length === 6)
    expect(others('two')).toEqual([1, 2, 3, 4, 5, 6].map((n) => `two ${n}`))
  })

  it('finishes the job under way when it is drained', async () => {
    const consumer = bus()
    const steps: string[] = []
    await consumer.consume('positions', {
      'position.changed': async () => {
        steps.push('begun')
        await sleep(400)
        steps.push('done')
      },
    })
    await bus().publish('position.changed', { positionId: newId() })
    await until(() => steps.length === 1)
    await consumer.drain()
    expect(steps).toEqual(['begun', 'done'])
  })
})

it('finishes the job under way and lets go of a back end that went away', async () => {
  const redis = await startRedis(portsOf('shared') + 18)
  const bus = createBus({
    databaseUrl: env().DATABASE_URL,
    redisUrl: redis.url,
    name: 'left',
    log,
    onRejected: () => Promise.resolve(),
  })
  const steps: string[] = []
  await bus.consume('positions', {
    'position.changed': async () => {
      steps.push('begun')
      await sleep(1500)
      steps.push('done')
    },
  })
  await bus.consume('exchange_requests', {})
  bus.subscribe('websockets', () => undefined)
  await bus.publish('position.changed', { positionId: newId() })
  await until(() => steps.length === 1)
  await redis.stop()
  await bus.drain()
  expect(steps).toEqual(['begun', 'done'])
  await bus.close()
})
