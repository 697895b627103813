import { prisma } from '@/lib/db/client'
import {
  type Credentials,
  type Environment,
  EXCHANGE_IDS,
  type ExchangeId,
  type TradingType,
} from '@/lib/domain/account/broker'
import { env } from '@/lib/platform/env'
import { newId } from '@/lib/platform/ids'
import { seal, unseal } from '@/lib/platform/vault'
import { z } from 'zod'

export interface BrokerAccount {
  id: string
  userId: string
  name: string
  exchangeId: ExchangeId
  environment: Environment
  tradingType: TradingType
  isActive: boolean
  marketsLoadedAt: Date | null
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
  isActive: row.isActive,
  marketsLoadedAt: row.marketsLoadedAt,
})

export interface NewBroker {
  userId: string
  name: string
  exchangeId: ExchangeId
  environment: Environment
  tradingType: TradingType
  isDefault: boolean
  credentials: Credentials
}

/** Stores a broker with its keys sealed and bound to its id. Returns the id. */
export async function createBroker(broker: NewBroker): Promise<string> {
  const id = newId()
  const { credentials: keys, ...rest } = broker
  await prisma().broker.create({
    data: {
      id,
      ...rest,
      isTestnet: broker.environment === 'TESTNET',
      credentialsSealed: seal(JSON.stringify(keys), env().SECRET_KEY, id),
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
  const row = await prisma().broker.findUniqueOrThrow({ where: { id: brokerId }, select: { credentialsSealed: true } })
  const { apiPassphrase, ...keys } = credentials.parse(
    JSON.parse(unseal(row.credentialsSealed, env().SECRET_KEY, brokerId)),
  )
  return apiPassphrase === undefined ? keys : { ...keys, apiPassphrase }
}

export async function recordBrokerSync(brokerId: string, at: number, error: string | null): Promise<void> {
  await prisma().broker.updateMany({
    where: { id: brokerId },
    data: error === null ? { lastSyncedAt: new Date(at), lastError: null } : { lastError: error },
  })
}
