import type { Bus } from '@/lib/bus/bus'
import { isNativeGroup } from '@/lib/db/order-group-repository'
import { changeOrder, lockOrder } from '@/lib/db/order-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import { isClosed } from '@/lib/domain/order/status'
import type { EpochMs } from '@/lib/domain/market/timeframe'

/**
 * Asks for the end of an order. One that was never sent is withdrawn on the spot; a live one is canceled by the gateway.
 * Returns false when the order is unknown or closed already. `confirm` looks, in the same transaction, whether the reason to
 * cancel still stands; what it throws leaves the order alone. It comes first, as it may lock the position: whoever locks both
 * takes the position before its orders (lockReported).
 */
export async function cancelOrder(
  bus: Bus,
  clientOrderId: string,
  now: EpochMs,
  confirm?: (tx: Queryable) => Promise<void>,
): Promise<boolean> {
  const found = await inTransaction(async (tx) => {
    await confirm?.(tx)
    const order = await lockOrder(tx, clientOrderId)
    if (order === null || isClosed(order.status)) return 'NONE'
    // Of a list at the exchange no leg is withdrawn alone: it is sent with the other, or not at all.
    const isAlone = order.groupId === undefined || !(await isNativeGroup(tx, order.groupId))
    if (order.status === 'INITIALIZED' && isAlone) {
      await changeOrder(tx, order, { kind: 'CANCEL', to: 'CANCELED', isClosed: true, isCancelRequested: true }, now)
      return 'WITHDRAWN'
    }
    if (order.cancelRequestedAt === undefined)
      await changeOrder(tx, order, { kind: 'CANCEL_ASKED', to: order.status, isCancelRequested: true }, now)
    return 'LIVE'
  })
  if (found === 'LIVE') await bus.publish('order.cancel', { clientOrderId }).catch(() => undefined)
  return found !== 'NONE'
}
