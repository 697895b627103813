import { type Gateway, takeReport } from '@/daemons/gateway/commands'
import { listOf, lookUp, referenceOf } from '@/daemons/gateway/look-up'
import { queueFailedOrderAlert } from '@/lib/db/alert-outbox-repository'
import { changeOrder, lockOrder } from '@/lib/db/order-repository'
import { inTransaction } from '@/lib/db/transaction'
import { isStray, type JournaledOrder } from '@/lib/domain/order/journal'

const REASON = 'The order arrived after it was given up: it is canceled at the exchange.'

/** Writes down that the order is about to be canceled, and tells its user, once. */
async function noteStray({ clock }: Gateway, { clientOrderId }: JournaledOrder): Promise<void> {
  await inTransaction(async (tx) => {
    const order = await lockOrder(tx, clientOrderId)
    if (order === null) return
    const { status, cancelRequestedAt } = order
    const noted = { kind: 'CANCEL_ASKED', to: status, isCancelRequested: true, detail: { message: REASON } }
    await changeOrder(tx, order, noted, clock())
    if (cancelRequestedAt !== undefined) return
    // That a position lacks its stop was told when the order was given up.
    const told = { ...order, purpose: 'OTHER' as const }
    await queueFailedOrderAlert(tx, told, { status, code: null, reason: REASON }, clock())
  })
}

/**
 * Cancels an order that is open at its exchange although the journal has its end: whoever reckons with the journal counts on
 * it being gone. What is executed of it is recorded.
 */
export async function endStray(gateway: Gateway, order: JournaledOrder): Promise<void> {
  const access = await gateway.desk.open(order.brokerId)
  const report = await lookUp(access, order)
  if (report === null || !isStray(order, report)) return
  gateway.log.error({ clientOrderId: order.clientOrderId }, 'an order that was given up is open: it is canceled')
  await noteStray(gateway, order)
  const list = await listOf(order)
  if (list === null) {
    const canceled = await access.client.cancelOrder(access.credentials, referenceOf(order))
    return takeReport(gateway, access, order, canceled)
  }
  const { orders } = await access.client.cancelOrderList(access.credentials, list.reference)
  for (const leg of list.legs) {
    const said = orders.find(({ clientOrderId }) => clientOrderId === leg.clientOrderId)
    if (said !== undefined) await takeReport(gateway, access, leg, said)
  }
}
