import { z } from 'zod'
import type { RelayNode } from '@/lib/bus/backend'
import { TOPICS, type TopicName, type TopicPayload } from '@/lib/bus/messages'
import { sleep } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'

type Listener = (payload: never) => void

export interface Announcer {
  announce<T extends TopicName>(topic: T, payload: TopicPayload<T>): Promise<void>
  subscribe<T extends TopicName>(topic: T, listener: (payload: TopicPayload<T>) => void): void
  close(): Promise<void>
}

const RETRY_MS = 1000
/** A message costs many times what it carries: the first leaves at once, what comes shortly after it goes together. */
const MOST_AT_ONCE = 100
const GATHER_MS = 50

/** The relay node of this process: made at first use, made again when its start failed, subscriptions kept throughout. */
export function createAnnouncer(open: () => RelayNode, log: Logger): Announcer {
  const listeners = new Map<TopicName, Listener[]>()
  const attached = new WeakMap<RelayNode, Set<TopicName>>()
  const gathering = new Map<TopicName, unknown[]>()
  let node: Promise<RelayNode> | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function start(): Promise<RelayNode> {
    const relay = open()
    relay.on('error', (error) => log.debug({ reason: error.message }, 'relay error'))
    try {
      await relay.waitUntilReady()
      for (const topic of listeners.keys()) await attach(relay, topic)
      return relay
    } catch (error) {
      node = undefined
      await relay.close().catch(() => undefined)
      if (!isClosed && listeners.size > 0)
        timer ??= setTimeout(() => {
          timer = undefined
          connect().catch(() => undefined)
        }, RETRY_MS)
      throw error
    }
  }

  const connect = (): Promise<RelayNode> => (node ??= start())

  async function attach(relay: RelayNode, topic: TopicName): Promise<void> {
    const topics = attached.get(relay) ?? new Set()
    attached.set(relay, topics)
    if (topics.has(topic)) return
    topics.add(topic)
    await relay.subscribe(topic, (message) => {
      const parsed = z.array(TOPICS[topic]).safeParse(message.data)
      if (!parsed.success) {
        log.warn({ topic, reason: parsed.error.message }, 'announcement rejected')
        return
      }
      for (const payload of parsed.data) for (const listener of listeners.get(topic) ?? []) listener(payload as never)
    })
  }

  async function publish(topic: TopicName, payloads: unknown[]): Promise<void> {
    try {
      await (await connect()).publish(topic, payloads)
    } catch (error) {
      log.debug({ topic, reason: error instanceof Error ? error.message : String(error) }, 'announcement not sent')
    }
  }

  /** Sends in one message what gathers for a topic, and goes on until nothing does. */
  async function sendGathered(topic: TopicName, gathered: unknown[]): Promise<void> {
    for (;;) {
      await sleep(GATHER_MS)
      if (gathered.length === 0) break
      await publish(topic, gathered.splice(0, MOST_AT_ONCE))
    }
    gathering.delete(topic)
  }

  return {
    async announce(topic, payload) {
      if (isClosed) return
      const parsed = TOPICS[topic].safeParse(payload)
      if (!parsed.success) {
        log.debug({ topic, reason: parsed.error.message }, 'announcement not sent')
        return
      }
      const gathered = gathering.get(topic)
      if (gathered !== undefined) {
        gathered.push(parsed.data)
        return
      }
      const first: unknown[] = [parsed.data]
      gathering.set(topic, first)
      await sendGathered(topic, first)
    },

    subscribe(topic, listener) {
      const known = listeners.get(topic)
      if (known) {
        known.push(listener)
        return
      }
      listeners.set(topic, [listener])
      // Before the node runs, start() attaches every topic; afterwards this one is attached alone.
      const running = node
      if (running === undefined) connect().catch(() => undefined)
      else running.then((relay) => attach(relay, topic)).catch(() => undefined)
    },

    async close() {
      isClosed = true
      clearTimeout(timer)
      const running = await node?.catch(() => undefined)
      await running?.close().catch(() => undefined)
    },
  }
}
