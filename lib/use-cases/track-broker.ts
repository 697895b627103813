import { queueFailedOrderAlert } from '@/lib/db/alert-outbox-repository'
import type { BrokerAccount } from '@/lib/db/broker-repository'
import { findUnvaluedFees } from '@/lib/db/fill-repository'
import { findSymbolsAmong } from '@/lib/db/instrument-repository'
import { findLiveOfBroker, findRecentSymbols, findSpokenOf } from '@/lib/db/order-repository'
import { findOpenPositions, markToMarket } from '@/lib/db/position-repository'
import { isStray, type JournaledOrder } from '@/lib/domain/order/journal'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import { isOpen } from '@/lib/domain/order/status'
import { adopt, contextOf, record } from '@/lib/use-cases/adopt-order'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { compareFills, RECENT_MS } from '@/lib/use-cases/compare-fills'
import { recordFeePrice } from '@/lib/use-cases/record-report'
import { type Totals, type TrackerDesk, Troubles } from '@/lib/use-cases/tracker-desk'

/** Fees that are valued in one look: each may take questions to the exchange and a fold of its position. */
const MOST_FEES = 20
/** Lists and look-ups may lag behind each other; an order is not missing from all of them for so long. */
const UNKNOWN_FOR_MS = 60_000

/** What the exchange holds open, against what the journal believes. */
async function compareOrders(desk: TrackerDesk, broker: BrokerAccount, troubles: Troubles): Promise<void> {
  // The journal is read first: an order that was placed in between is then simply unknown to this look.
  const live = await findLiveOfBroker(broker.id)
  const open = await desk.gateway.call(broker.id, 'open_orders', {})
  const known = await findSpokenOf(broker.id, open)
  for (const report of open) {
    const { exchangeOrderId } = report
    const order = known.get(report)
    await troubles.attempt({ brokerId: broker.id, exchangeOrderId }, async () => {
      if (order === undefined) return adopt(desk, broker, report)
      // Given up, and open after all: the gateway cancels it when it is so still.
      if (isStray(order, report)) await desk.bus.publish('order.cancel', { clientOrderId: order.clientOrderId })
      await record(desk, broker, order, report)
    })
  }
  for (const order of live) {
    const { symbol, clientOrderId } = order
    if (!isOpen(order.status) || open.some((report) => isStill(order, report))) {
      desk.unknownSince.delete(clientOrderId)
      continue
    }
    await troubles.attempt({ brokerId: broker.id, clientOrderId }, async () => {
      const report = await desk.gateway.call(broker.id, 'get_order', { symbol, clientOrderId })
      if (report === null) return endUnknown(desk, order)
      desk.unknownSince.delete(clientOrderId)
      await record(desk, broker, order, report)
    })
  }
}

/**
 * An order that should rest at its exchange, and is not known there for long, is asked to end: whatever may be left of it goes,
 * and nobody counts on a stop that is not there. Its user is told.
 */
async function endUnknown({ bus, clock, unknownSince }: TrackerDesk, order: JournaledOrder): Promise<void> {
  const { clientOrderId, cancelRequestedAt } = order
  if (cancelRequestedAt !== undefined) return
  const now = clock()
  const since = unknownSince.get(clientOrderId) ?? now
  unknownSince.set(clientOrderId, since)
  if (now - since < UNKNOWN_FOR_MS) return
  const failure = {
    status: 'CANCELED',
    code: 'UNKNOWN_ORDER',
    reason: 'The exchange does not know the order any more.',
  }
  await cancelOrder(bus, clientOrderId, now, (tx) => queueFailedOrderAlert(tx, order, failure, now))
  unknownSince.delete(clientOrderId)
}

const isStill = (order: JournaledOrder, { symbol, exchangeOrderId }: ExchangeOrder): boolean =>
  order.symbol === symbol && order.exchangeOrderId === exchangeOrderId

