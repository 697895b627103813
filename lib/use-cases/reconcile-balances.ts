import { queueAlert } from '@/lib/db/alert-outbox-repository'
import { accountedTransfers, giveUpCheck, lastSnapshot, movesOf, saveCheck } from '@/lib/db/balance-check-repository'
import { type BrokerAccount, findBroker } from '@/lib/db/broker-repository'
import { findSymbolsAmong } from '@/lib/db/instrument-repository'
import { insertNotice } from '@/lib/db/webhook-source-repository'
import { findRecentSymbols } from '@/lib/db/order-repository'
import { inTransaction } from '@/lib/db/transaction'
import {
  type BalanceLook,
  type BalanceReading,
  type BalanceSnapshot,
  reconcile,
  type Reconciliation,
  startingPoint,
} from '@/lib/domain/account/reconciliation'
import { returnOf, type Transfer, unaccounted } from '@/lib/domain/account/transfer'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { parseDecimal, toWire, ZERO } from '@/lib/domain/money/decimal'
import { sleep } from '@/lib/platform/clock'
import { compareFills } from '@/lib/use-cases/compare-fills'
import type { TrackerDesk } from '@/lib/use-cases/tracker-desk'

/** An execution may be on either side of a balance that was read so close to it, whatever the clocks say. */
const NEAR_MS = 10_000
/** Records are looked for from so long before the last reconciliation on: some are told before their funds arrive. */
const LATE_RECORDS_MS = 2 * 86_400_000
/** Records of before a first look are noted for so long back. */
const FIRST_RECORDS_MS = 7 * 86_400_000
const RECENT_MS = 86_400_000
const TIMEOUT_MS = 30_000
const PAUSE_MS = 2000
/** What stays unknown in so many looks in a row is unknown. */
const SAME_LOOKS = 3
const MOST_LOOKS = 8
/** Balances have eight decimals at all three exchanges. */
const UNIT = parseDecimal('0.00000001')

export interface ReconcilingDesk extends TrackerDesk {
  stopping: AbortSignal
}

type Look = BalanceLook & Pick<BalanceReading, 'moved' | 'executions'>

/** Where executions are counted from; without a snapshot there is nothing to compare with. */
interface Last {
  readAt: EpochMs
  snapshot: BalanceSnapshot | null
}

interface Records {
  transfers: Transfer[]
  error: string | null
}

/**
 * The balance, and then the journal brought up to it: executions since `last`, if there is a last one. Markets that are `read`
 * once so far back are read on from there.
 */
async function look(desk: ReconcilingDesk, broker: BrokerAccount, last: Last | null, read: Set<string>): Promise<Look> {
  const readFrom = desk.clock()
  const since = Math.min(last?.readAt ?? readFrom, readFrom - RECENT_MS)
  const balances = await desk.gateway.call(broker.id, 'get_balance', {}, TIMEOUT_MS)
  const readTo = desk.clock()
  const actual = new Map(balances.map(({ asset, total }) => [asset, total]))
  const moves = () => movesOf(broker.id, (last?.readAt ?? readFrom) - NEAR_MS, readFrom - NEAR_MS)
  const suspect =
    last === null || last.snapshot === null
      ? []
      : suspectAssets(last.snapshot, { actual, readFrom, readTo, ...(await moves()) })
  const symbols = [...(await findRecentSymbols(broker.id, since)), ...(await findSymbolsAmong(broker.id, suspect))]
  for (const symbol of new Set(symbols)) {
    await compareFills(desk, broker, symbol, read.has(symbol) ? undefined : since)
    read.add(symbol)
  }
  return { actual, readFrom, readTo, ...(await moves()) }
}

/** Assets that do not hold what the journal expects as it is now: a trade made elsewhere shows in both of its assets. */
function suspectAssets(previous: BalanceSnapshot, now: Look): string[] {
  return reconcile({ ...now, previous, transfers: [], unit: ZERO, executions: 0 })
    .lines.filter(({ difference }) => !difference.isZero())
    .map(({ asset }) => asset)
}

async function pause(desk: ReconcilingDesk): Promise<void> {
  await sleep(PAUSE_MS, desk.stopping)
  desk.stopping.throwIfAborted()
}

/** The exchange's own records that explain nothing yet. Without them a difference is unknown, which is said. */
async function readRecords(desk: ReconcilingDesk, broker: BrokerAccount, fromTime: EpochMs): Promise<Records> {
  let told: Transfer[]
  try {
    told = await desk.gateway.call(broker.id, 'get_transfers', { fromTime }, TIMEOUT_MS)
  } catch (error) {
    if (!(error instanceof TradingError)) throw error
    return { transfers: [], error: `${error.code}: ${error.message}` }
  }
  const ids = told.flatMap(({ exchangeTransferId: id }) => [id, returnOf(id)])
  const transfers = unaccounted(told, await accountedTransfers(broker.id, ids))
  return { transfers, error: null }
}

