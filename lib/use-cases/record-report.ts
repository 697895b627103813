import type { Bus } from '@/lib/bus/bus'
import { queueFailedOrderAlert, queueFillAlert } from '@/lib/db/alert-outbox-repository'
import { type UnvaluedFees, valueFees, whichAreRecorded } from '@/lib/db/fill-repository'
import { lockReported, readReported, type ReportedOrder, writeRecord } from '@/lib/db/ledger-record'
import { changeOrder, lockOrder } from '@/lib/db/order-repository'
import { ledgerPool } from '@/lib/db/pool'
import { lockPosition } from '@/lib/db/position-repository'
import { inTransaction, type Queryable, refusedBy } from '@/lib/db/transaction'
import { recordWebhookAnswer } from '@/lib/db/webhook-repository'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, toWire, ZERO } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import { isClosed, type OrderStatus } from '@/lib/domain/order/status'
import { nextStatus } from '@/lib/domain/order/transitions'
import { type Outcome, type Plan, planRecord, type Reported } from '@/lib/use-cases/plan-record'
import { refold } from '@/lib/use-cases/refold-position'

const MINUTE = 60_000

export interface ReportContext {
  bus: Bus
  now: EpochMs
  /** The account that the report comes from. */
  brokerId: string
  /** The market that it is of. */
  instrument: Instrument
  /** Price of a third asset in which a fee was taken, in the quote asset, at that time; null while nobody knows it. */
  feePriceOf?: (asset: string, time: EpochMs) => Promise<Amount | null>
  /** The report comes from a look at the exchange while a command of ours may be under way: it does not end the wait for that. */
  isGlance?: boolean
}

export interface RecordedReport {
  status: OrderStatus
  /** Executions that were new. */
  added: number
  /** Executions the exchange reports beyond those recorded: they have to be fetched. */
  hasMissingFills: boolean
}

/** What an execution's fee is worth in the quote asset. */
async function feeInQuote(
  fill: Fill,
  { instrument }: ReportContext,
  priceOf: (fill: Fill) => Promise<Amount | null>,
): Promise<Amount | null> {
  if (fill.fee.isZero()) return ZERO
  if (fill.feeAsset === instrument.quoteAsset) return fill.fee
  if (fill.feeAsset === instrument.baseAsset) return fill.fee.times(fill.price)
  const price = await priceOf(fill)
  return price === null ? null : fill.fee.times(price).toDecimalPlaces(18)
}

/** Values fees that nobody could value when they were charged, and the position with them. */
export async function recordFeePrice(
  context: Pick<ReportContext, 'instrument' | 'now'>,
  fees: UnvaluedFees,
  price: Amount,
): Promise<void> {
  await inTransaction(async (tx) => {
    const position = await lockPosition(tx, fees.positionId)
    if (position === null) return
    await valueFees(tx, fees, price)
    await refold(tx, position, context)
  })
}

/** A report on an order, and what is needed to record it. */
export interface ReportItem {
  context: ReportContext
  clientOrderId: string
  /** The order's state with its executions or, as a list, executions that came apart from it. */
  said: ExchangeOrder | Fill[]
}

async function readItem({ context, clientOrderId, said }: ReportItem): Promise<Reported> {
  const [report, fills] = Array.isArray(said) ? [null, said] : [said, said.fills ?? []]
  // Executions of one order mostly come in the same minute.
  const prices = new Map<string, Promise<Amount | null>>()
  const priceOf = ({ feeAsset, tradeTime }: Fill): Promise<Amount | null> => {
    const key = `${feeAsset} ${Math.floor(tradeTime / MINUTE)}`
    const price = prices.get(key) ?? context.feePriceOf?.(feeAsset, tradeTime) ?? Promise.resolve(null)
    prices.set(key, price)
    return price
  }
  const fees = await Promise.all(fills.map((fill) => feeInQuote(fill, context, priceOf)))
  const { brokerId, instrument, isGlance = false } = context
  return { clientOrderId, brokerId, symbol: instrument.symbol, report, fills, fees, isGlance }
}

const isRejection = (outcome: Plan['outcomes'][number]): outcome is Outcome =>
  outcome !== null && !(outcome instanceof Error) && outcome.isChanged && outcome.status === 'REJECTED'

