import type { BrokerAccount } from '@/lib/db/broker-repository'
import { lastFillTime, whichAreRecorded } from '@/lib/db/fill-repository'
import { findLiveOfBroker, findSpokenOf } from '@/lib/db/order-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { sum } from '@/lib/domain/money/decimal'
import type { JournaledOrder, OrderNames } from '@/lib/domain/order/journal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import { adopt, contextOf, OVERLAP_MS } from '@/lib/use-cases/adopt-order'
import { recordLateFills } from '@/lib/use-cases/record-report'
import { type TrackerDesk, Troubles } from '@/lib/use-cases/tracker-desk'

/** In an account that was never read whole, executions are looked for so long back. */
export const RECENT_MS = 24 * 3_600_000
/** An order is shown by its exchange so long after its first execution at the latest. Well within the overlap: it is read again. */
const SHOWN_AFTER_MS = OVERLAP_MS / 2

/**
 * Executions of one market since it was read whole the last time, whichever newer ones are recorded: streams and orders of
 * ours bring their own and say nothing of those before them. Always since `since` where that is given. Those of unknown orders
 * bring their order with them.
 */
export async function compareFills(
  desk: TrackerDesk,
  broker: BrokerAccount,
  symbol: string,
  since = Infinity,
): Promise<void> {
  const readAt = desk.clock()
  const isWhole = await readFills(desk, broker, symbol, since).catch((error: unknown) => {
    desk.markets.miss(broker.id, symbol, readAt)
    throw error
  })
  if (isWhole) desk.markets.note(broker.id, symbol, readAt)
  else desk.markets.miss(broker.id, symbol, readAt)
}

/** False while the exchange does not show an order that it tells executions of. */
async function readFills(desk: TrackerDesk, broker: BrokerAccount, symbol: string, since: EpochMs): Promise<boolean> {
  const context = await contextOf(desk, broker, symbol)
  // The exchange does not list it any more.
  if (context === null) return true
  // A look that succeeded has read every market in which anything moved until then.
  const readTo = Math.max(desk.markets.readTo(broker.id, symbol), broker.lastSyncedAt?.getTime() ?? 0)
  const known = readTo === 0 ? desk.clock() - RECENT_MS : readTo
  const newest = (await lastFillTime(broker.id, symbol)) ?? known
  const fromTime = Math.min(newest, known, since) - OVERLAP_MS
  const told = await desk.gateway.call(broker.id, 'my_trades', { symbol, fromTime })
  const isRecorded = await whichAreRecorded(broker.id, symbol, told)
  const byOrder = new Map<string, Fill[]>()
  for (const fill of told)
    if (!isRecorded(fill)) byOrder.set(fill.exchangeOrderId, [...(byOrder.get(fill.exchangeOrderId) ?? []), fill])
  const troubles = new Troubles(desk.log)
  const orders = await ordersOf(desk, broker, symbol, byOrder, fromTime, troubles)
  for (const [exchangeOrderId, own] of byOrder) {
    const order = orders.get(exchangeOrderId)
    if (order !== undefined)
      await troubles.attempt({ brokerId: broker.id, exchangeOrderId }, () =>
        recordLateFills(context, order.clientOrderId, own),
      )
  }
  troubles.throwFirst()
  return orders.size === byOrder.size
}

/** The journal's orders that executions belong to, by the exchange's ids. Unknown ones are adopted. */
async function ordersOf(
  desk: TrackerDesk,
  broker: BrokerAccount,
  symbol: string,
  byOrder: ReadonlyMap<string, Fill[]>,
  fromTime: EpochMs,
  troubles: Troubles,
): Promise<Map<string, JournaledOrder>> {
  const known = new Map<string, JournaledOrder>()
  const note = async (spoken: OrderNames[]): Promise<void> => {
    for (const [{ exchangeOrderId }, order] of await findSpokenOf(broker.id, spoken)) known.set(exchangeOrderId, order)
  }
  await note([...byOrder.keys()].map((exchangeOrderId) => ({ symbol, exchangeOrderId, clientOrderId: '' })))
  if (known.size === byOrder.size) return known
  const told = await desk.gateway.call(broker.id, 'order_history', { symbol, fromTime: fromTime - OVERLAP_MS })
  const history = told.filter(({ exchangeOrderId }) => byOrder.has(exchangeOrderId))
  // An order of ours whose answer is still missing has no exchange id yet; it is known by its own.
  await note(history)
  for (const [exchangeOrderId, fills] of byOrder) {
    if (known.has(exchangeOrderId)) continue
    await troubles.attempt({ brokerId: broker.id, exchangeOrderId }, async () => {
      const found =
        history.find((order) => order.exchangeOrderId === exchangeOrderId) ??
        (await askFor(desk, broker, symbol, exchangeOrderId, fills))
      if (found === null) return
      const report = { ...found, exchangeOrderId }
      await note([report])
      if (known.has(exchangeOrderId)) return
      await adopt(desk, broker, report)
      await note([report])
    })
  }
  return known
}

/**
 * An order that no history tells of from there on: it was placed long before, or the exchange shows executions earlier and
 * longer than orders. Null while it may still be shown; later it is taken for what was executed of it.
 */
async function askFor(
  desk: TrackerDesk,
  broker: BrokerAccount,
  symbol: string,
  exchangeOrderId: string,
  fills: Fill[],
): Promise<ExchangeOrder | null> {
  const told = await desk.gateway.call(broker.id, 'get_order', { symbol, exchangeOrderId })
  if (told !== null) return told
  const report = orderOfFills(fills)
  if (report === null || report.createdTime > desk.clock() - SHOWN_AFTER_MS) return null
  // One of ours may go on under another id there: its executions are never taken from it.
  const live = await findLiveOfBroker(broker.id)
  if (live.some((order) => order.symbol === symbol && order.side === report.side))
    throw new Error(`an execution in ${symbol} of order ${exchangeOrderId} belongs to no known order`)
  desk.log.warn(
    { brokerId: broker.id, exchangeOrderId, symbol },
    'the exchange tells executions of an order it has not',
  )
  return report
}

function orderOfFills(fills: Fill[]): ExchangeOrder | null {
  const [first] = fills
  if (first === undefined) return null
  const { exchangeOrderId, symbol, side } = first
  const quantity = sum(fills.map((fill) => fill.quantity))
  const times = fills.map(({ tradeTime }) => tradeTime)
  return {
    clientOrderId: '',
    exchangeOrderId,
    symbol,
    side,
    type: 'MARKET',
    status: 'FILLED',
    quantity,
    filledQuantity: quantity,
    filledQuoteQuantity: sum(fills.map((fill) => fill.quoteQuantity)),
    createdTime: Math.min(...times),
    updatedTime: Math.max(...times),
    native: {},
  }
}
