import type { BrokerAccess, BrokerDesk } from '@/daemons/gateway/broker-access'
import type { Bus } from '@/lib/bus/bus'
import type { FundsKeeper } from '@/daemons/gateway/keep-funds'
import type { RecordedReports } from '@/daemons/gateway/recorded-reports'
import { keepAgain } from '@/lib/db/kept-order-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import type { StreamState } from '@/lib/exchanges/market-data-client'
import type { Clock } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'
import type { SideBySide } from '@/lib/platform/side-by-side'
import { createGatherer, type Gatherer } from '@/lib/platform/gather'
import {
  lacksFills,
  type RecordedReport,
  recordFailure,
  recordReports,
  type ReportContext,
  type ReportItem,
} from '@/lib/use-cases/record-report'

/** What every handler of the gateway works with. */
export interface Gateway {
  bus: Bus
  desk: BrokerDesk
  clock: Clock
  log: Logger
  /** Commands and calls under way in this process, by id: reconciliation and the queue leave these alone. */
  underWay: Set<string>
  /** What is asked and done again and again, account by account: one whose exchange does not answer holds up no other. */
  beside: SideBySide
  /** Since when exchanges say that they do not know an order that has rested there, by its id. */
  unknownSince: Map<string, EpochMs>
  /** Keeps the funds of accounts on record; hears of whatever moves there. */
  funds: FundsKeeper
  /** Takes orders for sending. */
  claims: Gatherer<string, JournaledOrder | null>
  /** Records reports by the position of their orders. */
  reports: ReportLine
  /** What a stream may repeat without being news. */
  recorded: RecordedReports
  /** How the private stream of a broker stands; null where there is none. */
  streamStateOf: (brokerId: string) => StreamState['kind'] | null
}

export type ReportLine = Gatherer<ReportItem, RecordedReport | Error | null>

const MOST_REPORTS = 50

/**
 * Reports of one position one after the other: they would otherwise wait for its row in the database, each holding a
 * connection that the next order needs. Those that gather meanwhile are recorded together.
 */
export const createReportLine = (): ReportLine =>
  createGatherer(async (_position, items) => {
    const ids = new Set(items.map(({ clientOrderId }) => clientOrderId))
    if (ids.size === items.length && items.length > 1)
      try {
        return await recordReports(items)
      } catch {
        // What is wrong with one of them must not stop the others.
      }
    const results: (RecordedReport | Error | null)[] = []
    for (const item of items)
      results.push(
        ...(await recordReports([item]).catch((error: unknown) => [
          error instanceof Error ? error : new Error(String(error)),
        ])),
      )
    return results
  }, MOST_REPORTS)

async function recordInLine(gateway: Gateway, positionId: string, item: ReportItem): Promise<RecordedReport | null> {
  // Without a position nothing is shared with other orders.
  const result = await gateway.reports.add(positionId === '' ? item.clientOrderId : positionId, item)
  if (result instanceof Error) throw result
  return result
}

async function reportContext(gateway: Gateway, access: BrokerAccess, symbol: string): Promise<ReportContext> {
  const instrument = await gateway.desk.instrument(access, symbol)
  return {
    bus: gateway.bus,
    now: gateway.clock(),
    brokerId: access.brokerId,
    instrument,
    feePriceOf: (asset, time) => gateway.desk.priceOf(access, asset, instrument.quoteAsset, time),
  }
}

/**
 * Records a report together with the executions that it speaks of: those that it does not carry, and that are not known of
 * the order, are fetched first, so that no order is seen filled while its position does not know. What the exchange does not
 * show yet is fetched again later. `isGlance`: it is no answer to a command of ours.
 */
export async function takeReport(
  gateway: Gateway,
  access: BrokerAccess,
  order: JournaledOrder,
  report: ExchangeOrder,
  isGlance = false,
): Promise<void> {
  const context = { ...(await reportContext(gateway, access, order.symbol)), isGlance }
  const fetchOwn = async (): Promise<Fill[]> => {
    const from = order.submittedAt ?? order.createdAt
    const fills = await access.client.myFills(access.credentials, order.symbol, { fromTime: from - 60_000 })
    return fills.filter((fill) => fill.exchangeOrderId === report.exchangeOrderId)
  }
  const fetched = lacksFills(report, order.filledQuantity) ? await fetchOwn().catch(() => []) : []
  const whole = { ...report, fills: [...(report.fills ?? []), ...fetched] }
  const { clientOrderId, positionId } = order
  const recorded = await recordInLine(gateway, positionId, { context, clientOrderId, said: whole })
  gateway.funds.moved(access.brokerId)
  if (recorded === null) return
  if (!recorded.hasMissingFills) {
    gateway.recorded.note(access.brokerId, report)
    return
  }
  const late = await fetchOwn()
  await recordInLine(gateway, positionId, { context, clientOrderId, said: late })
}

/** A failure as a TradingError. What we do not know cannot be called refused: a fault of our own after the send is UNKNOWN. */
export const asTradingError = (error: unknown): TradingError =>
  error instanceof TradingError
    ? error
    : new TradingError('UNKNOWN_OUTCOME', error instanceof Error ? error.message : String(error), {
        outcome: 'UNKNOWN',
        cause: error,
      })

/** Acts on a failed submit: refused is final, not sent may be sent again in time, unknown waits for reconciliation. */
export async function settleFailedSubmit(
  gateway: Gateway,
  orders: JournaledOrder[],
  error: TradingError,
): Promise<void> {
  const { bus, clock, log } = gateway
  const now = clock()
  log.warn(
    { orders: orders.map((o) => o.clientOrderId), code: error.code, outcome: error.outcome, reason: error.message },
    'submit failed',
  )
  // An order of this id exists: what we sent before did arrive. Ask, do not guess.
  if (error.outcome === 'UNKNOWN' || error.outcome === 'ACCEPTED' || error.code === 'DUPLICATE_ORDER') return
  const answer = error.nativeCode === undefined ? undefined : { code: error.nativeCode, msg: error.nativeMessage }
  const mayRetry = error.isRetryable && orders.every((order) => order.sendBefore > now + (error.retryAfterMs ?? 0))
  const kind = mayRetry ? 'NOT_SENT' : error.outcome === 'NOT_SENT' ? 'DENY' : 'REJECT'
  const ids = orders.map((order) => order.clientOrderId)
  const [only] = orders
  const mayKeep = !mayRetry && error.isRetryable && orders.length === 1 && only?.isEmulated === true
  if (mayKeep && (await keepAgain({ ...only, status: 'SUBMITTED' }, error, now))) {
    gateway.funds.moved(only.brokerId)
    return
  }
  await recordFailure(bus, ids, { kind, code: error.code, message: error.message, answer }, now)
  for (const { brokerId } of orders) gateway.funds.moved(brokerId)
  if (!mayRetry) return
  const delayMs = error.retryAfterMs ?? 1000
  const [first] = orders
  if (first?.groupId !== undefined)
    await bus.publish('order-group.submit', { groupId: first.groupId }, { delayMs }).catch(() => undefined)
  else if (first)
    await bus.publish('order.submit', { clientOrderId: first.clientOrderId }, { delayMs }).catch(() => undefined)
}
