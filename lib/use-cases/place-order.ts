import type { Bus } from '@/lib/bus/bus'
import { insertOrderGroup, type OrderGroup } from '@/lib/db/order-group-repository'
import { insertOrders } from '@/lib/db/order-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import { queueUnlessTaken } from '@/lib/use-cases/late-wake'
import type { OrderDraft } from '@/lib/domain/order/journal'
import type { EpochMs } from '@/lib/domain/market/timeframe'

export interface PlaceContext {
  bus: Bus
  now: EpochMs
}

/**
 * Writes an intent into the journal; its commit wakes the gateway. `alongside` writes what belongs to the same decision, in the
 * same transaction. A lost wake-up delays the order by a few seconds: the gateway sweeps for intents nobody took.
 */
export async function placeOrder(
  context: PlaceContext,
  draft: OrderDraft,
  alongside?: (tx: Queryable) => Promise<void>,
): Promise<void> {
  await inTransaction(async (tx) => {
    await insertOrders(tx, [draft], context.now)
    await alongside?.(tx)
  })
  queueUnlessTaken(context.bus, 'order', draft.clientOrderId)
}

/** The same for orders that depend on each other. Of an emulated group each order goes its own way. */
export async function placeOrderGroup(
  context: PlaceContext,
  group: OrderGroup,
  drafts: OrderDraft[],
  alongside?: (tx: Queryable) => Promise<void>,
): Promise<void> {
  await inTransaction(async (tx) => {
    await insertOrderGroup(tx, group, drafts, context.now)
    await alongside?.(tx)
  })
  if (group.isEmulated) for (const draft of drafts) queueUnlessTaken(context.bus, 'order', draft.clientOrderId)
  else
    await context.bus
      .publish(
        'order-group.submit',
        { groupId: group.id, correlationId: drafts[0]?.correlationId },
        { jobId: group.id },
      )
      .catch(() => undefined)
}
