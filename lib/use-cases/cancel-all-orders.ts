import type { Bus } from '@/lib/bus/bus'
import { findBroker } from '@/lib/db/broker-repository'
import { findLiveOfBroker } from '@/lib/db/order-repository'
import type { Clock } from '@/lib/platform/clock'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'
import { cancelOrder } from '@/lib/use-cases/cancel-order'

/** Each pair is a call of its own at the exchange. */
const TIMEOUT_MS = 60_000

export interface CancelAllDesk {
  bus: Bus
  gateway: GatewayCaller
  clock: Clock
}

/** Which orders: of one pair or of all; with those that were placed elsewhere, or without. */
export interface CancelAllScope {
  symbol?: string | undefined
  isForeignIncluded: boolean
}

export interface CanceledAll {
  /** Orders of the journal whose end was asked for. */
  asked: number
  /** Orders that rested at the exchange and were canceled there, by pair. Of those asked for alone nothing is told here. */
  atExchange: number
}

/**
 * Ends every live order of a broker. The journal comes first: each of its orders is marked, those never sent are withdrawn on
 * the spot, and the others go the way of every single cancel, which survives any crash. Orders placed elsewhere are canceled
 * with one command a pair, when they are meant too. Doing it twice is harmless.
 */
export async function cancelAllOrders(
  desk: CancelAllDesk,
  brokerId: string,
  { symbol, isForeignIncluded }: CancelAllScope,
): Promise<CanceledAll> {
  const live = (await findLiveOfBroker(brokerId)).filter(
    (order) => (symbol === undefined || order.symbol === symbol) && (isForeignIncluded || order.source !== 'EXTERNAL'),
  )
  let asked = 0
  for (const { clientOrderId } of live) if (await cancelOrder(desk.bus, clientOrderId, desk.clock())) asked += 1
  if (!isForeignIncluded) return { asked, atExchange: 0 }
  const request = symbol === undefined ? {} : { symbol }
  const canceled = await desk.gateway.call(brokerId, 'cancel_all', request, TIMEOUT_MS)
  return { asked, atExchange: canceled.length }
}

/** The same for a signed-in user; null when the broker is not the user's. */
export async function cancelAllOfUser(
  desk: CancelAllDesk,
  userId: string,
  brokerId: string,
  scope: CancelAllScope,
): Promise<CanceledAll | null> {
  const broker = await findBroker(brokerId)
  return broker?.userId === userId ? cancelAllOrders(desk, brokerId, scope) : null
}
