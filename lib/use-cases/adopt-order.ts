import type { BrokerAccount } from '@/lib/db/broker-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { adoptOrder } from '@/lib/db/order-repository'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, ZERO } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import { newClientOrderId } from '@/lib/platform/ids'
import { lacksFills, recordReport, type ReportContext } from '@/lib/use-cases/record-report'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'
import { priceAt, type PriceSource } from '@/lib/use-cases/value-fee'
import type { TrackerDesk } from '@/lib/use-cases/tracker-desk'

/** Executions reach the account's history a little after the order's answer: reading goes back this far each time. */
export const OVERLAP_MS = 60_000

const pricesOf = (gateway: GatewayCaller, brokerId: string): PriceSource => ({
  isListed: async (symbol) => (await findInstrument(brokerId, symbol)) !== null,
  lastPrice: async (symbol) => (await gateway.call(brokerId, 'get_ticker', { symbol })).lastPrice,
  closes: (range) => gateway.call(brokerId, 'get_candles', range),
})

/** What recording in a market needs; null where the exchange no longer lists it. */
export async function contextOf(desk: TrackerDesk, broker: BrokerAccount, symbol: string) {
  const instrument = await findInstrument(broker.id, symbol)
  if (instrument === null) return null
  const { gateway, bus, clock } = desk
  return {
    bus,
    now: clock(),
    brokerId: broker.id,
    instrument,
    isGlance: true,
    feePriceOf: (asset: string, time: EpochMs): Promise<Amount | null> =>
      priceAt(pricesOf(gateway, broker.id), asset, instrument.quoteAsset, time, clock()).catch(() => null),
  } satisfies ReportContext
}

/** Writes it under its own name or, where that is taken or cannot be one, under one of ours. Null when it is known already. */
async function insertForeign(
  tx: Queryable,
  { id: brokerId, userId }: BrokerAccount,
  report: ExchangeOrder,
  now: EpochMs,
): Promise<string | null> {
  const positionId = await ensurePosition(tx, { userId, brokerId, symbol: report.symbol })
  const isName = /^[A-Za-z0-9_-]{1,40}$/.test(report.clientOrderId)
  for (const clientOrderId of [isName ? report.clientOrderId : `ext-${report.exchangeOrderId}`, newClientOrderId()])
    if (await adoptOrder(tx, { userId, brokerId, positionId, clientOrderId, report }, now)) return clientOrderId
  return null
}

/** Takes an order into the journal that was placed elsewhere, for example on the exchange's own site. */
export async function adopt(desk: TrackerDesk, broker: BrokerAccount, report: ExchangeOrder): Promise<void> {
  const context = await contextOf(desk, broker, report.symbol)
  if (context === null) return
  const clientOrderId = await inTransaction((tx) => insertForeign(tx, broker, report, desk.clock()))
  // Somebody else did so in this very moment: the next look goes on from there.
  if (clientOrderId === null) return
  desk.log.info(
    { brokerId: broker.id, exchangeOrderId: report.exchangeOrderId, symbol: report.symbol },
    'foreign order adopted',
  )
  await record(desk, broker, { clientOrderId, filledQuantity: ZERO, createdAt: report.createdTime }, report)
}

/** Records what a look at the exchange says of an order, with its executions. */
export async function record(
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
