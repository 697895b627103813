import type { Bus } from '@/lib/bus/bus'
import { queueFailedOrderAlert, queueFillAlert } from '@/lib/db/alert-outbox-repository'
import { filledSoFar, hasNewerFill, insertFill, valueFees } from '@/lib/db/fill-repository'
import { addRealizedPnl, changeOrder, lockOrder } from '@/lib/db/order-repository'
import { lockPosition, type PositionRow, readState, savePosition, saveRoundTrip } from '@/lib/db/position-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import { recordWebhookAnswer } from '@/lib/db/webhook-repository'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, max, toWire, ZERO } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import { isClosed, isOpen, type OrderStatus } from '@/lib/domain/order/status'
import { eventOfReport, nextStatus } from '@/lib/domain/order/transitions'
import { applyFill, type PositionFill } from '@/lib/domain/position/fold'
import { refold } from '@/lib/use-cases/refold-position'

export interface ReportContext {
  bus: Bus
  now: EpochMs
  instrument: Instrument
  /** Price of a third asset in which a fee was taken, in the quote asset; null while nobody knows it. */
  feePriceOf?: (asset: string) => Promise<Amount | null>
  /** The report comes from a look at the exchange while a command of ours may be under way: it does not end the wait for that. */
  isGlance?: boolean
}

export interface RecordedReport {
  status: OrderStatus
  /** Executions the exchange reports beyond those recorded: they have to be fetched. */
  hasMissingFills: boolean
}

/** What an execution's fee is worth in the quote asset. */
async function feeInQuote(fill: Fill, context: ReportContext): Promise<Amount | null> {
  if (fill.fee.isZero()) return ZERO
  if (fill.feeAsset === context.instrument.quoteAsset) return fill.fee
  if (fill.feeAsset === context.instrument.baseAsset) return fill.fee.times(fill.price)
  const price = (await context.feePriceOf?.(fill.feeAsset)) ?? null
  return price === null ? null : fill.fee.times(price).toDecimalPlaces(18)
}

/** Adds one execution at the end of a locked position. */
async function append(
  tx: Queryable,
  order: JournaledOrder,
  position: PositionRow,
  fill: PositionFill,
  context: ReportContext,
): Promise<void> {
  const before = await readState(tx, position)
  const state = applyFill(before, fill, context.instrument)
  await savePosition(tx, position.id, state, context.now)
  if (state.roundTrip !== null) await saveRoundTrip(tx, position, state.roundTrip)
  const realized = state.realizedPnl.minus(before.realizedPnl)
  if (!realized.isZero()) await addRealizedPnl(tx, order.clientOrderId, realized)
}

/** Values fees that nobody could value when they were charged, and the position with them. */
export async function recordFeePrice(
  context: Pick<ReportContext, 'instrument' | 'now'>,
  positionId: string,
  feeAsset: string,
  price: Amount,
): Promise<void> {
  await inTransaction(async (tx) => {
    const position = await lockPosition(tx, positionId)
    if (position === null) return
    await valueFees(tx, positionId, feeAsset, price)
    await refold(tx, position, context)
  })
}

async function recordFills(
  tx: Queryable,
  order: JournaledOrder,
  fills: Fill[],
  fees: (Amount | null)[],
  context: ReportContext,
): Promise<Fill[]> {
  const added: Fill[] = []
  for (const [index, fill] of fills.entries()) {
    const fee = fees[index] ?? null
    // Locked before anything is compared: executions of one position are folded one after the other.
    const position = await lockPosition(tx, order.positionId)
    const isLast = !(await hasNewerFill(tx, order.positionId, fill))
    if (!(await insertFill(tx, order, fill, fee, context.instrument, context.now))) continue
    added.push(fill)
    if (position === null) continue
    if (isLast) await append(tx, order, position, { ...fill, feeInQuote: fee ?? ZERO }, context)
    else await refold(tx, position, context)
  }
  return added
}

/** The user's channels hear of executions in one piece, once the order's row says all about them. */
async function tell(tx: Queryable, order: JournaledOrder, added: Fill[], now: EpochMs): Promise<void> {
  if (added.length === 0) return
  const sum = (read: (fill: Fill) => Amount) => added.reduce((total, fill) => total.plus(read(fill)), ZERO)
  const fill = { quantity: toWire(sum((one) => one.quantity)), quoteQuantity: toWire(sum((one) => one.quoteQuantity)) }
  await queueFillAlert(tx, order, fill, Math.max(...added.map((one) => one.tradeTime)), now)
}

/** The status a report leads to; null when the report is older than what we know. */
function statusAfter(
  order: JournaledOrder,
  report: Pick<ExchangeOrder, 'status' | 'filledQuantity'>,
  isGlance: boolean,
): OrderStatus | null {
  if (isClosed(order.status) && isOpen(report.status)) return null
  if (report.filledQuantity.lt(order.filledQuantity) && isOpen(report.status)) return null
  const isPending = order.status === 'PENDING_CANCEL' || order.status === 'PENDING_UPDATE'
  if (isGlance && isPending && isOpen(report.status)) return order.status
  const event = eventOfReport(report.status)
  const status = event === null ? null : nextStatus(order.status, event)
  if (status === null && order.status !== report.status)
    throw new Error(`order ${order.clientOrderId} is ${order.status} here and ${report.status} at the exchange`)
  return status ?? order.status
}

