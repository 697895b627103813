import {
  createPostgresBackend,
  createPostgresRelayBackend,
  type JobsOptions,
  type PostgresConnectionOptions,
  Queue as RedisQueue,
  Relay,
  type RelayListener,
  Worker as RedisWorker,
  withBackend,
} from 'bullmq'
import pg from 'pg'
import { SteadyClient } from '@/lib/platform/steady-client'

// Queues and relay run on Redis when REDIS_URL is set and on PostgreSQL otherwise, with the same code above this file.

export interface BusConnection {
  databaseUrl: string
  redisUrl?: string | undefined
}

interface Closable {
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): Promise<void>
}

export interface Producer extends Closable {
  add(name: string, data: unknown, options: JobsOptions): Promise<unknown>
}

export interface Consumer extends Closable {
  waitUntilReady(): Promise<unknown>
}

export interface RelayNode extends Closable {
  waitUntilReady(): Promise<void>
  subscribe(pattern: string, listener: RelayListener): Promise<{ unsubscribe(): Promise<void> }>
  publish(topic: string, data: unknown): Promise<unknown>
}

export interface ReceivedJob {
  id?: string | undefined
  name: string
  data: unknown
}

export interface Backend {
  producer(queue: string): Producer
  /** A queue to look at, and to act on by hand. */
  inspected(queue: string): RedisQueue
  consumer(queue: string, handle: (job: ReceivedJob) => Promise<void>, concurrency: number): Consumer
  relay(name: string): RelayNode
  close(): Promise<void>
}

const SCHEMA = 'bullmq'
// A consumer that died holds its job for this long before another takes it over.
const LOCK_MS = 15_000
const postgres = withBackend(createPostgresBackend)

function redisConnection(redisUrl: string) {
  const url = new URL(redisUrl)
  return {
    host: url.hostname,
    port: url.port === '' ? 6379 : Number(url.port),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(url.pathname.length > 1 ? { db: Number(url.pathname.slice(1)) } : {}),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

const consumerOptions = (concurrency: number) => ({ concurrency, lockDuration: LOCK_MS, stalledInterval: LOCK_MS })

function redisBackend(redisUrl: string): Backend {
  const connection = redisConnection(redisUrl)
  // A producer fails fast while Redis is away; a consumer waits for it.
  const queueOf = (queue: string) =>
    new RedisQueue(queue, { connection: { ...connection, enableOfflineQueue: false, maxRetriesPerRequest: 1 } })
  return {
    producer: queueOf,
    inspected: queueOf,
    consumer: (queue, handle, concurrency) =>
      new RedisWorker(queue, handle, {
        ...consumerOptions(concurrency),
        connection: { ...connection, maxRetriesPerRequest: null },
      }),
    relay: (name) => new Relay({ connection, name, namespace: 'aristobot', blockTimeout: 2000 }),
    close: () => Promise.resolve(),
  }
}

function postgresBackend(databaseUrl: string): Backend {
  const config = { connectionString: databaseUrl, schema: SCHEMA, keepAlive: true, Client: SteadyClient }
  // One small pool for all producers of the process; its type differs from BullMQ's view of pg in optional fields only.
  const producers = new pg.Pool({
    connectionString: databaseUrl,
    options: `-c search_path=${SCHEMA}`,
    max: 6,
    keepAlive: true,
    Client: SteadyClient,
  })
  producers.on('error', () => undefined)
  const queueOf = (queue: string) =>
    new postgres.Queue(queue, { connection: producers as unknown as PostgresConnectionOptions })
  return {
    producer: queueOf,
    // The same methods on another store: BullMQ's types tell the stores apart, its dashboard does not.
    inspected: (queue) => queueOf(queue) as unknown as RedisQueue,
    consumer: (queue, handle, concurrency) =>
      new postgres.Worker(queue, handle, { ...consumerOptions(concurrency), connection: { ...config, max: 4 } }),
    relay: (name) =>
      new Relay({
        connection: { ...config, max: 3 },
        name,
        namespace: 'aristobot',
        blockTimeout: 2000,
        backend: createPostgresRelayBackend,
      }),
    close: () => producers.end(),
  }
}

export const createBackend = ({ databaseUrl, redisUrl }: BusConnection): Backend =>
  redisUrl === undefined ? postgresBackend(databaseUrl) : redisBackend(redisUrl)

/** Brings BullMQ's own schema in PostgreSQL up to date; nothing to do on Redis. Runs before any daemon starts. */
export async function migrateBus({ databaseUrl, redisUrl }: BusConnection): Promise<void> {
  if (redisUrl !== undefined) return
  const queue = new postgres.Queue('migration', {
    connection: { connectionString: databaseUrl, schema: SCHEMA, migrate: true },
  })
  try {
    await queue.waitUntilReady()
  } finally {
    await queue.close()
  }
}
