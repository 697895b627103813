import { prisma } from '@/lib/db/client'
import { pgPool } from '@/lib/db/pool'
import { statusList } from '@/lib/db/status-list'
import { inTransaction, type Queryable, refusedBy } from '@/lib/db/transaction'
import type { AccountMode, Environment, TradingType } from '@/lib/domain/account/broker'
import { LIVE_STATUSES } from '@/lib/domain/order/status'

// What the account page reads and changes of a user's brokers. Every statement names the user: another's row is never touched.

/** The user's brokers, the default one first, with the number of their pairs. */
export async function listBrokersOfUser(userId: string) {
  const rows = await prisma().broker.findMany({
    where: { userId },
    orderBy: [{ isDefault: 'desc' }, { createdAt: 'asc' }],
    include: { _count: { select: { instruments: { where: { isTrading: true } } } } },
  })
  return rows.map(({ credentialsSealed: _, _count, ...broker }) => ({ ...broker, pairCount: _count.instruments }))
}

export interface BrokerChange {
  name?: string
  tradingType?: TradingType
  environment?: Environment
  credentialsSealed?: string
}

/** Changes what is given. New keys have to be confirmed before they are used. 'TAKEN': the name is another broker's. */
export async function changeBroker(userId: string, brokerId: string, change: BrokerChange): Promise<boolean | 'TAKEN'> {
  const hasNewKeys = change.credentialsSealed !== undefined
  try {
    const { count } = await prisma().broker.updateMany({
      where: { id: brokerId, userId },
      data: {
        ...change,
        ...(change.environment === undefined ? {} : { isTestnet: change.environment === 'TESTNET' }),
        ...(hasNewKeys ? { lastError: null } : {}),
      },
    })
    return count > 0
  } catch (error) {
    if (refusedBy(error) !== null || isUniqueViolation(error)) return 'TAKEN'
    throw error
  }
}

export interface Verification {
  accountMode: AccountMode | null
  canWithdraw: boolean | null
  isIpRestricted: boolean | null
}

/** The keys were tested with success. */
export async function recordVerification(userId: string, brokerId: string, found: Verification): Promise<void> {
  await prisma().broker.updateMany({
    where: { id: brokerId, userId },
    data: { ...found, lastError: null },
  })
}

/** The user confirmed what the test showed: from here on the broker is at work, and its pairs are loaded. */
export async function switchOnBroker(userId: string, brokerId: string, now: Date): Promise<boolean> {
  const { count } = await prisma().broker.updateMany({
    where: { id: brokerId, userId },
    data: { isActive: true, verifiedAt: now },
  })
  return count > 0
}

/** Makes one broker the default; the others are so no more. */
export async function setDefaultBroker(userId: string, brokerId: string): Promise<boolean> {
  return inTransaction(async (tx) => {
    // One choice after the other: two at once would both find no default to take away.
    const { rows } = await tx.query<{ id: string }>(
      'SELECT id FROM brokers WHERE user_id = $1 ORDER BY id FOR UPDATE',
      [userId],
    )
    if (!rows.some(({ id }) => id === brokerId)) return false
    await tx.query('UPDATE brokers SET is_default = false WHERE user_id = $1 AND is_default', [userId])
    await tx.query('UPDATE brokers SET is_default = true WHERE id = $1', [brokerId])
    return true
  })
}

/** Whether a strategy is at work on a broker, or an order is live. */
export async function isBrokerBusy(brokerId: string, db: Queryable = pgPool()): Promise<boolean> {
  const { rows } = await db.query<{ busy: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM active_strategies WHERE broker_id = $1 AND is_active AND ends_at > now())
       OR EXISTS (SELECT 1 FROM trades WHERE broker_id = $1 AND status IN ${statusList(LIVE_STATUSES)}) AS busy`,
    [brokerId],
  )
  return rows[0]?.busy ?? false
}

export type DeleteAnswer = 'DELETED' | 'UNKNOWN' | 'IN_USE'

/** Deletes a broker with all that belongs to it, unless a strategy is at work on it or an order is live. */
export async function deleteBroker(userId: string, brokerId: string): Promise<DeleteAnswer> {
  return inTransaction(async (tx) => {
    const { rowCount } = await tx.query('SELECT 1 FROM brokers WHERE id = $1 AND user_id = $2 FOR UPDATE', [
      brokerId,
      userId,
    ])
    if (rowCount === 0) return 'UNKNOWN'
    if (await isBrokerBusy(brokerId, tx)) return 'IN_USE'
    await tx.query('DELETE FROM brokers WHERE id = $1', [brokerId])
    return 'DELETED'
  })
}

const isUniqueViolation = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'P2002'