/**
 * Writes what the exchange says of an order: status, executions, positions and P&L, in one transaction; then tells
 * engine and browsers. Saying the same twice changes nothing. Null when the journal does not know the order.
 */
export async function recordReport(
  context: ReportContext,
  clientOrderId: string,
  report: ExchangeOrder,
): Promise<RecordedReport | null> {
  const fills = report.fills ?? []
  // Prices of fees are asked for before the transaction: nothing waits for the network while rows are locked.
  const fees = await Promise.all(fills.map((fill) => feeInQuote(fill, context)))
  const result = await inTransaction(async (tx) => {
    const order = await lockOrder(tx, clientOrderId)
    if (order === null) return null
    const status = statusAfter(order, report, context.isGlance ?? false)
    const added = await recordFills(tx, order, fills, fees, context)
    const recorded = await filledSoFar(tx, clientOrderId)
    const filledQuantity = max(max(report.filledQuantity, order.filledQuantity), recorded.quantity)
    if (status !== null && (status !== order.status || !filledQuantity.eq(order.filledQuantity) || added.length > 0))
      await changeOrder(
        tx,
        order,
        {
          kind: eventOfReport(report.status) ?? 'REPORT',
          to: status,
          exchangeOrderId: report.exchangeOrderId,
          filledQuantity,
          filledQuoteQuantity: max(max(report.filledQuoteQuantity, order.filledQuoteQuantity), recorded.quoteQuantity),
          answer: report.native,
          isAcknowledged: true,
          isClosed: isClosed(status),
          ...(report.status === 'REJECTED' ? { errorMessage: 'rejected by the exchange' } : {}),
        },
        context.now,
      )
    await tell(tx, order, added, context.now)
    if (status === 'REJECTED' && status !== order.status)
      await queueFailedOrderAlert(tx, order, { status, code: null, reason: 'rejected by the exchange' }, context.now)
    if (order.webhookId !== undefined && status !== null && status !== order.status)
      await recordWebhookAnswer(tx, order.webhookId, report.native, null)
    return {
      order,
      status: status ?? order.status,
      added: added.length,
      hasMissingFills: filledQuantity.gt(recorded.quantity),
      isChanged: status !== order.status,
    }
  })
  if (result === null) return null
  if (result.isChanged || result.added > 0) await announce(context.bus, result.order, result.status, result.added > 0)
  return { status: result.status, hasMissingFills: result.hasMissingFills }
}

/** Appends executions that came apart from their order's report, and brings the order's sums up to them. */
export async function recordLateFills(context: ReportContext, clientOrderId: string, fills: Fill[]): Promise<number> {
  const fees = await Promise.all(fills.map((fill) => feeInQuote(fill, context)))
  const result = await inTransaction(async (tx) => {
    const order = await lockOrder(tx, clientOrderId)
    if (order === null) return null
    const added = await recordFills(tx, order, fills, fees, context)
    const recorded = await filledSoFar(tx, clientOrderId)
    if (recorded.quantity.gt(order.filledQuantity))
      await changeOrder(
        tx,
        order,
        {
          kind: 'FILLS_FOUND',
          to: order.status,
          filledQuantity: recorded.quantity,
          filledQuoteQuantity: recorded.quoteQuantity,
        },
        context.now,
      )
    await tell(tx, order, added, context.now)
    return { order, added: added.length }
  })
  if (result === null) return 0
  if (result.added > 0) await announce(context.bus, result.order, result.order.status, true)
  return result.added
}

export interface Failure {
  kind: 'DENY' | 'REJECT' | 'NOT_SENT'
  code: string
  message: string
  answer?: unknown
}

/** Writes that a command failed for certain: refused by us, refused by the exchange, or never sent. */
export async function recordFailure(bus: Bus, clientOrderId: string, failure: Failure, now: EpochMs): Promise<void> {
  const order = await inTransaction(async (tx) => {
    const found = await lockOrder(tx, clientOrderId)
    const to = found && nextStatus(found.status, failure.kind)
    if (found === null || to === null) return null
    await changeOrder(
      tx,
      found,
      {
        kind: failure.kind,
        to,
        errorCode: failure.code,
        errorMessage: failure.message,
        isClosed: isClosed(to),
        detail: { code: failure.code, message: failure.message },
        ...(failure.answer === undefined ? {} : { answer: failure.answer }),
      },
      now,
    )
    if (isClosed(to))
      await queueFailedOrderAlert(tx, found, { status: to, code: failure.code, reason: failure.message }, now)
    if (found.webhookId !== undefined)
      await recordWebhookAnswer(tx, found.webhookId, failure.answer, isClosed(to) ? failure.message : null)
    return { ...found, status: to }
  })
  if (order !== null) await announce(bus, order, order.status, false)
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
