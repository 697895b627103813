import type {
  LedgerRecord,
  NewFill,
  OrderRecord,
  PositionRecord,
  ReportedOrder,
  ReportedPosition,
} from '@/lib/db/ledger-record'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, max, ZERO } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import { isClosed, isOpen, type OrderStatus } from '@/lib/domain/order/status'
import { eventOfReport, nextStatus } from '@/lib/domain/order/transitions'
import { applyFill, type PositionMarket, type PositionState, type RoundTripState } from '@/lib/domain/position/fold'

/** What the exchange says of an order: its state with executions or, without `report`, executions alone. */
export interface Reported {
  clientOrderId: string
  /** The account and the market that it comes from. */
  brokerId: string
  symbol: string
  report: ExchangeOrder | null
  fills: Fill[]
  /** What each fill's fee is worth in the quote asset; null while nobody knows it. */
  fees: (Amount | null)[]
  /** The report comes from a look at the exchange while a command of ours may be under way: it does not end the wait for that. */
  isGlance: boolean
}

/** What came of one report. */
export interface Outcome {
  order: JournaledOrder
  status: OrderStatus
  isChanged: boolean
  added: Fill[]
  /** Executions the exchange reports beyond those recorded: they have to be fetched. */
  hasMissingFills: boolean
}

export interface Plan {
  record: LedgerRecord
  /** One per report; null of an order that the journal does not know, an Error of a report that contradicts it. */
  outcomes: (Outcome | Error | null)[]
  /** An execution is older than one that is recorded: the position has to be folded anew from all of them. */
  needsRefold: boolean
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

type Numbered = Pick<Fill, 'tradeTime' | 'exchangeTradeId' | 'side'>

/** Oldest first, as the exchange numbered them; of a trade with oneself the purchase first. */
function byAge(a: Numbered, b: Numbered): number {
  if (a.tradeTime !== b.tradeTime) return a.tradeTime - b.tradeTime
  const [x, y] = [a.exchangeTradeId, b.exchangeTradeId]
  if (x !== y) return x.length - y.length || (x < y ? -1 : 1)
  return a.side === b.side ? 0 : a.side === 'BUY' ? -1 : 1
}

const total = (fills: Fill[], read: (fill: Fill) => Amount): Amount =>
  fills.reduce((sum, fill) => sum.plus(read(fill)), ZERO)

/** What belongs to an order of another account or market is never taken for this one's, whatever they are called. */
function refuseOther(order: JournaledOrder, { brokerId, symbol, report, fills }: Reported): void {
  if (order.brokerId !== brokerId) throw new Error(`order ${order.clientOrderId} is one of another account`)
  const other = [symbol, ...(report === null ? [] : [report.symbol]), ...fills.map((fill) => fill.symbol)].find(
    (one) => one !== order.symbol,
  )
  if (other !== undefined) throw new Error(`order ${order.clientOrderId} is one in ${order.symbol}, not in ${other}`)
}

/** What an order placed elsewhere asks for now, where that is more than it was: its quantity may be raised at the exchange. */
const raisedQuantity = ({ source, quantity }: JournaledOrder, atLeast: Amount): Amount | null =>
  source === 'EXTERNAL' && quantity !== undefined && atLeast.gt(quantity) ? atLeast : null

/**
 * An order that spends an amount, or may do so, is told exactly in that amount: once so much is recorded, that is all, whatever
 * quantity the exchange makes of it by the average price.
 */
const isBySpending = ({ source, type, quantity }: JournaledOrder): boolean =>
  quantity === undefined || (source === 'EXTERNAL' && type === 'MARKET')

/** The change of an order's row, and what came of it; null where the report says nothing new. */
function recordOf(
  found: ReportedOrder,
  { report, isGlance }: Reported,
  added: Fill[],
): { outcome: Outcome; record: OrderRecord | null } {
  const { order, recorded, version, isTold } = found
  const status = report === null ? order.status : statusAfter(order, report, isGlance)
  const quantity = recorded.quantity.plus(total(added, (fill) => fill.quantity))
  const quoteQuantity = recorded.quoteQuantity.plus(total(added, (fill) => fill.quoteQuantity))
  const spent = max(report?.filledQuoteQuantity ?? ZERO, order.filledQuoteQuantity)
  const isAllRecorded = isBySpending(order) && spent.gt(0) && quoteQuantity.gte(spent)
  const told = max(report?.filledQuantity ?? ZERO, order.filledQuantity)
  const filledQuantity = isAllRecorded ? quantity : max(told, quantity)
  const raised = raisedQuantity(order, max(report?.quantity ?? ZERO, filledQuantity))
  const outcome: Outcome = {
    order,
    status: status ?? order.status,
    isChanged: report !== null && status !== null && status !== order.status,
    added,
    hasMissingFills: report !== null && filledQuantity.gt(quantity),
  }
  const isNews =
    report === null
      ? quantity.gt(order.filledQuantity)
      : status !== null &&
        (status !== order.status || !filledQuantity.eq(order.filledQuantity) || added.length > 0 || raised !== null)
  if (!isNews && added.length === 0) return { outcome, record: null }
  const times = added.map((fill) => fill.tradeTime)
  const quoteBefore = max(report?.filledQuoteQuantity ?? ZERO, order.filledQuoteQuantity)
  const isReported = isNews && report !== null
  return {
    outcome,
    record: {
      clientOrderId: order.clientOrderId,
      version,
      kind: !isNews ? null : report === null ? 'FILLS_FOUND' : (eventOfReport(report.status) ?? 'REPORT'),
      from: order.status,
      to: outcome.status,
      exchangeOrderId: isReported ? report.exchangeOrderId : null,
      quantity: raised,
      filledQuantity: isNews ? filledQuantity : order.filledQuantity,
      filledQuoteQuantity: isNews ? max(quoteBefore, quoteQuantity) : order.filledQuoteQuantity,
      realizedPnl: null,
      answer: isReported ? report.native : null,
      webhookId: isReported && outcome.isChanged ? (order.webhookId ?? null) : null,
      errorMessage: isReported && report.status === 'REJECTED' ? 'rejected by the exchange' : null,
      isClosed: isReported && isClosed(outcome.status),
      told:
        added.length === 0 || !isTold
          ? null
          : {
              quantity: total(added, (fill) => fill.quantity),
              quoteQuantity: total(added, (fill) => fill.quoteQuantity),
              tradeTime: Math.max(...times),
            },
    },
  }
}

/** Folds new executions into a position, the oldest first. Adds to each order what its own realized. */
function fold(
  position: ReportedPosition,
  fills: NewFill[],
  market: PositionMarket,
  orders: OrderRecord[],
): Pick<PositionRecord, 'state' | 'roundTrips'> {
  const { row, roundTrip } = position
  let state: PositionState = {
    quantity: row.quantity,
    cost: row.cost,
    dust: row.dust,
    realizedPnl: row.realizedPnl,
    openedAt: row.openedAt?.getTime() ?? null,
    roundTrip,
  }
  const trips = new Map<number, RoundTripState>()
  for (const { clientOrderId, fill, feeInQuote } of fills) {
    const before = state.realizedPnl
    state = applyFill(state, { ...fill, feeInQuote: feeInQuote ?? ZERO }, market)
    if (state.roundTrip !== null) trips.set(state.roundTrip.number, state.roundTrip)
    const realized = state.realizedPnl.minus(before)
    const record = orders.find((order) => order.clientOrderId === clientOrderId)
    if (record !== undefined && !realized.isZero()) record.realizedPnl = (record.realizedPnl ?? ZERO).plus(realized)
  }
  return { state, roundTrips: [...trips.values()] }
}

/** What reports on orders of one position, one per order, change in the ledger. Pure. */
export function planRecord(
  found: ReadonlyMap<string, ReportedOrder>,
  reports: Reported[],
  market: PositionMarket,
  now: EpochMs,
): Plan {
  const [first] = found.values()
  for (const { order } of found.values())
    if (order.positionId !== first?.order.positionId) throw new RangeError('reports on orders of several positions')
  const outcomes: Plan['outcomes'] = []
  const orders: OrderRecord[] = []
  const fills: NewFill[] = []
  for (const reported of reports) {
    const { clientOrderId } = reported
    const one = found.get(clientOrderId)
    if (one === undefined) {
      outcomes.push(null)
      continue
    }
    const seen = new Set(one.knownTradeIds)
    const own = reported.fills.flatMap((fill, index): NewFill[] => {
      if (seen.has(fill.exchangeTradeId)) return []
      seen.add(fill.exchangeTradeId)
      return [{ clientOrderId, fill, feeInQuote: reported.fees[index] ?? null }]
    })
    try {
      refuseOther(one.order, reported)
      const { outcome, record } = recordOf(
        one,
        reported,
        own.map(({ fill }) => fill),
      )
      outcomes.push(outcome)
      if (record !== null) orders.push(record)
      fills.push(...own)
    } catch (error) {
      outcomes.push(error instanceof Error ? error : new Error(String(error)))
    }
  }
  fills.sort((a, b) => byAge(a.fill, b.fill))
  const position = first?.position ?? null
  const [oldest] = fills
  const newest = position?.newestFill ?? null
  const needsRefold = position !== null && oldest !== undefined && newest !== null && byAge(oldest.fill, newest) < 0
  const record: LedgerRecord = { brokerId: first?.order.brokerId ?? '', orders, fills, position: null, market, now }
  if (position !== null)
    record.position = {
      row: position.row,
      version: oldest === undefined ? null : position.version,
      ...(needsRefold || oldest === undefined
        ? { state: null, roundTrips: [] }
        : fold(position, fills, market, orders)),
    }
  return { record, outcomes, needsRefold }
}
