import type { Bus } from '@/lib/bus/bus'
import { findUntakenOrders } from '@/lib/db/order-repository'
import { findUntakenWebhooks } from '@/lib/db/webhook-repository'

// The database's own notification wakes whoever has work within a millisecond. Where nobody heard it, the work goes on the
// queue: a job on PostgreSQL costs more than the work itself, and one in a thousand needs it.

const UNTAKEN_AFTER_MS = 1000

interface Kind {
  untaken(ids: string[]): Promise<string[]>
  publish(bus: Bus, id: string): Promise<void>
}

const KINDS = {
  webhook: {
    untaken: findUntakenWebhooks,
    publish: (bus, webhookId) =>
      bus.publish(
        'webhook.received',
        { webhookId, correlationId: `webhook-${webhookId}` },
        { jobId: `webhook-${webhookId}` },
      ),
  },
  order: {
    untaken: findUntakenOrders,
    publish: (bus, clientOrderId) => bus.publish('order.submit', { clientOrderId }, { jobId: clientOrderId }),
  },
} as const satisfies Record<string, Kind>
type Subject = keyof typeof KINDS

const gathered = new WeakMap<Bus, Map<Subject, string[]>>()

/** Puts a webhook or an order on its queue unless somebody has taken it within a second. Never throws. */
export function queueUnlessTaken(bus: Bus, subject: Subject, id: string): void {
  const bySubject = gathered.get(bus) ?? new Map<Subject, string[]>()
  gathered.set(bus, bySubject)
  const ids = bySubject.get(subject)
  if (ids !== undefined) {
    ids.push(id)
    return
  }
  bySubject.set(subject, [id])
  // A process that ends before then leaves its rows to the sweepers.
  setTimeout(() => {
    const due = bySubject.get(subject) ?? []
    bySubject.delete(subject)
    queueUntaken(bus, subject, due).catch(() => undefined)
  }, UNTAKEN_AFTER_MS).unref()
}

async function queueUntaken(bus: Bus, subject: Subject, ids: string[]): Promise<void> {
  const { untaken, publish } = KINDS[subject]
  for (const id of await untaken(ids)) await publish(bus, id)
}
