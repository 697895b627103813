import type { Transfer, TransferKind } from '@/lib/domain/account/transfer'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, sum, ZERO } from '@/lib/domain/money/decimal'

// Journal against exchange, balance by balance: what an account should hold is what it held at the last reconciliation and
// what executions moved since. What it holds beyond that is explained by the exchange's own records, or is unknown.

/** ROUNDING: not more than the exchange's last digit for each execution. UNKNOWN: nobody tells where it comes from. */
export type ExplanationKind = TransferKind | 'ROUNDING' | 'UNKNOWN'

export interface Explanation {
  kind: ExplanationKind
  /** Above zero: the account holds more than the journal expects. */
  amount: Amount
  /** The record that tells it, where one does. */
  transfer: Transfer | null
}

export type Amounts = ReadonlyMap<string, Amount>

/** What stood there at the end of a reconciliation. Assets that are absent are zero. */
export interface BalanceSnapshot {
  actual: Amounts
  /** What executions close to its moment moved that the balance holds already. */
  counted: Amounts
}

/** What one execution moved. */
export interface Move {
  time: EpochMs
  amounts: Amounts
}

/** An account at one moment, which is somewhere between two times as far as clocks can tell. */
export interface BalanceLook {
  actual: Amounts
  readFrom: EpochMs
  readTo: EpochMs
  /** Executions close to that moment, oldest first: each may have been before or after it. */
  recent: readonly Move[]
}

export interface BalanceReading extends BalanceLook {
  previous: BalanceSnapshot
  /** What executions moved from close to the last moment on, up to the recent ones. */
  moved: Amounts
  /** Records that explain no earlier difference, oldest first. */
  transfers: readonly Transfer[]
  /** The smallest amount that the exchange writes. */
  unit: Amount
  /** Executions since the last reconciliation, for their rounding. */
  executions: number
}

export interface BalanceLine {
  asset: string
  expected: Amount
  actual: Amount
  difference: Amount
  explanations: Explanation[]
}

export interface Reconciliation {
  lines: BalanceLine[]
  /** What the next one starts from. */
  snapshot: BalanceSnapshot
  /** Assets with something that nobody explains. */
  unknown: number
}

/** Up to so many records of one asset every combination is tried. */
const MOST_COMBINED = 12

const amountOf = (amounts: Amounts, asset: string): Amount => amounts.get(asset) ?? ZERO

/** Combinations of records that may have taken effect, those of most records first. */
function combinationsOf(transfers: readonly Transfer[]): Transfer[][] {
  if (transfers.length > MOST_COMBINED)
    return [
      [...transfers],
      ...transfers.map((_, end) => transfers.slice(0, end)).reverse(),
      ...transfers.map((t) => [t]),
    ]
  const all = Array.from({ length: 2 ** transfers.length }, (_, bits) =>
    transfers.filter((_transfer, at) => Math.floor(bits / 2 ** at) % 2 === 1),
  )
  return all.sort((a, b) => b.length - a.length)
}

/**
 * Explains a difference by those records that come nearest to it: one may be told before its funds arrive, or be told twice
 * (a fee beside an amount that holds it). What is left over is rounding or unknown.
 */
export function explain(difference: Amount, transfers: readonly Transfer[], tolerance: Amount): Explanation[] {
  let best: Transfer[] = []
  let rest = difference
  for (const chosen of combinationsOf(transfers)) {
    const left = difference.minus(sum(chosen.map(({ amount }) => amount)))
    const isBetter = left.abs().lt(rest.abs()) || (left.abs().eq(rest.abs()) && chosen.length > best.length)
    if (isBetter) [best, rest] = [chosen, left]
    if (rest.isZero() && best.length > 0) break
  }
  const explanations: Explanation[] = best.map((transfer) => ({
    kind: transfer.kind,
    amount: transfer.amount,
    transfer,
  }))
  if (rest.isZero()) return explanations
  const kind = rest.abs().lte(tolerance) ? 'ROUNDING' : 'UNKNOWN'
  return [...explanations, { kind, amount: rest, transfer: null }]
}

