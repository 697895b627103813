import { findGroup } from '@/lib/db/order-group-repository'
import {
  findKeptOrders,
  markTriggered,
  releaseOrder,
  setTrailingPeak,
  watchAgain,
} from '@/lib/db/kept-order-repository'
import { findLegs } from '@/lib/db/order-repository'
import type { Amount } from '@/lib/domain/money/decimal'
import { isTriggered, keptStepOf, trailingPeakAt } from '@/lib/domain/order/emulation'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import { isClosed } from '@/lib/domain/order/status'
import type { SideBySide } from '@/lib/platform/side-by-side'
import type { RunEngine } from '@/lib/use-cases/run-engine'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { recordFailure } from '@/lib/use-cases/record-report'

// Emulated orders (GW-4): the engine keeps what an exchange does not have. Every look reads everything anew and takes the one
// next step of each order, so that a crash at any point is simply gone on from.

const SEND_WITHIN_MS = 30_000
/** One that could not be sent comes back from the gateway: so long it rests. */
const TRY_AGAIN_AFTER_MS = 3000

/**
 * Begins to look at every kept order once, market by market: one that fails delays no other, and one whose price still does
 * not come is left alone.
 */
export async function watchKeptOrders(engine: RunEngine, beside: SideBySide): Promise<void> {
  const kept = await findKeptOrders(engine.clock() - TRY_AGAIN_AFTER_MS)
  const markets = new Map<string, JournaledOrder[]>()
  for (const order of kept) {
    const key = `${order.brokerId} ${order.symbol}`
    markets.set(key, [...(markets.get(key) ?? []), order])
  }
  for (const [key, orders] of markets) beside.start(key, () => lookAtMarket(engine, orders))
}

async function lookAtMarket(engine: RunEngine, orders: JournaledOrder[]): Promise<void> {
  const [first] = orders
  if (first === undefined) return
  const { brokerId, symbol } = first
  try {
    const { lastPrice } = await engine.gateway.call(brokerId, 'get_ticker', { symbol })
    for (const order of orders) await look(engine, order, lastPrice)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    engine.log.warn({ brokerId, symbol, reason }, 'kept orders could not be looked at')
  }
}

async function look(engine: RunEngine, order: JournaledOrder, price: Amount): Promise<void> {
  const group = order.groupId === undefined ? null : await findGroup(order.groupId)
  const others = (group === null ? [] : await findLegs(group.id)).filter(
    ({ clientOrderId }) => clientOrderId !== order.clientOrderId,
  )
  if (isFailedReason(order, price)) return giveUpReason(engine, order)
  const step = keptStepOf(order, group?.kind ?? 'OCO', others)
  const isDueNow = step === 'WATCH' && (await isDue(engine, order, price))
  const next = isDueNow ? keptStepOf({ ...order, triggeredAt: engine.clock() }, group?.kind ?? 'OCO', others) : step
  const now = engine.clock()
  if (next === 'RELEASE') await releaseOrder(order.clientOrderId, now + SEND_WITHIN_MS, now)
  else if (next === 'WITHDRAW') await cancelOrder(engine.bus, order.clientOrderId, now)
  else if (next === 'CANCEL_OTHERS')
    // The funds are held by the other one until it is gone, and both must never execute.
    for (const other of others) if (!isClosed(other.status)) await cancelOrder(engine.bus, other.clientOrderId, now)
}

/** Whether an order that fired could not be sent, and would not fire at this price any more. */
const isFailedReason = (order: JournaledOrder, price: Amount): boolean =>
  order.errorCode !== undefined && order.triggeredAt !== undefined && !isTriggered(order, price)

/** It is watched again; of a pair whose other order was canceled for it, it fails: the position has no stop. */
async function giveUpReason({ bus, clock }: RunEngine, order: JournaledOrder): Promise<void> {
  const { clientOrderId, groupId, errorCode = '' } = order
  if (groupId === undefined) return watchAgain(clientOrderId)
  const message = 'The price left the trigger before the order could be sent.'
  await recordFailure(bus, [clientOrderId], { kind: 'DENY', code: errorCode, message, from: 'INITIALIZED' }, clock())
}

/** Whether the trigger is reached now. Moves the peak of a trailing stop on. */
async function isDue(engine: RunEngine, order: JournaledOrder, price: Amount): Promise<boolean> {
  const peak = trailingPeakAt(order, price)
  if (peak !== undefined && !(order.trailingPeak?.eq(peak) ?? false)) await setTrailingPeak(order.clientOrderId, peak)
  if (!isTriggered(peak === undefined ? order : { ...order, trailingPeak: peak }, price)) return false
  await markTriggered(order.clientOrderId, price, engine.clock())
  engine.log.info({ clientOrderId: order.clientOrderId, price: price.toFixed() }, 'kept order triggered')
  return true
}
