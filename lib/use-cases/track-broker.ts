import type { Bus } from '@/lib/bus/bus'
import type { BrokerAccount } from '@/lib/db/broker-repository'
import { findUnvaluedFees, lastFillTime, recordedTradeIds } from '@/lib/db/fill-repository'
import { findInstrument, findSymbolsAmong } from '@/lib/db/instrument-repository'
import { adoptOrder, findByExchangeOrderIds, findLiveOfBroker, findRecentSymbols } from '@/lib/db/order-repository'
import { ensurePosition, findOpenPositions, markToMarket } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { type Amount, ZERO } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import { isOpen } from '@/lib/domain/order/status'
import type { Clock } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'
import { lacksFills, recordFeePrice, recordLateFills, recordReport } from '@/lib/use-cases/record-report'

/** What an account holds, by asset. */
export type Totals = Map<string, string>

export interface TrackerDesk {
  /** Totals of each broker at its last look. */
  totals: Map<string, Totals>
  bus: Bus
  gateway: GatewayCaller
  clock: Clock
  log: Logger
}

/** Executions reach the account's history a little after the order's answer: reading goes back this far each time. */
const OVERLAP_MS = 60_000
/** Symbols traded within this time are watched for executions. */
const RECENT_MS = 24 * 3_600_000

async function contextOf(desk: TrackerDesk, broker: BrokerAccount, symbol: string) {
  const instrument = await findInstrument(broker.id, symbol)
  if (instrument === null) return null
  const { gateway, bus, clock } = desk
  return {
    bus,
    now: clock(),
    instrument,
    isGlance: true,
    feePriceOf: (asset: string): Promise<Amount | null> =>
      gateway.call(broker.id, 'get_ticker', { symbol: `${asset}/${instrument.quoteAsset}` }).then(
        (ticker) => ticker.lastPrice,
        () => null,
      ),
  }
}

/** Takes an order into the journal that was placed elsewhere, for example on the exchange's own site. */
async function adopt(desk: TrackerDesk, broker: BrokerAccount, report: ExchangeOrder): Promise<void> {
  const context = await contextOf(desk, broker, report.symbol)
  if (context === null) return
  const clientOrderId = /^[A-Za-z0-9_-]{1,40}$/.test(report.clientOrderId)
    ? report.clientOrderId
    : `ext-${report.exchangeOrderId}`
  await inTransaction(async (tx) => {
    const positionId = await ensurePosition(tx, { userId: broker.userId, brokerId: broker.id, symbol: report.symbol })
    await adoptOrder(
      tx,
      { userId: broker.userId, brokerId: broker.id, positionId, clientOrderId, report },
      desk.clock(),
    )
  })
  desk.log.info(
    { brokerId: broker.id, exchangeOrderId: report.exchangeOrderId, symbol: report.symbol },
    'foreign order adopted',
  )
  await record(desk, broker, { clientOrderId, filledQuantity: ZERO, createdAt: report.createdTime }, report)
}

/** What the exchange holds open, against what the journal believes. */
async function compareOrders(desk: TrackerDesk, broker: BrokerAccount): Promise<void> {
  // The journal is read first: an order that was placed in between is then simply unknown to this look.
  const live = await findLiveOfBroker(broker.id)
  const open = await desk.gateway.call(broker.id, 'open_orders', {})
  const known = await findByExchangeOrderIds(broker.id, open)
  for (const report of open) {
    const order = known.get(report.exchangeOrderId)
    if (order === undefined) await adopt(desk, broker, report)
    else await record(desk, broker, order, report)
  }
  const stillOpen = new Set(open.map((report) => report.exchangeOrderId))
  for (const order of live) {
    if (!isOpen(order.status) || (order.exchangeOrderId !== undefined && stillOpen.has(order.exchangeOrderId))) continue
    const report = await desk.gateway.call(broker.id, 'get_order', {
      symbol: order.symbol,
      clientOrderId: order.clientOrderId,
    })
    if (report !== null) await record(desk, broker, order, report)
  }
}

async function record(
  desk: TrackerDesk,
  broker: BrokerAccount,
  order: Pick<JournaledOrder, 'clientOrderId' | 'filledQuantity' | 'createdAt'>,
  report: ExchangeOrder,
): Promise<void> {
  const { symbol } = report
  const context = await contextOf(desk, broker, symbol)
  if (context === null) return
  // With its executions, in one step: an order that is seen filled has changed its position.
  const fromTime = order.createdAt - OVERLAP_MS
  const told = lacksFills(report, order.filledQuantity)
    ? await desk.gateway.call(broker.id, 'my_trades', { symbol, fromTime })
    : []
  const own = told.filter((fill) => fill.exchangeOrderId === report.exchangeOrderId)
  await recordReport(context, order.clientOrderId, { ...report, fills: [...(report.fills ?? []), ...own] })
}