const idsOf = (reports: Reported[]): string[] => reports.map(({ clientOrderId }) => clientOrderId)

/** An execution that is recorded is so once, also when it stands under another order. */
async function withoutRecorded(
  tx: Queryable,
  found: ReadonlyMap<string, ReportedOrder>,
  reports: Reported[],
): Promise<Reported[]> {
  const [first] = found.values()
  const told = reports.flatMap(({ fills }) => fills)
  if (first === undefined || told.length === 0) return reports
  const isRecorded = await whichAreRecorded(first.order.brokerId, first.order.symbol, told, tx)
  return reports.map((reported) => {
    const kept = [...reported.fills.entries()].filter(([, fill]) => !isRecorded(fill))
    return { ...reported, fills: kept.map(([, fill]) => fill), fees: kept.map(([at]) => reported.fees[at] ?? null) }
  })
}

/** Written at once when no row moves meanwhile; null when one did, or when more is to be done than one statement can. */
async function recordAtOnce(reports: Reported[], context: ReportContext): Promise<Plan['outcomes'] | null> {
  const found = await readReported(ledgerPool(), idsOf(reports))
  const { record, outcomes, needsRefold } = planRecord(found, reports, context.instrument, context.now)
  if (needsRefold || outcomes.some(isRejection)) return null
  if (record.orders.length === 0) return outcomes
  try {
    return (await writeRecord(ledgerPool(), record)) ? outcomes : null
  } catch (error) {
    // Another process wrote the same execution in the same moment.
    if (refusedBy(error) === null) throw error
    return null
  }
}

/** The same with all rows locked: whatever others do, it comes after them. */
const recordLocked = (reports: Reported[], context: ReportContext): Promise<Plan['outcomes']> =>
  inTransaction(async (tx) => {
    await lockReported(tx, idsOf(reports))
    const found = await readReported(tx, idsOf(reports))
    const unrecorded = await withoutRecorded(tx, found, reports)
    const { record, outcomes, needsRefold } = planRecord(found, unrecorded, context.instrument, context.now)
    const { orders, position, now } = record
    // What an order realized is known when all is folded anew: it is told of afterwards.
    const written = needsRefold ? { ...record, orders: orders.map((order) => ({ ...order, told: null })) } : record
    if (orders.length > 0 && !(await writeRecord(tx, written))) throw new Error('locked rows have moved')
    if (needsRefold && position !== null) {
      await refold(tx, position.row, context)
      for (const { clientOrderId, told } of orders)
        if (told !== null)
          await queueFillAlert(tx, { clientOrderId, userId: position.row.userId }, toldOf(told), told.tradeTime, now)
    }
    for (const { order, status } of outcomes.filter(isRejection))
      await queueFailedOrderAlert(tx, order, { status, code: null, reason: 'rejected by the exchange' }, now)
    return outcomes
  })

const toldOf = ({ quantity, quoteQuantity }: { quantity: Amount; quoteQuantity: Amount }) => ({
  quantity: toWire(quantity),
  quoteQuantity: toWire(quoteQuantity),
})

/**
 * Writes what the exchange says of orders of one position, one report per order: status, executions, position and P&L, all
 * of it or nothing; then tells engine and browsers. Saying the same twice changes nothing. Answers one result per report: null
 * when the journal does not know the order, an Error when the report contradicts it.
 */
export async function recordReports(items: ReportItem[]): Promise<(RecordedReport | Error | null)[]> {
  const [first] = items
  if (first === undefined) return []
  // As new as the newest: funds that were read between two of them must not pass for newer than both.
  const context = { ...first.context, now: Math.max(...items.map((item) => item.context.now)) }
  // Prices of fees are asked for before anything is locked: nothing waits for the network then.
  const reports = await Promise.all(items.map(readItem))
  const outcomes =
    (await recordAtOnce(reports, context)) ??
    (await recordLocked(reports, context).catch((error: unknown) => {
      // Another process wrote one of the executions in this very moment: now it is seen.
      if (refusedBy(error) === null) throw error
      return recordLocked(reports, context)
    }))
  return Promise.all(
    outcomes.map(async (outcome) => {
      if (outcome === null || outcome instanceof Error) return outcome
      const { order, status, added, isChanged, hasMissingFills } = outcome
      if (isChanged || added.length > 0) await announce(context.bus, order, status, added.length > 0)
      return { status, added: added.length, hasMissingFills }
    }),
  )
}