function plus(amounts: Amounts, more: Amounts): Amounts {
  const total = new Map(amounts)
  for (const [asset, amount] of more) total.set(asset, amountOf(total, asset).plus(amount))
  return total
}

function reconcileAt(reading: BalanceReading, counted: Amounts): Reconciliation {
  const { previous, actual, transfers } = reading
  const tolerance = reading.unit.times(reading.executions)
  const moved = plus(reading.moved, counted)
  const assets = [...new Set([previous.actual, previous.counted, actual, moved].flatMap((each) => [...each.keys()]))]
  const lines = assets.sort().map((asset): BalanceLine => {
    const sinceThen = amountOf(moved, asset).minus(amountOf(previous.counted, asset))
    const expected = amountOf(previous.actual, asset).plus(sinceThen)
    const difference = amountOf(actual, asset).minus(expected)
    const own = transfers.filter((transfer) => transfer.asset === asset)
    const explanations = explain(difference, own, tolerance)
    return { asset, expected, actual: amountOf(actual, asset), difference, explanations }
  })
  const unknown = lines.filter(({ explanations }) => explanations.some(({ kind }) => kind === 'UNKNOWN')).length
  return { lines, snapshot: { actual, counted }, unknown }
}

const differing = ({ lines }: Reconciliation): number => lines.filter(({ difference }) => !difference.isZero()).length

/** What the recent executions moved up to each moment between two of them, the moments nearest to the reading first. */
function momentsOf({ recent, readFrom, readTo }: BalanceLook): Amounts[] {
  let counted: Amounts = new Map()
  const moments = [{ counted, after: -Infinity, before: recent[0]?.time ?? Infinity }]
  for (const [at, { amounts, time }] of recent.entries()) {
    counted = plus(counted, amounts)
    moments.push({ counted, after: time, before: recent[at + 1]?.time ?? Infinity })
  }
  const distance = ({ after, before }: (typeof moments)[number]): number =>
    Math.max(0, after - readTo, readFrom - before)
  return moments
    .reverse()
    .sort((a, b) => distance(a) - distance(b))
    .map((moment) => moment.counted)
}

/**
 * Compares. Which of the recent executions the balance already holds is not told: the moment is taken between two of them at
 * which least is unexplained, the latest of several. A wrong one cannot hide anything: what it passes over shows next time.
 */
export function reconcile(reading: BalanceReading): Reconciliation {
  let best: Reconciliation | undefined
  for (const counted of momentsOf(reading)) {
    const found = reconcileAt(reading, counted)
    const isBetter =
      best === undefined ||
      found.unknown < best.unknown ||
      (found.unknown === best.unknown && differing(found) < differing(best))
    if (isBetter) best = found
    if (found.unknown === 0 && differing(found) === 0) break
  }
  return best ?? reconcileAt(reading, new Map())
}

/** An execution came while the balance was read: the clock does not tell whether the balance holds it. */
const isTorn = ({ recent, readFrom, readTo }: BalanceLook): boolean =>
  recent.some(({ time }) => time >= readFrom && time <= readTo)

/**
 * The first look has nothing to compare with. Two looks in a row tell the moment: from it on, executions lead from the first
 * balance to the second without a difference. `moved`: by executions between the two, as in a reading. Null when no moment
 * fits, or when several do and the clock does not tell which (executions that are all alike); then a third look is needed.
 */
export function startingPoint(first: BalanceLook, second: BalanceLook & { moved: Amounts }): BalanceSnapshot | null {
  const fitting: BalanceSnapshot[] = []
  for (const counted of momentsOf(first)) {
    const previous = { actual: first.actual, counted }
    const found = reconcile({ ...second, previous, transfers: [], unit: ZERO, executions: 0 })
    if (differing(found) === 0) fitting.push(found.snapshot)
    if (fitting.length > 0 && !isTorn(first)) break
  }
  return fitting.length > 1 ? null : (fitting[0] ?? null)
}
