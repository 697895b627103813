import { z } from 'zod'
import { createBroker, findBroker, sealCredentials } from '@/lib/db/broker-repository'
import { changeBroker } from '@/lib/db/broker-settings'
import { type Credentials, EXCHANGE_IDS, type ExchangeId } from '@/lib/domain/account/broker'
import { credentialFieldsOf } from '@/lib/domain/account/exchange-catalogue'
import { createPaperBroker } from '@/lib/use-cases/create-paper-broker'
import type { BrokerAnswer, BrokerInput, BrokerKeys } from '@/lib/view/broker'

const key = z.string().trim().min(1).max(4000)
const asset = z.string().regex(/^[A-Z0-9]{1,12}$/)
const amount = z.string().regex(/^\d{1,15}(\.\d{1,8})?$/)

/** What the form sends, before anything is believed of it. */
export const brokerInput = z.object({
  id: z.uuid().optional(),
  name: z.string().trim().min(1).max(40),
  exchangeId: z.enum(EXCHANGE_IDS),
  environment: z.enum(['LIVE', 'TESTNET', 'PAPER']),
  keys: z.object({ apiKey: key, apiSecret: key, apiPassphrase: key.optional() }).optional(),
  balances: z.record(asset, amount).optional(),
})
type ParsedBroker = z.output<typeof brokerInput>

/** The keys as the exchange needs them; null when one is missing. */
export function credentialsOf(exchangeId: ExchangeId, keys: BrokerKeys | undefined): Credentials | null {
  if (keys === undefined) return null
  if (!credentialFieldsOf(exchangeId).includes('password')) return { apiKey: keys.apiKey, apiSecret: keys.apiSecret }
  const { apiPassphrase } = keys
  return apiPassphrase === undefined ? null : { apiKey: keys.apiKey, apiSecret: keys.apiSecret, apiPassphrase }
}

async function create(userId: string, input: ParsedBroker): Promise<BrokerAnswer> {
  const { name, exchangeId, environment } = input
  const shared = { userId, name, exchangeId, tradingType: 'OFF', isDefault: false, isConfirmed: false } as const
  if (environment === 'PAPER') {
    const id = await createPaperBroker({ ...shared, balances: input.balances ?? { USDT: '10000' } })
    return { isDone: true, id }
  }
  const credentials = credentialsOf(exchangeId, input.keys)
  if (credentials === null) return { isDone: false, reason: 'KEYS_MISSING' }
  return { isDone: true, id: await createBroker({ ...shared, environment, credentials }) }
}

/**
 * Stores what the form says. A new broker, and one whose keys are not confirmed yet, takes the keys at once: it does nothing
 * before it is confirmed. Of one at work the keys stay as they are: new ones are tried first (`confirmBroker` keeps them).
 */
export async function saveBroker(userId: string, asked: BrokerInput): Promise<BrokerAnswer> {
  const parsed = brokerInput.safeParse(asked)
  if (!parsed.success) return { isDone: false, reason: 'INPUT' }
  const input = parsed.data
  if (input.environment === 'TESTNET' && input.exchangeId === 'kucoin') return { isDone: false, reason: 'NO_TESTNET' }
  try {
    if (input.id === undefined) return await create(userId, input)
  } catch (error) {
    if (isUniqueViolation(error)) return { isDone: false, reason: 'NAME_TAKEN' }
    if (input.environment === 'PAPER') return { isDone: false, reason: 'PAPER_AWAY' }
    throw error
  }
  const broker = await findBroker(input.id)
  if (broker?.userId !== userId || broker.exchangeId !== input.exchangeId)
    return { isDone: false, reason: 'BROKER_UNKNOWN' }
  const isDraft = broker.verifiedAt === null
  const credentials = credentialsOf(broker.exchangeId, input.keys)
  if (input.environment !== broker.environment && credentials === null) return { isDone: false, reason: 'KEYS_MISSING' }
  const changed = await changeBroker(userId, broker.id, {
    name: input.name,
    ...(isDraft && credentials !== null
      ? { environment: input.environment, credentialsSealed: sealCredentials(credentials, broker.id) }
      : {}),
  })
  if (changed === 'TAKEN') return { isDone: false, reason: 'NAME_TAKEN' }
  return changed ? { isDone: true, id: broker.id } : { isDone: false, reason: 'BROKER_UNKNOWN' }
}

const isUniqueViolation = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'P2002'