/** Does the exchange speak of more executions than those that are known of the order and those that the report carries? */
export const lacksFills = (report: ExchangeOrder, known: Amount): boolean =>
  report.filledQuantity.gt((report.fills ?? []).reduce((sum, fill) => sum.plus(fill.quantity), known))

async function recordOne(item: ReportItem): Promise<RecordedReport | null> {
  const [result = null] = await recordReports([item])
  if (result instanceof Error) throw result
  return result
}

/** Records what the exchange says of one order. Throws when that contradicts the journal. */
export const recordReport = (
  context: ReportContext,
  clientOrderId: string,
  report: ExchangeOrder,
): Promise<RecordedReport | null> => recordOne({ context, clientOrderId, said: report })

/** Appends executions that came apart from their order's report, and brings the order's sums up to them. */
export const recordLateFills = async (context: ReportContext, clientOrderId: string, fills: Fill[]): Promise<number> =>
  (await recordOne({ context, clientOrderId, said: fills }))?.added ?? 0

export interface Failure {
  /** CANCEL: no failure of a command, but an end that we conclude. Nobody is alarmed where it was asked for. */
  kind: 'DENY' | 'REJECT' | 'NOT_SENT' | 'CANCEL'
  code: string
  message: string
  answer?: unknown
  /** Concluded of an order in this status: of one that has moved on meanwhile it says nothing. */
  from?: OrderStatus
}

/**
 * Writes that a command failed for certain: refused by us, refused by the exchange, or never sent. Of a list all legs move at
 * once: one that may be sent again while its sibling may not yet would be taken without it.
 */
export async function recordFailure(bus: Bus, clientOrderIds: string[], failure: Failure, now: EpochMs): Promise<void> {
  const failed = await inTransaction(async (tx) => {
    const moved: JournaledOrder[] = []
    // In the order in which everybody locks them.
    for (const id of [...clientOrderIds].sort()) moved.push(...(await failOne(tx, id, failure, now)))
    return moved
  })
  for (const order of failed) await announce(bus, order, order.status, false)
}

async function failOne(
  tx: Queryable,
  clientOrderId: string,
  { kind, code, message, answer, from }: Failure,
  now: EpochMs,
): Promise<JournaledOrder[]> {
  const found = await lockOrder(tx, clientOrderId)
  const to = found && nextStatus(found.status, kind)
  if (found === null || to === null || (from !== undefined && found.status !== from)) return []
  const hasEnded = isClosed(to)
  await changeOrder(
    tx,
    found,
    {
      kind,
      to,
      errorCode: code,
      errorMessage: message,
      isClosed: hasEnded,
      detail: { code, message },
      ...(answer === undefined ? {} : { answer }),
    },
    now,
  )
  const isAskedFor = kind === 'CANCEL' && found.cancelRequestedAt !== undefined
  if (hasEnded && !isAskedFor) await queueFailedOrderAlert(tx, found, { status: to, code, reason: message }, now)
  if (found.webhookId !== undefined && kind !== 'CANCEL')
    await recordWebhookAnswer(tx, found.webhookId, answer, hasEnded ? message : null)
  return [{ ...found, status: to }]
}

async function announce(bus: Bus, order: JournaledOrder, status: OrderStatus, hasFills: boolean): Promise<void> {
  const { clientOrderId, userId, runId, positionId, brokerId, symbol, correlationId } = order
  // A run has something to do about its position; and the end of a stop or a target may be what an alert waits for.
  const isExit = order.purpose === 'STOP_LOSS' || order.purpose === 'TAKE_PROFIT'
  if ((hasFills || isClosed(status)) && (runId !== undefined || isExit))
    await bus.publish('position.changed', { positionId, correlationId }).catch(() => undefined)
  void bus.announce('websockets', {
    userId,
    event: 'order.changed',
    payload: { clientOrderId, runId: runId ?? null, positionId, brokerId, symbol, status },
  })
}