/**
 * Executions of one market since the last one recorded (in a market without any, since `since`); those of unknown orders
 * bring their order with them.
 */
export async function compareFills(
  desk: TrackerDesk,
  broker: BrokerAccount,
  symbol: string,
  since = desk.clock() - RECENT_MS,
): Promise<void> {
  const context = await contextOf(desk, broker, symbol)
  if (context === null) return
  const fromTime = ((await lastFillTime(broker.id, symbol)) ?? since) - OVERLAP_MS
  const told = await desk.gateway.call(broker.id, 'my_trades', { symbol, fromTime })
  const ids = told.map(({ exchangeTradeId }) => exchangeTradeId)
  const recorded = await recordedTradeIds(broker.id, symbol, ids)
  const fills = told.filter(({ exchangeTradeId }) => !recorded.has(exchangeTradeId))
  const byOrder = new Map<string, Fill[]>()
  for (const fill of fills) byOrder.set(fill.exchangeOrderId, [...(byOrder.get(fill.exchangeOrderId) ?? []), fill])
  if (byOrder.size === 0) return
  const references = [...byOrder.keys()].map((exchangeOrderId) => ({ exchangeOrderId, clientOrderId: '' }))
  let known = await findByExchangeOrderIds(broker.id, references)
  if (references.some(({ exchangeOrderId }) => !known.has(exchangeOrderId))) {
    const history = await desk.gateway.call(broker.id, 'order_history', { symbol, fromTime: fromTime - OVERLAP_MS })
    // An order of ours whose answer is still missing has no exchange id yet; it is known by its own.
    known = await findByExchangeOrderIds(broker.id, history)
    for (const report of history)
      if (byOrder.has(report.exchangeOrderId) && !known.has(report.exchangeOrderId)) await adopt(desk, broker, report)
    known = await findByExchangeOrderIds(broker.id, history)
  }
  for (const [exchangeOrderId, own] of byOrder) {
    const order = known.get(exchangeOrderId)
    if (order) await recordLateFills(context, order.clientOrderId, own)
  }
}

/** The price of a fee's asset could not be asked for when the fee was charged: now it is. */
async function valueOpenFees(desk: TrackerDesk, broker: BrokerAccount): Promise<void> {
  for (const { positionId, symbol, feeAsset } of await findUnvaluedFees(broker.id)) {
    const context = await contextOf(desk, broker, symbol)
    const price = (await context?.feePriceOf(feeAsset)) ?? null
    if (context !== null && price !== null) await recordFeePrice(context, positionId, feeAsset, price)
  }
}

async function valuePositions(desk: TrackerDesk, broker: BrokerAccount): Promise<void> {
  const positions = await findOpenPositions(broker.id)
  for (const symbol of new Set(positions.map((position) => position.symbol))) {
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
}

/** Assets whose total is not what it was at the last look; at the first, all that are held. */
function changedAssets(before: Totals | undefined, now: Totals): string[] {
  const assets = new Set([...(before?.keys() ?? []), ...now.keys()])
  return [...assets].filter((asset) => before?.get(asset) !== now.get(asset))
}

/** Brings the ledger of one broker up to what its exchange says. */
export async function trackBroker(desk: TrackerDesk, broker: BrokerAccount): Promise<void> {
  // Read first: what changes after this is seen by the next look.
  const balances = await desk.gateway.call(broker.id, 'get_balance', {})
  const totals: Totals = new Map(balances.map(({ asset, total }) => [asset, total.toFixed()]))
  await compareOrders(desk, broker)
  // An exchange tells executions by market only. A trade made elsewhere shows in the totals of both of its assets.
  const elsewhere = await findSymbolsAmong(broker.id, changedAssets(desk.totals.get(broker.id), totals))
  const recent = await findRecentSymbols(broker.id, desk.clock() - RECENT_MS)
  for (const symbol of new Set([...recent, ...elsewhere])) await compareFills(desk, broker, symbol)
  desk.totals.set(broker.id, totals)
  await valueOpenFees(desk, broker)
  await valuePositions(desk, broker)
}
