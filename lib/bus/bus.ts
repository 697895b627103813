import {
  type Backend,
  type BusConnection,
  type Consumer,
  createBackend,
  type Producer,
  type ReceivedJob,
} from '@/lib/bus/backend'
import {
  JOBS,
  type JobName,
  type JobPayload,
  type QueueName,
  type TopicName,
  type TopicPayload,
} from '@/lib/bus/messages'
import { createAnnouncer } from '@/lib/bus/announcer'
import { sleep } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'

/** A message that does not fit its schema, as it came. */
export interface RejectedJob {
  queue: string
  name: string
  payload: string
  reason: string
}

export interface BusOptions extends BusConnection {
  /** Name of this process, shown by dashboards. */
  name: string
  log: Logger
  /** Keeps a misfit aside. Called instead of the handler; its failure is logged. */
  onRejected: (job: RejectedJob) => Promise<void>
}

type JobHandlers<Q extends QueueName> = {
  [J in JobName as Q extends (typeof JOBS)[J]['queues'][number] ? J : never]?: (payload: JobPayload<J>) => Promise<void>
}

export interface Bus {
  /**
   * Puts a job on its queues. `jobId` makes it deterministic: while a job of that id is known it is not added again.
   * Throws when the message does not fit its schema or the back end is away; callers whose row is the truth may ignore that.
   */
  publish<J extends JobName>(
    name: J,
    payload: JobPayload<J>,
    options?: { jobId?: string; delayMs?: number },
  ): Promise<void>
  /** Handles the jobs of a queue, `concurrency` at once. A handler that throws is retried as the job's declaration says. */
  consume<Q extends QueueName>(queue: Q, handlers: JobHandlers<Q>, concurrency?: number): Promise<void>
  /** Tells whoever listens. Never throws: nothing may depend on an announcement. */
  announce<T extends TopicName>(topic: T, payload: TopicPayload<T>): Promise<void>
  subscribe<T extends TopicName>(topic: T, listener: (payload: TopicPayload<T>) => void): void
  /** Takes no more jobs and waits for those under way; a back end that does not answer is not waited for. */
  drain(): Promise<void>
  close(): Promise<void>
}

const KEEP = { removeOnComplete: { count: 500 }, removeOnFail: { count: 1000 } }
const LOG_PAUSE_MS = 5000
/** A back end that is away would be waited for without end; what it was not told is done again when its lock runs out. */
const LET_GO_MS = 2000

/** Logs a connection's errors, but not the same storm a hundred times a second while the back end is away. */
function quietErrors(log: Logger, what: string): (error: Error) => void {
  let last = 0
  return (error) => {
    const now = performance.now()
    if (now - last < LOG_PAUSE_MS && last !== 0) return
    last = now
    log.warn({ what, reason: error.message }, 'bus connection error')
  }
}

export function createBus(options: BusOptions): Bus {
  const { log } = options
  const backend: Backend = createBackend(options)
  const producers = new Map<string, Producer>()
  const consumers: Consumer[] = []
  const underWay = new Set<Promise<void>>()
  const announcer = createAnnouncer(() => backend.relay(options.name), log)

  const producerOf = (queue: string): Producer => {
    const known = producers.get(queue)
    if (known) return known
    const producer = backend.producer(queue)
    producer.on('error', quietErrors(log, `producer ${queue}`))
    producers.set(queue, producer)
    return producer
  }

  async function reject(queue: string, job: ReceivedJob, reason: string): Promise<void> {
    log.error({ queue, job: job.name, jobId: job.id, reason }, 'message rejected')
    const payload = job.data === undefined ? 'undefined' : JSON.stringify(job.data)
    await options
      .onRejected({ queue, name: job.name, payload: payload.slice(0, 100_000), reason })
      .catch((error: unknown) => {
        log.error({ error, queue, payload: payload.slice(0, 1000) }, 'rejected message could not be kept')
      })
  }

  /** Waits for the jobs under way, however long they take, and then for the back end, but not for long. */
  async function letGo(closing: Promise<unknown>): Promise<void> {
    const answered = new AbortController()
    closing
      .catch((error: unknown) => log.warn({ error }, 'the queues could not be closed'))
      .finally(() => answered.abort())
    do {
      await Promise.allSettled(underWay)
      await sleep(LET_GO_MS, answered.signal)
    } while (underWay.size > 0)
    if (!answered.signal.aborted) log.warn('the queues did not answer: not waited for')
  }
  const closeConsumers = (): Promise<unknown> =>
    Promise.allSettled(consumers.splice(0).map((consumer) => consumer.close()))

  async function closeAll(): Promise<void> {
    await closeConsumers()
    await Promise.allSettled([...producers.values()].map((producer) => producer.close()))
    await announcer.close()
    await backend.close()
  }

  return {
    async publish(name, payload, { jobId, delayMs } = {}) {
      const declared = JOBS[name]
      const data: unknown = declared.schema.parse(payload)
      const settings = {
        ...KEEP,
        attempts: declared.attempts,
        backoff: { type: 'exponential' as const, delay: 500 },
        ...(jobId === undefined ? {} : { jobId }),
        ...(delayMs === undefined ? {} : { delay: delayMs }),
      }
      await Promise.all(declared.queues.map((queue) => producerOf(queue).add(name, data, settings)))
    },

    async consume(queue, handlers, concurrency = 1) {
      const table = new Map<string, (payload: never) => Promise<void>>(Object.entries(handlers))
      const consumer = backend.consumer(
        queue,
        async (job) => {
          const handle = table.get(job.name)
          const declared = Object.hasOwn(JOBS, job.name) ? JOBS[job.name as JobName] : undefined
          if (handle === undefined || declared === undefined)
            return reject(queue, job, `no handler for job ${job.name}`)
          const parsed = declared.schema.safeParse(job.data)
          if (!parsed.success) return reject(queue, job, parsed.error.message)
          const handling = Promise.resolve(parsed.data as never).then(handle)
          underWay.add(handling)
          try {
            await handling
          } catch (error) {
            log.error({ error, queue, job: job.name, jobId: job.id }, 'job failed')
            throw error
          } finally {
            underWay.delete(handling)
          }
        },
        concurrency,
      )
      consumer.on('error', quietErrors(log, `consumer ${queue}`))
      consumers.push(consumer)
      await consumer.waitUntilReady()
    },

    announce: (topic, payload) => announcer.announce(topic, payload),
    subscribe: (topic, listener) => announcer.subscribe(topic, listener),

    drain: () => letGo(closeConsumers()),
    close: () => letGo(closeAll()),
  }
}
