import type { Bus } from '@/lib/bus/bus'
import { requestChange } from '@/lib/db/order-change-repository'
import { lockOrder } from '@/lib/db/order-repository'
import { inTransaction } from '@/lib/db/transaction'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { AmendRequest } from '@/lib/domain/order/order'
import { isOpen } from '@/lib/domain/order/status'

const refuse = (message: string): TradingError => new TradingError('BAD_REQUEST', message, { outcome: 'NOT_SENT' })

/**
 * Asks for a change of a resting order: in place where the exchange can, else by an order that takes its place. Written
 * before anything is sent, like every command.
 * @throws TradingError BAD_REQUEST, NOT_SENT: unknown, not resting, part of a list, or a price that its type does not have.
 */
export async function editOrder(bus: Bus, clientOrderId: string, change: AmendRequest, now: EpochMs): Promise<void> {
  await inTransaction(async (tx) => {
    const order = await lockOrder(tx, clientOrderId)
    if (order === null) throw refuse('There is no such order.')
    if (!isOpen(order.status) || order.cancelRequestedAt !== undefined)
      throw refuse('Only an order that rests at the exchange can be changed.')
    if (order.groupId !== undefined) throw refuse('An order of a list is not changed alone: cancel the list.')
    if (change.limitPrice && order.limitPrice === undefined) throw refuse(`A ${order.type} order has no limit price.`)
    if (change.stopPrice && order.stopPrice === undefined) throw refuse(`A ${order.type} order has no trigger price.`)
    if (change.quantity?.lte(order.filledQuantity)) throw refuse('More than that has been executed already.')
    await requestChange(tx, order, change, now)
  })
  await bus.publish('order.change', { clientOrderId }).catch(() => undefined)
}
