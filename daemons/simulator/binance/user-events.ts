import type { Changes, Report } from '../matching/changes'
import { toWire } from '@/lib/domain/money/decimal'
import type { Order } from '../matching/order'
import { rejectReasonOf } from './errors'
import { nativeStatusOf, nativeTypeOf, wire8 } from './native'

// Events of the user data stream, field by field as in user-data-stream.md.

type OrderReport = Extract<Report, { kind: 'ORDER' }>

function executionReport(
  { order, execution, fill, otherId, reason }: OrderReport,
  eventTime: number,
  reportId: number,
) {
  return {
    e: 'executionReport',
    E: eventTime,
    s: order.symbol,
    c: execution === 'REPLACED' ? order.clientOrderId : (otherId ?? order.clientOrderId),
    S: order.side,
    o: nativeTypeOf(order),
    f: order.timeInForce,
    q: wire8(order.quantity),
    p: wire8(order.limitPrice),
    P: wire8(order.stopPrice),
    ...(order.trailingDelta === null
      ? {}
      : { d: order.trailingDelta, D: order.trailingPeak === null ? -1 : order.createdTime }),
    F: wire8(order.icebergQuantity),
    g: order.listId ?? -1,
    C: otherId === null ? '' : execution === 'REPLACED' ? otherId : order.clientOrderId,
    x: execution,
    X: nativeStatusOf(order),
    r: rejectReasonOf(reason),
    i: order.id,
    l: wire8(fill?.quantity ?? null),
    z: wire8(order.filledQuantity),
    L: wire8(fill?.price ?? null),
    n: fill === null ? '0' : wire8(fill.fee),
    N: fill === null ? null : fill.feeAsset,
    T: order.updatedTime,
    t: fill?.id ?? -1,
    I: reportId,
    w:
      order.isWorking &&
      (execution === 'NEW' || nativeStatusOf(order) === 'PARTIALLY_FILLED') &&
      order.type !== 'MARKET',
    m: fill?.isMaker ?? false,
    M: fill !== null,
    O: order.createdTime,
    Z: wire8(order.filledQuoteQuantity),
    Y: wire8(fill?.quoteQuantity ?? null),
    Q: wire8(order.quoteQuantity),
    ...strategyOf(order),
    ...(order.workingTime === null ? {} : { W: order.workingTime }),
    V: 'EXPIRE_MAKER',
  }
}

const strategyOf = ({ echo }: Order) => ({
  ...(echo['strategyId'] === undefined ? {} : { j: Number(echo['strategyId']) }),
  ...(echo['strategyType'] === undefined ? {} : { J: Number(echo['strategyType']) }),
})

function listStatus({ list, members }: Extract<Report, { kind: 'LIST' }>, eventTime: number) {
  return {
    e: 'listStatus',
    E: eventTime,
    s: list.symbol,
    g: list.id,
    c: list.contingency,
    l: list.isDone ? 'ALL_DONE' : 'EXEC_STARTED',
    L: list.isDone ? 'ALL_DONE' : 'EXECUTING',
    r: 'NONE',
    C: list.clientListId,
    T: eventTime,
    O: members.map(({ symbol, id, clientOrderId }) => ({ s: symbol, i: id, c: clientOrderId })),
  }
}

/** The events that one command brings to its accounts, in order; each account's new funds come last. */
export function userEventsOf(
  changes: Changes,
  eventTime: number,
  nextId: () => number,
): { accountId: number; event: unknown }[] {
  const events = changes.reports.map((report): { accountId: number; event: unknown } => {
    switch (report.kind) {
      case 'ORDER':
        return { accountId: report.order.accountId, event: executionReport(report, eventTime, nextId()) }
      case 'LIST':
        return { accountId: report.list.accountId, event: listStatus(report, eventTime) }
      case 'DEPOSIT': {
        const { accountId, asset, amount, time } = report
        return { accountId, event: { e: 'balanceUpdate', E: eventTime, a: asset, d: toWire(amount), T: time } }
      }
    }
  })
  const accounts = new Set(changes.balances.map((balance) => balance.accountId))
  for (const accountId of accounts) {
    const B = changes.balances
      .filter((balance) => balance.accountId === accountId)
      .map(({ asset, free, locked }) => ({ a: asset, f: wire8(free), l: wire8(locked) }))
    events.push({ accountId, event: { e: 'outboundAccountPosition', E: eventTime, u: eventTime, B } })
  }
  return events
}