const unknownOf = ({ lines }: Reconciliation): string =>
  lines
    .flatMap(({ asset, explanations }) =>
      explanations.filter(({ kind }) => kind === 'UNKNOWN').map(({ amount }) => `${asset} ${toWire(amount)}`),
    )
    .join(', ')

type Found = Reconciliation & { readAt: EpochMs; isFirst: boolean; recordsError: string | null; recorded: Transfer[] }

/** The first look: what is there is taken as it is, at a moment that is certain. */
async function startFrom(desk: ReconcilingDesk, broker: BrokerAccount): Promise<Found | null> {
  let before: Look | null = null
  const read = new Set<string>()
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    if (before !== null) await pause(desk)
    const last: Last | null = before && { readAt: before.readFrom, snapshot: null }
    // Before the balance: what takes effect while that is read is not in it, and explains the next one.
    const { transfers: recorded, error } = await readRecords(desk, broker, desk.clock() - FIRST_RECORDS_MS)
    const now: Look = await look(desk, broker, last, read)
    const snapshot = before && startingPoint(before, now)
    if (snapshot !== null) {
      const assets = [...new Set([...snapshot.actual.keys(), ...snapshot.counted.keys()])].sort()
      const lines = assets.map((asset) => {
        const actual = snapshot.actual.get(asset) ?? ZERO
        return { asset, expected: actual, actual, difference: ZERO, explanations: [] }
      })
      return { lines, snapshot, unknown: 0, readAt: now.readFrom, isFirst: true, recordsError: error, recorded }
    }
    before = now
  }
  return null
}

/** Compares until all is explained, or until what is not stays the same. Null when the account never stood still for that. */
async function compare(
  desk: ReconcilingDesk,
  broker: BrokerAccount,
  last: Last & { snapshot: BalanceSnapshot },
): Promise<Found | null> {
  let same = { unknown: '', looks: 0 }
  const read = new Set<string>()
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    if (looks > 0) await pause(desk)
    const now = await look(desk, broker, last, read)
    const { transfers, error } = await readRecords(desk, broker, last.readAt - LATE_RECORDS_MS)
    const found = reconcile({ ...now, previous: last.snapshot, transfers, unit: UNIT })
    const unknown = unknownOf(found)
    same = { unknown, looks: unknown === same.unknown ? same.looks + 1 : 1 }
    if (found.unknown === 0 || same.looks >= SAME_LOOKS)
      return { ...found, readAt: now.readFrom, isFirst: false, recordsError: error, recorded: [] }
  }
  return null
}

async function save(check: { id: string; brokerId: string }, broker: BrokerAccount, found: Found, now: EpochMs) {
  await inTransaction(async (tx) => {
    await saveCheck(tx, check, found, now)
    if (found.unknown === 0) return
    const detail = { broker: broker.name, brokerId: broker.id, checkId: check.id, differences: unknownOf(found) }
    await insertNotice(tx, { userId: broker.userId, code: 'BALANCE_DIFFERENCE', detail }, now)
    await queueAlert(tx, { userId: broker.userId, kind: 'BALANCE', detail, occurredAt: now }, now)
  })
}

/**
 * Does one reconciliation that was asked for (TRK-7): what the account should hold by its executions since the last one,
 * against what the exchange says. What differs is explained by the exchange's own records or kept as unknown, and told.
 */
export async function reconcileBalances(desk: ReconcilingDesk, check: { id: string; brokerId: string }): Promise<void> {
  const broker = await findBroker(check.brokerId)
  if (broker === null) return
  const { clock, bus, log } = desk
  try {
    const last = await lastSnapshot(broker.id)
    const found = await (last === null ? startFrom(desk, broker) : compare(desk, broker, last))
    if (found === null) await giveUpCheck(check.id, { state: 'UNSETTLED' }, clock())
    else await save(check, broker, found, clock())
    const unknown = found === null ? null : unknownOf(found)
    if (unknown !== '') log.warn({ brokerId: broker.id, checkId: check.id, unknown }, 'balances differ')
  } catch (error) {
    // It is begun anew at the next start.
    if (desk.stopping.aborted) return
    // An account that was removed meanwhile took its check along.
    if ((await findBroker(broker.id)) === null) return
    const errorCode = error instanceof TradingError ? error.code : 'UNAVAILABLE'
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({ brokerId: broker.id, checkId: check.id, reason }, 'reconciliation failed')
    await giveUpCheck(check.id, { state: 'FAILED', errorCode, error: reason }, clock())
  }
  void bus.announce('websockets', {
    userId: broker.userId,
    event: 'balances.checked',
    payload: { brokerId: broker.id, checkId: check.id },
  })
}
