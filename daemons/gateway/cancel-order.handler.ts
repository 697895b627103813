import { asTradingError, type Gateway, takeReport } from '@/daemons/gateway/commands'
import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import { listOf, lookUp, referenceOf } from '@/daemons/gateway/look-up'
import { endStray } from '@/daemons/gateway/end-stray'
import { crashPoint } from '@/daemons/runtime/crash-point'
import { adoptTerms } from '@/lib/db/order-change-repository'
import { changeOrder, findOrder, lockOrder } from '@/lib/db/order-repository'
import { inTransaction } from '@/lib/db/transaction'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import { isInFlight, isLive } from '@/lib/domain/order/status'
import { nextStatus } from '@/lib/domain/order/transitions'
import { recordFailure } from '@/lib/use-cases/record-report'

/** Marks the order as being canceled; null when there is nothing to cancel at the exchange (yet). */
async function claimForCancel(gateway: Gateway, clientOrderId: string): Promise<JournaledOrder | null> {
  return inTransaction(async (tx) => {
    const order = await lockOrder(tx, clientOrderId)
    const to = order && nextStatus(order.status, 'REQUEST_CANCEL')
    if (order === null || to === null) return null
    await changeOrder(tx, order, { kind: 'REQUEST_CANCEL', to, isCancelRequested: true }, gateway.clock())
    return { ...order, status: to }
  })
}

/**
 * Cancels an order at the exchange, with its whole list when it belongs to one. An order still being sent is canceled once
 * its fate is known: reconciliation and the next sweep come back to it. Canceling twice is harmless at the exchange. One
 * that has ended in the journal is canceled when the exchange shows it open.
 */
export async function cancelAtExchange(gateway: Gateway, clientOrderId: string): Promise<void> {
  crashPoint('cancel.taken')
  const known = await findOrder(clientOrderId)
  if (known === null) return
  // Both legs of a list are asked for one after the other: the first takes the second with it.
  const subject = known.groupId ?? clientOrderId
  if (gateway.underWay.has(subject)) return
  gateway.underWay.add(subject)
  try {
    if (isLive(known.status)) await cancelClaimed(gateway, clientOrderId)
    else await endStray(gateway, known)
  } finally {
    gateway.underWay.delete(subject)
  }
}

async function cancelClaimed(gateway: Gateway, clientOrderId: string): Promise<void> {
  const order = await claimForCancel(gateway, clientOrderId)
  if (order === null) return
  crashPoint('cancel.claimed')
  const access = await gateway.desk.open(order.brokerId)
  const list = await listOf(order)
  const legs = list?.legs ?? [order]
  for (const leg of legs) gateway.underWay.add(leg.clientOrderId)
  try {
    if (list === null) {
      const report = await access.client.cancelOrder(access.credentials, referenceOf(order))
      crashPoint('cancel.sent')
      await takeReport(gateway, access, order, report)
    } else {
      await access.client.cancelOrderList(access.credentials, list.reference)
      crashPoint('cancel.sent')
      for (const leg of legs) await askAbout(gateway, access, leg)
    }
    crashPoint('cancel.recorded')
  } catch (error) {
    const failure = asTradingError(error)
    gateway.log.warn(
      { clientOrderId, code: failure.code, outcome: failure.outcome, reason: failure.message },
      'cancel failed',
    )
    // It may have been executed in the meantime, or never have rested there: what the exchange says now is the truth.
    if (failure.outcome === 'NOT_SENT') return
    for (const leg of legs) {
      const isKnown = await askAbout(gateway, access, leg).catch(() => null)
      // The exchange's word that it canceled the order stands, though it may not show it any more.
      if (isKnown === false && failure.outcome === 'ACCEPTED' && list === null) await recordGone(gateway, leg)
    }
  } finally {
    for (const leg of legs) gateway.underWay.delete(leg.clientOrderId)
  }
}

/** Records that an order has ended of which the exchange does not tell any more. */
export async function recordGone({ bus, clock, funds }: Gateway, order: JournaledOrder): Promise<void> {
  const message = 'The exchange does not know the order any more.'
  const gone = { kind: 'CANCEL', code: 'UNKNOWN_ORDER', message, from: order.status } as const
  await recordFailure(bus, [order.clientOrderId], gone, clock())
  funds.moved(order.brokerId)
}

/** Records what the exchange says of an order now. False when it does not know it. */
export async function askAbout(gateway: Gateway, access: BrokerAccess, order: JournaledOrder): Promise<boolean> {
  const report = await lookUp(access, order)
  if (report === null) return false
  // A change in place whose answer was lost: the exchange tells what the order asks for now.
  if (order.status === 'PENDING_UPDATE') await adoptTerms(report, order.clientOrderId, gateway.clock())
  if (isLive(order.status) || isInFlight(order.status)) await takeReport(gateway, access, order, report)
  return true
}