/** The price of a fee's asset could not be asked for when the fee was charged: now it is. */
async function valueOpenFees(desk: TrackerDesk, broker: BrokerAccount, troubles: Troubles): Promise<void> {
  const hopeless = new Set<string>()
  let valued = 0
  for (const fees of await findUnvaluedFees(broker.id)) {
    const { symbol, feeAsset } = fees
    const key = `${broker.id} ${symbol} ${feeAsset}`
    if (hopeless.has(key)) continue
    if (++valued > MOST_FEES) return
    await troubles.attempt({ brokerId: broker.id, symbol, feeAsset }, async () => {
      const context = await contextOf(desk, broker, symbol)
      const price = (await context?.feePriceOf(feeAsset, fees.time)) ?? null
      if (context !== null && price !== null) {
        desk.unvalued.delete(key)
        return recordFeePrice(context, fees, price)
      }
      hopeless.add(key)
      if (desk.unvalued.has(key)) return
      desk.unvalued.add(key)
      desk.log.warn({ brokerId: broker.id, symbol, feeAsset }, 'nobody tells what a fee is worth: it counts as nothing')
    })
  }
}

/** Values what is held. */
async function valuePositions(desk: TrackerDesk, broker: BrokerAccount): Promise<void> {
  const positions = await findOpenPositions(broker.id)
  const troubles = new Troubles(desk.log)
  for (const symbol of new Set(positions.map((position) => position.symbol))) {
    const context = await contextOf(desk, broker, symbol)
    if (context === null || !context.instrument.isTrading) continue
    await troubles.attempt({ brokerId: broker.id, symbol }, () => valuePosition(desk, broker, symbol))
  }
}

async function valuePosition(desk: TrackerDesk, broker: BrokerAccount, symbol: string): Promise<void> {
  const { lastPrice } = await desk.gateway.call(broker.id, 'get_ticker', { symbol })
  for (const position of await markToMarket(broker.id, symbol, lastPrice))
    void desk.bus.announce('websockets', {
      userId: position.userId,
      event: 'position.changed',
      payload: {
        positionId: position.id,
        runId: position.runId,
        currentPrice: lastPrice.toFixed(),
        unrealizedPnl: position.unrealizedPnl,
      },
    })
}

/** Assets whose total is not what it was at the last look; at the first, all that are held. */
function changedAssets(before: Totals | undefined, now: Totals): string[] {
  const assets = new Set([...(before?.keys() ?? []), ...now.keys()])
  return [...assets].filter((asset) => before?.get(asset) !== now.get(asset))
}

/** Markets in which something may have been executed since the last look. */
async function symbolsToRead(desk: TrackerDesk, broker: BrokerAccount, totals: Totals): Promise<Set<string>> {
  const before = desk.totals.get(broker.id)
  // An exchange tells executions by market only. A trade made elsewhere shows in the totals of both of its assets.
  const elsewhere = await findSymbolsAmong(broker.id, changedAssets(before, totals))
  const recentFrom = Math.min(desk.clock() - RECENT_MS, broker.lastSyncedAt?.getTime() ?? Infinity)
  const recent = await findRecentSymbols(broker.id, recentFrom)
  // What was held and sold while nobody looked is in no balance any more.
  const held = before === undefined ? (await findOpenPositions(broker.id)).map(({ symbol }) => symbol) : []
  return new Set([...recent, ...elsewhere, ...held, ...desk.markets.missedOf(broker.id)])
}

/**
 * Brings the ledger of one broker up to what its exchange says. One order or market that cannot be recorded stops nothing
 * else; what went wrong first is thrown when all is done.
 */
export async function trackBroker(desk: TrackerDesk, broker: BrokerAccount): Promise<void> {
  // Read first: what changes after this is seen by the next look.
  const balances = await desk.gateway.call(broker.id, 'get_balance', {})
  const totals: Totals = new Map(balances.map(({ asset, total }) => [asset, total.toFixed()]))
  const troubles = new Troubles(desk.log)
  await troubles.attempt({ brokerId: broker.id }, () => compareOrders(desk, broker, troubles))
  for (const symbol of await symbolsToRead(desk, broker, totals))
    await troubles.attempt({ brokerId: broker.id, symbol }, () => compareFills(desk, broker, symbol))
  desk.totals.set(broker.id, totals)
  await valueOpenFees(desk, broker, troubles)
  // A pair that has no price any more is no reason to call the account unread.
  await new Troubles(desk.log).attempt({ brokerId: broker.id }, () => valuePositions(desk, broker))
  troubles.throwFirst()
}
