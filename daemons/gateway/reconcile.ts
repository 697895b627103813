import { cancelHeirs, changeAtExchange } from '@/daemons/gateway/change-order.handler'
import { askAbout, cancelAtExchange, recordGone } from '@/daemons/gateway/cancel-order.handler'
import type { Gateway } from '@/daemons/gateway/commands'
import { deleteOldCalls, findWaitingCalls } from '@/lib/db/gateway-call-repository'
import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import { keepAgain } from '@/lib/db/kept-order-repository'
import { listOf } from '@/daemons/gateway/look-up'
import { findWithChangeAsked } from '@/lib/db/order-change-repository'
import { findInFlight, findOrder, findUnsent, findWithCancelAsked } from '@/lib/db/order-repository'
import { sentForm } from '@/lib/domain/order/emulation'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import { recordFailure } from '@/lib/use-cases/record-report'

const SETTLE_MS = 1500
const LOST_WAKE_MS = 2000
const KEEP_CALLS_MS = 24 * 3_600_000

/**
 * Begins to ask the exchange about every order whose last command has no known answer, the accounts side by side: an exchange
 * that does not answer holds up nobody else's, now or at the next round. Nothing is ever sent again here.
 */
export async function reconcileInFlight(gateway: Gateway, settleMs = SETTLE_MS): Promise<void> {
  const orders = await findInFlight(gateway.clock() - settleMs)
  const ids = new Set(orders.map((order) => order.clientOrderId))
  for (const id of gateway.unknownSince.keys()) if (!ids.has(id)) gateway.unknownSince.delete(id)
  for (const [brokerId, own] of byBroker(orders))
    gateway.beside.start(`reconcile ${brokerId}`, () => reconcileAccount(gateway, own))
}

function byBroker(orders: JournaledOrder[]): Map<string, JournaledOrder[]> {
  const accounts = new Map<string, JournaledOrder[]>()
  for (const order of orders) accounts.set(order.brokerId, [...(accounts.get(order.brokerId) ?? []), order])
  return accounts
}

async function reconcileAccount(gateway: Gateway, orders: JournaledOrder[]): Promise<void> {
  for (const order of orders) {
    if (gateway.underWay.has(order.clientOrderId)) continue
    try {
      await reconcileOne(gateway, order)
    } catch (error) {
      gateway.log.warn(
        { clientOrderId: order.clientOrderId, reason: error instanceof Error ? error.message : String(error) },
        'still unknown',
      )
    }
  }
}

async function reconcileOne(gateway: Gateway, order: JournaledOrder): Promise<void> {
  const access = await gateway.desk.open(order.brokerId)
  const isKnown = await askAbout(gateway, access, order)
  if (isKnown) gateway.unknownSince.delete(order.clientOrderId)
  else if (order.status === 'SUBMITTED') await giveUp(gateway, order, patienceWith(access, order))
  else await endUnknown(gateway, order, patienceWith(access, order))
}

/** How long an order that the exchange does not know may be on its way to it. */
const patienceWith = ({ client, credentials }: BrokerAccess, order: JournaledOrder): number =>
  client.arrivesWithinMs(credentials.accountMode ?? null, sentForm(order).type)

/** An order that the exchange never knew is rejected once it cannot arrive any more. */
async function giveUp(gateway: Gateway, order: JournaledOrder, patienceMs: number): Promise<void> {
  const age = gateway.clock() - (order.submittedAt ?? order.createdAt)
  if (age < patienceMs) return
  const message = `The order never reached the exchange: it is unknown there after the time in which it could have arrived.${await fateOfReplaced(order)}`
  await recordFailure(
    gateway.bus,
    [order.clientOrderId],
    { kind: 'REJECT', code: 'UNKNOWN_ORDER', message, from: order.status },
    gateway.clock(),
  )
}

/**
 * An order that has rested at the exchange, and that it does not know any more, has ended there: not every exchange shows a
 * condition that was canceled. One look is not believed, as an order may be on its way from one list to another.
 */
async function endUnknown(gateway: Gateway, order: JournaledOrder, patienceMs: number): Promise<void> {
  const { clock, unknownSince } = gateway
  const { clientOrderId } = order
  const since = unknownSince.get(clientOrderId) ?? clock()
  unknownSince.set(clientOrderId, since)
  if (clock() - since < patienceMs) return
  await recordGone(gateway, order)
  unknownSince.delete(clientOrderId)
}

/** What became of the order whose place this one was to take; nothing where there is none, or it is open still. */
async function fateOfReplaced({ replacesId }: JournaledOrder): Promise<string> {
  const replaced = replacesId === undefined ? null : await findOrder(replacesId)
  return replaced?.status === 'CANCELED' ? ' The order that it was to replace is canceled: neither is open.' : ''
}

/** Wakes what a lost message left lying: unsent intents, cancels asked for, calls nobody took. Expired intents are denied. */
export async function sweep(gateway: Gateway): Promise<void> {
  const { bus, clock } = gateway
  const now = clock()
  const groups = new Set<string>()
  for (const order of await findUnsent(now - LOST_WAKE_MS)) {
    if (order.sendBefore <= now || order.cancelRequestedAt !== undefined) {
      const isLate = order.sendBefore <= now
      const message = isLate ? 'The time in which the order could be sent was over.' : 'Withdrawn before it was sent.'
      const code = isLate ? 'TOO_LATE' : 'WITHDRAWN'
      if (!isLate || !(await keepAgain(order, { code, message }, now)))
        await recordFailure(bus, [order.clientOrderId], { kind: 'DENY', code, message }, now)
    } else if ((await listOf(order)) === null) await bus.publish('order.submit', { clientOrderId: order.clientOrderId })
    else if (order.groupId !== undefined) groups.add(order.groupId)
  }
  for (const groupId of groups) await bus.publish('order-group.submit', { groupId })
  await cancelHeirs(gateway)
  for (const [brokerId, own] of byBroker(await findWithCancelAsked(now - LOST_WAKE_MS)))
    gateway.beside.start(`cancel ${brokerId}`, async () => {
      for (const { clientOrderId } of own)
        if (!gateway.underWay.has(clientOrderId)) await cancelAtExchange(gateway, clientOrderId)
    })
  for (const clientOrderId of await findWithChangeAsked(now - LOST_WAKE_MS))
    gateway.beside.start(`change ${clientOrderId}`, () => changeAtExchange(gateway, clientOrderId))
  for (const callId of await findWaitingCalls(now - LOST_WAKE_MS, now)) await bus.publish('call.run', { callId })
  await deleteOldCalls(now - KEEP_CALLS_MS)
}
