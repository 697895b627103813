import {
  listPositionIds,
  ordersBehindFills,
  raiseToFills,
  realizedByOrderOf,
  roundTripsOf,
} from '@/lib/db/ledger-repository'
import { findPosition, listUnswept, lockPosition, type PositionRow } from '@/lib/db/position-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, toWire, ZERO } from '@/lib/domain/money/decimal'
import { averageEntryPrice, type PositionMarket, type RoundTripState } from '@/lib/domain/position/fold'
import { foldFromFills, marketOf, refold } from '@/lib/use-cases/refold-position'

/** One value of the ledger that is not what the fills make of it. Both as plain text, null for what is not there. */
interface LedgerDifference {
  positionId: string
  symbol: string
  /** For example `realizedPnl`, `roundTrip 3 cost`, `order 01J… realizedPnl`. */
  what: string
  stored: string | null
  fromFills: string | null
}

export interface LedgerReport {
  positions: number
  roundTrips: number
  differences: LedgerDifference[]
}

const TRIP_FIELDS = ['openedAt', 'closedAt', 'bought', 'sold', 'cost', 'proceeds', 'realizedPnl'] as const

const textOf = (value: Amount | number | null): string | null =>
  value === null ? null : typeof value === 'number' ? new Date(value).toISOString() : toWire(value)

/** Fields of two round trips of the same number, or all of the one when there is no other. */
function compareTrips(stored: RoundTripState[], wanted: RoundTripState[]): [string, string | null, string | null][] {
  const found = new Map(stored.map((trip) => [trip.number, trip]))
  const meant = new Map(wanted.map((trip) => [trip.number, trip]))
  return [...new Set([...found.keys(), ...meant.keys()])].flatMap((number) =>
    TRIP_FIELDS.map((field): [string, string | null, string | null] => [
      `roundTrip ${number} ${field}`,
      textOf(found.get(number)?.[field] ?? null),
      textOf(meant.get(number)?.[field] ?? null),
    ]),
  )
}

/** Differences between a locked position as it is stored and as its fills make it. */
async function compare(tx: Queryable, position: PositionRow, market: PositionMarket) {
  const { state, roundTrips, realizedByOrder } = await foldFromFills(tx, position.id, market)
  const sold = await realizedByOrderOf(tx, position.id)
  const orders = new Set([...sold.keys(), ...realizedByOrder.keys()])
  const values: [string, string | null, string | null][] = [
    ['quantity', textOf(position.quantity), textOf(state.quantity)],
    ['cost', textOf(position.cost), textOf(state.cost)],
    ['dustQuantity', textOf(position.dust.quantity), textOf(state.dust.quantity)],
    ['dustCost', textOf(position.dust.cost), textOf(state.dust.cost)],
    ['averageEntryPrice', textOf(position.averageEntryPrice), textOf(averageEntryPrice(state).toDecimalPlaces(18))],
    ['realizedPnl', textOf(position.realizedPnl), textOf(state.realizedPnl)],
    ['openedAt', textOf(position.openedAt?.getTime() ?? null), textOf(state.openedAt)],
    ...compareTrips(await roundTripsOf(tx, position.id), roundTrips),
    ...[...orders].map((id): [string, string | null, string | null] => [
      `order ${id} realizedPnl`,
      // An order that realized nothing says nothing, or zero.
      textOf(sold.get(id) ?? ZERO),
      textOf(realizedByOrder.get(id) ?? ZERO),
    ]),
    ...(await ordersBehindFills(tx, position.id)).map(([id, said, filled]): [string, string | null, string | null] => [
      `order ${id} filledQuantity`,
      said,
      filled,
    ]),
  ]
  const differences = values
    .filter(([, stored, fromFills]) => stored !== fromFills)
    .map(([what, stored, fromFills]) => ({ positionId: position.id, symbol: position.symbol, what, stored, fromFills }))
  return { differences, roundTrips: roundTrips.length }
}

/** Works on a position while it is locked; null where there is none any more. */
async function inLock<T>(
  id: string,
  work: (tx: Queryable, position: PositionRow, market: PositionMarket) => Promise<T>,
): Promise<T | null> {
  const found = await findPosition(id)
  if (found === null) return null
  const market = await marketOf(found)
  return inTransaction(async (tx) => {
    const position = await lockPosition(tx, id)
    return position === null ? null : work(tx, position, market)
  })
}

/**
 * Recomputes every position, its round trips and what its orders realized from the recorded fills, one transaction each,
 * and reports what differed. With `isCheck` nothing is written. Daemons may go on working meanwhile.
 */
export async function rebuildLedger(isCheck: boolean, now: EpochMs): Promise<LedgerReport> {
  const report: LedgerReport = { positions: 0, roundTrips: 0, differences: [] }
  for (const id of await listPositionIds()) {
    const result = await inLock(id, async (tx, position, instrument) => {
      const compared = await compare(tx, position, instrument)
      if (!isCheck && compared.differences.length > 0) {
        await refold(tx, position, { instrument, now })
        await raiseToFills(tx, id)
      }
      return compared
    })
    if (result === null) continue
    report.positions++
    report.roundTrips += result.roundTrips
    report.differences.push(...result.differences)
  }
  return report
}

/** Folds positions of before dust was set aside anew from their fills. Returns how many there were. */
export async function sweepOldDust(now: EpochMs): Promise<number> {
  const ids = await listUnswept()
  for (const id of ids) await inLock(id, (tx, position, instrument) => refold(tx, position, { instrument, now }))
  return ids.length
}
