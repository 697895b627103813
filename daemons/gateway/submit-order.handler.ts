import { asTradingError, type Gateway, settleFailedSubmit, takeReport } from '@/daemons/gateway/commands'
import { listSenderOf } from '@/daemons/gateway/order-list'
import { crashPoint } from '@/daemons/runtime/crash-point'
import { findGroup, setGroupListId } from '@/lib/db/order-group-repository'
import { claimForSubmit } from '@/lib/db/order-repository'
import { sentForm } from '@/lib/domain/order/emulation'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import { type Clock, sleep } from '@/lib/platform/clock'
import { createGatherer } from '@/lib/platform/gather'

const MOST_CLAIMS = 50

/** Takes orders for sending, those of a burst together; null for one that must not be sent. */
export const createClaimLine = (clock: Clock): Gateway['claims'] =>
  createGatherer(async (_key, clientOrderIds) => {
    const claimed = await claimForSubmit({ clientOrderIds }, clock())
    const byId = new Map(claimed.map((order) => [order.clientOrderId, order]))
    return clientOrderIds.map((id) => {
      const order = byId.get(id) ?? null
      // Asked for twice at once: it is sent once.
      byId.delete(id)
      return order
    })
  }, MOST_CLAIMS)

/**
 * Sends one journaled order. The claim makes sure that it is sent at most once: whoever comes second finds it taken. When
 * the answer is lost or the process dies after the claim, the order stays SUBMITTED until reconciliation has asked for it.
 */
export async function submitOrder(gateway: Gateway, clientOrderId: string): Promise<void> {
  crashPoint('submit.taken')
  const order = await gateway.claims.add('orders', clientOrderId)
  if (order === null) return
  await underWay(gateway, [order], 'submit', async () => {
    crashPoint('submit.claimed')
    const { access, instrument } = await prepare(gateway, order.brokerId, order.symbol)
    const report = await access.client.createOrder(access.credentials, sentForm(order), instrument)
    crashPoint('submit.sent')
    return () => takeReport(gateway, access, order, report)
  })
}

/** Sends orders that depend on each other as one list, under the same rules. */
export async function submitOrderGroup(gateway: Gateway, groupId: string): Promise<void> {
  crashPoint('submit-group.taken')
  const legs = await claimForSubmit({ groupId }, gateway.clock())
  if (legs.length === 0) return
  await underWay(gateway, legs, 'submit-group', async () => {
    crashPoint('submit-group.claimed')
    const send = listSenderOf(groupId, (await findGroup(groupId))?.kind ?? 'OCO', legs)
    const { access, instrument } = await prepare(gateway, send.brokerId, send.symbol)
    const list = await send.to(access, instrument)
    crashPoint('submit-group.sent')
    return async () => {
      await setGroupListId(groupId, list.exchangeListId)
      crashPoint('submit-group.listed')
      for (const leg of legs) {
        const report = list.orders.find((order) => order.clientOrderId === leg.clientOrderId)
        if (report) await takeReport(gateway, access, leg, report)
      }
    }
  })
}

/** Keys and market rules. Whatever fails here, the exchange has heard nothing: the order may be sent in a moment. */
async function prepare(gateway: Gateway, brokerId: string, symbol: string) {
  try {
    const access = await gateway.desk.open(brokerId)
    return { access, instrument: await gateway.desk.instrument(access, symbol) }
  } catch (error) {
    if (error instanceof TradingError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new TradingError('EXCHANGE_UNAVAILABLE', `Nothing was sent: ${reason}`, {
      outcome: 'NOT_SENT',
      isRetryable: true,
      cause: error,
    })
  }
}

const SETTLE_AGAIN_AFTER_MS = 1000
const SETTLE_TRIES = 10

/** What is known for certain is written down also when the database is away for a moment: afterwards nobody knows it. */
async function settle(gateway: Gateway, orders: JournaledOrder[], failure: TradingError): Promise<void> {
  for (let left = SETTLE_TRIES; ; left--)
    try {
      await settleFailedSubmit(gateway, orders, failure)
      return
    } catch (error) {
      if (left <= 1) throw error
      await sleep(SETTLE_AGAIN_AFTER_MS)
    }
}

/** Runs the send and then the recording. A failure while recording is not a failure of the order: reconciliation repeats it. */
async function underWay(
  gateway: Gateway,
  orders: JournaledOrder[],
  what: 'submit' | 'submit-group',
  send: () => Promise<() => Promise<void>>,
): Promise<void> {
  for (const order of orders) gateway.underWay.add(order.clientOrderId)
  try {
    let record: () => Promise<void>
    try {
      record = await send()
    } catch (error) {
      await settle(gateway, orders, asTradingError(error))
      return
    }
    await record()
    crashPoint(`${what}.recorded`)
  } catch (error) {
    gateway.log.error(
      { error, orders: orders.map((order) => order.clientOrderId) },
      'the answer could not be recorded yet',
    )
  } finally {
    for (const order of orders) gateway.underWay.delete(order.clientOrderId)
  }
}
