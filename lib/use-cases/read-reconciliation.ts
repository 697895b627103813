import { askCheck } from '@/lib/db/balance-check-repository'
import { acknowledge, type CheckRow, findCheck, listChecks, type WholeCheckRow } from '@/lib/db/balance-check-reads'
import { findBroker } from '@/lib/db/broker-repository'
import type { ExplanationKind } from '@/lib/domain/account/reconciliation'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { sleep } from '@/lib/platform/clock'
import type { BrokerAnswer } from '@/lib/view/broker'
import type { CheckSummary, CheckView, DifferenceView, ReconciliationView } from '@/lib/view/reconciliation'

const HISTORY = 30
const LOOK_EVERY_MS = 250

const isOpen = ({ state }: Pick<CheckSummary, 'state'>): boolean => state === 'ASKED' || state === 'RUNNING'

/** Records of before a first look are no differences. */
function summaryOf(row: Omit<CheckRow, 'differences'> & Pick<CheckRow, 'differences'>): CheckSummary {
  const differences = row.isFirst ? [] : row.differences
  const unknown = differences.filter(({ kind }) => kind === 'UNKNOWN')
  return {
    id: row.id.toString(),
    state: row.state,
    isFirst: row.isFirst,
    isDaily: row.isDaily,
    askedAt: row.askedAt.getTime(),
    finishedAt: row.finishedAt?.getTime() ?? null,
    errorCode: row.errorCode,
    differences: differences.length,
    unknown: unknown.length,
    unacknowledged: unknown.filter(({ acknowledgedAt }) => acknowledgedAt === null).length,
  }
}

const differenceOf = (row: WholeCheckRow['differences'][number]): DifferenceView => ({
  id: row.id.toString(),
  // The database holds these words only.
  kind: row.kind as ExplanationKind,
  amount: row.amount.toFixed(),
  note: row.note,
  occurredAt: row.occurredAt?.getTime() ?? null,
  isAcknowledged: row.acknowledgedAt !== null,
})

function checkOf(row: WholeCheckRow): CheckView {
  const differences = row.isFirst ? [] : row.differences
  return {
    ...summaryOf(row),
    hasNoRecords: row.recordsError !== null,
    lines: row.lines.map(({ asset, expected, actual }) => ({
      asset,
      expected: expected.toFixed(),
      actual: actual.toFixed(),
      difference: actual.minus(expected).toFixed(),
      parts: differences.filter((difference) => difference.asset === asset).map(differenceOf),
    })),
  }
}

const isOf = async (userId: string, brokerId: string): Promise<boolean> =>
  (await findBroker(brokerId))?.userId === userId

/** How journal and exchange agree on one of the user's brokers; null when it is not the user's, or has no such check. */
export async function readReconciliation(
  userId: string,
  brokerId: string,
  checkId?: string,
): Promise<ReconciliationView | null> {
  if (!(await isOf(userId, brokerId))) return null
  const [rows, shown] = await Promise.all([
    listChecks(brokerId, HISTORY),
    findCheck(brokerId, checkId === undefined ? undefined : BigInt(checkId)),
  ])
  if (shown === null && checkId !== undefined) return null
  const history = rows.map(summaryOf)
  return { isRunning: history.some(isOpen), shown: shown && checkOf(shown), history }
}

/** Asks for a reconciliation now; the tracker does it within seconds. */
export async function askReconciliation(userId: string, brokerId: string, now: EpochMs): Promise<BrokerAnswer> {
  const broker = await findBroker(brokerId)
  if (broker?.userId !== userId || !broker.isActive) return { isDone: false, reason: 'BROKER_UNKNOWN' }
  return { isDone: true, id: await askCheck(brokerId, false, now) }
}

/** The user has seen the unknown differences of a reconciliation. */
export async function acknowledgeDifferences(
  userId: string,
  brokerId: string,
  checkId: string,
  now: EpochMs,
): Promise<BrokerAnswer> {
  if (!(await isOf(userId, brokerId))) return { isDone: false, reason: 'BROKER_UNKNOWN' }
  await acknowledge(brokerId, BigInt(checkId), new Date(now))
  return { isDone: true, id: checkId }
}

/** For those without a page: asks, and waits for the result. Throws when it does not come in time. */
export async function reconcileAndWait(brokerId: string, clock: () => EpochMs, timeoutMs: number): Promise<CheckView> {
  const id = BigInt(await askCheck(brokerId, false, clock()))
  const end = clock() + timeoutMs
  while (clock() < end) {
    const row = await findCheck(brokerId, id)
    if (row !== null && !isOpen(row)) return checkOf(row)
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error('The tracker did not reconcile in time. Is it running?')
}
