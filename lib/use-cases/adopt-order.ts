import type { BrokerAccount } from '@/lib/db/broker-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { adoptOrder } from '@/lib/db/order-repository'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { type Amount, ZERO } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import { lacksFills, recordReport, type ReportContext } from '@/lib/use-cases/record-report'
import type { TrackerDesk } from '@/lib/use-cases/tracker-desk'

/** Executions reach the account's history a little after the order's answer: reading goes back this far each time. */
export const OVERLAP_MS = 60_000

/** What recording in a market needs; null where the exchange no longer lists it. */
export async function contextOf(desk: TrackerDesk, broker: BrokerAccount, symbol: string) {
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
  } satisfies ReportContext
}

/** Takes an order into the journal that was placed elsewhere, for example on the exchange's own site. */
export async function adopt(desk: TrackerDesk, broker: BrokerAccount, report: ExchangeOrder): Promise<void> {
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
