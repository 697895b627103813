import type { Queue } from 'bullmq'
import { type BusConnection, createBackend } from '@/lib/bus/backend'
import { QUEUE_NAMES } from '@/lib/bus/messages'
import type { Logger } from '@/lib/platform/logger'

/** Every queue of the house, for the dashboard: nothing is consumed here. Connects at the first question. */
export function openInspectedQueues(connection: BusConnection, log: Logger): Queue[] {
  const backend = createBackend(connection)
  return QUEUE_NAMES.map((name) => {
    const queue = backend.inspected(name)
    queue.on('error', (error) => log.debug({ queue: name, reason: error.message }, 'queue connection error'))
    return queue
  })
}
