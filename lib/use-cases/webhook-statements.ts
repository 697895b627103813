import { refusedBy } from '@/lib/db/transaction'
import { placeForWebhooks } from '@/lib/db/webhook-order-repository'
import { readWaitingWebhooks, type WaitingWebhook } from '@/lib/db/webhook-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { OrderDraft } from '@/lib/domain/order/journal'
import { createGatherer } from '@/lib/platform/gather'

// The statements between a webhook and its order. Those of a burst go together: each costs the database more than the
// rows that it reads or writes.

/** An order by webhook, and when it was decided. */
type WebhookOrder = OrderDraft & { webhookId: string }

interface LookedUp {
  /** Null when nothing is to be done about it any more. */
  webhook: WaitingWebhook | null
  /** When the look began (performance.now()). */
  lookedAt: number
}

export interface WebhookStatements {
  read(webhookId: string): Promise<LookedUp>
  /**
   * See placeForWebhooks. Orders of one account that are given at once are written together. Given in another order than that
   * of their webhooks, none of them is written (false): their sizes were taken from the funds in the wrong order.
   */
  place(order: WebhookOrder, now: EpochMs): Promise<boolean>
}

const MOST_AT_ONCE = 50

async function read(ids: string[]): Promise<LookedUp[]> {
  const lookedAt = performance.now()
  const found = new Map((await readWaitingWebhooks([...new Set(ids)])).map((webhook) => [webhook.id, webhook]))
  return ids.map((id) => ({ webhook: found.get(id) ?? null, lookedAt }))
}

const isInOrderOfArrival = (orders: WebhookOrder[]): boolean =>
  orders.every((order, n) => n === 0 || BigInt(orders[n - 1]?.webhookId ?? 0) < BigInt(order.webhookId))

async function place(orders: { order: WebhookOrder; now: EpochMs }[]): Promise<boolean[]> {
  const drafts = orders.map(({ order }) => order)
  if (!isInOrderOfArrival(drafts)) return orders.map(() => false)
  const now = Math.max(...orders.map((each) => each.now))
  try {
    const isPlaced = await placeForWebhooks(drafts, now)
    return orders.map(() => isPlaced)
  } catch (error) {
    // The database refuses one of them: the others must not fail with it.
    if (orders.length === 1 || refusedBy(error) === null) throw error
    const placed: boolean[] = []
    for (const draft of drafts)
      placed.push(
        await placeForWebhooks([draft], now).catch((failure: unknown) => {
          if (refusedBy(failure) === null) throw failure
          return false
        }),
      )
    return placed
  }
}

export function createWebhookStatements(): WebhookStatements {
  const reading = createGatherer<string, LookedUp>((_key, ids) => read(ids), MOST_AT_ONCE)
  const placing = createGatherer<{ order: WebhookOrder; now: EpochMs }, boolean>(
    (_brokerId, orders) => place(orders),
    MOST_AT_ONCE,
  )
  return {
    read: (webhookId) => reading.add('webhooks', webhookId),
    place: (order, now) => placing.add(order.brokerId, { order, now }),
  }
}
