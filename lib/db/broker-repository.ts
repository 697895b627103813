import { queueAlert } from '@/lib/db/alert-outbox-repository'
import { prisma } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import {
  type AccountMode,
  type Credentials,
  type Environment,
  EXCHANGE_IDS,
  type ExchangeId,
  type TradingType,
} from '@/lib/domain/account/broker'
import { env } from '@/lib/platform/env'
import { newId } from '@/lib/platform/ids'
import { seal, unsealWith } from '@/lib/platform/vault'
import { z } from 'zod'

export interface BrokerAccount {
  id: string
  userId: string
  name: string
  exchangeId: ExchangeId
  environment: Environment
  tradingType: TradingType
  isDefault: boolean
  isActive: boolean
  accountMode: AccountMode | null
  verifiedAt: Date | null
  marketsLoadedAt: Date | null
  /** When the last look at the account began that read all of it. */
  lastSyncedAt: Date | null
}

const exchangeId = z.enum(EXCHANGE_IDS)
const credentials = z.object({ apiKey: z.string(), apiSecret: z.string(), apiPassphrase: z.string().optional() })

type Row = Omit<BrokerAccount, 'exchangeId'> & { exchangeId: string }
const accountOf = (row: Row): BrokerAccount => ({
  id: row.id,
  userId: row.userId,
  name: row.name,
  exchangeId: exchangeId.parse(row.exchangeId),
  environment: row.environment,
  tradingType: row.tradingType,
  isDefault: row.isDefault,
  isActive: row.isActive,
  accountMode: row.accountMode,
  verifiedAt: row.verifiedAt,
  marketsLoadedAt: row.marketsLoadedAt,
  lastSyncedAt: row.lastSyncedAt,
})

export interface NewBroker {
  userId: string
  name: string
  exchangeId: ExchangeId
  environment: Environment
  tradingType: TradingType
  isDefault: boolean
  credentials: Credentials
  /** Absent for one whose keys were tested on the way: a broker is switched on once its keys are confirmed. */
  isConfirmed?: boolean
}

/** Stores a broker with its keys sealed and bound to its id. Returns the id. */
export async function createBroker(broker: NewBroker): Promise<string> {
  const id = newId()
  const { credentials: keys, isConfirmed = true, ...rest } = broker
  await prisma().broker.create({
    data: {
      id,
      ...rest,
      isActive: isConfirmed,
      verifiedAt: isConfirmed ? new Date() : null,
      isTestnet: broker.environment === 'TESTNET',
      credentialsSealed: sealCredentials(keys, id),
    },
  })
  return id
}

export async function findBroker(brokerId: string): Promise<BrokerAccount | null> {
  const row = await prisma().broker.findUnique({ where: { id: brokerId } })
  return row && accountOf(row)
}

export const findActiveBrokers = async (): Promise<BrokerAccount[]> =>
  (await prisma().broker.findMany({ where: { isActive: true }, orderBy: { createdAt: 'asc' } })).map(accountOf)

export const findBrokersOfUser = async (userId: string): Promise<BrokerAccount[]> =>
  (await prisma().broker.findMany({ where: { userId }, orderBy: { createdAt: 'asc' } })).map(accountOf)

/** The exchange keys of a broker. Only the gateway asks for them. Throws when SECRET_KEY is not the one they were sealed with. */
export async function readCredentials(brokerId: string): Promise<Credentials> {
  const row = await prisma().broker.findUniqueOrThrow({
    where: { id: brokerId },
    select: { credentialsSealed: true, accountMode: true },
  })
  const keys = openCredentials(row.credentialsSealed, brokerId)
  return row.accountMode === null ? keys : { ...keys, accountMode: row.accountMode }
}

/** Keys as they are stored, or kept aside while they are tried. */
export const sealCredentials = (keys: Credentials, brokerId: string): string =>
  seal(JSON.stringify(keys), env().SECRET_KEY, brokerId)

export function openCredentials(sealed: string, brokerId: string): Credentials {
  const { apiPassphrase, ...keys } = credentials.parse(JSON.parse(unsealWith(sealed, env(), brokerId)))
  return apiPassphrase === undefined ? keys : { ...keys, apiPassphrase }
}

/** An exchange that cannot be read for so long is told of. */
const TELL_TROUBLE_AFTER_MS = 60_000

/** What the last look at the account brought: null when it went well. Trouble that lasts is told of once, and its end. */
export async function recordBrokerSync(brokerId: string, at: number, error: string | null): Promise<void> {
  await inTransaction(async (tx) => {
    const { rows } = await tx.query<{
      userId: string
      name: string
      isActive: boolean
      syncedAt: Date | null
      toldAt: Date | null
    }>(
      `SELECT user_id AS "userId", name, is_active AS "isActive", last_synced_at AS "syncedAt", trouble_told_at AS "toldAt"
       FROM brokers WHERE id = $1 FOR NO KEY UPDATE`,
      [brokerId],
    )
    const [broker] = rows
    if (broker === undefined) return
    const { userId, syncedAt, toldAt } = broker
    const isLasting = broker.isActive && syncedAt !== null && at - syncedAt.getTime() > TELL_TROUBLE_AFTER_MS
    const isNews = error === null ? toldAt !== null : toldAt === null && isLasting
    await tx.query(
      `UPDATE brokers SET last_error = $2, last_synced_at = CASE WHEN $2::text IS NULL THEN $3 ELSE last_synced_at END,
         trouble_told_at = CASE WHEN $2::text IS NULL THEN NULL WHEN $4 THEN $3 ELSE trouble_told_at END WHERE id = $1`,
      [brokerId, error, new Date(at), isNews],
    )
    if (!isNews) return
    const forSeconds = syncedAt === null ? null : Math.round((at - syncedAt.getTime()) / 1000)
    const detail = { broker: broker.name, isBack: error === null, reason: error, forSeconds }
    await queueAlert(tx, { userId, kind: 'BROKER', detail, occurredAt: at }, at)
  })
}
