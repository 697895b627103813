import { type BrokerAccount, findBroker, sealCredentials } from '@/lib/db/broker-repository'
import { changeBroker, isBrokerBusy, recordVerification, switchOnBroker } from '@/lib/db/broker-settings'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'
import { brokerInput, credentialsOf } from '@/lib/use-cases/save-broker'
import type {
  BalanceAnswer,
  BrokerAnswer,
  BrokerInput,
  BrokerRefusal,
  ExchangeWord,
  KeyAnswer,
} from '@/lib/view/broker'

/** Exchanges answer such a question in a second; a slow night takes longer. */
const TIMEOUT_MS = 20_000

type Refused = { isDone: false; reason: BrokerRefusal; said?: ExchangeWord }
interface Trial {
  broker: BrokerAccount
  /** Keys to be tried instead of the stored ones. */
  candidate: { credentialsSealed?: string; environment?: BrokerInput['environment'] }
}

async function trialOf(userId: string, asked: BrokerInput): Promise<Trial | Refused> {
  const parsed = brokerInput.safeParse(asked)
  if (!parsed.success || parsed.data.id === undefined) return { isDone: false, reason: 'INPUT' }
  const { id, keys, environment } = parsed.data
  const broker = await findBroker(id)
  if (broker?.userId !== userId) return { isDone: false, reason: 'BROKER_UNKNOWN' }
  const credentials = credentialsOf(broker.exchangeId, keys)
  if (credentials === null) return { broker, candidate: { environment: broker.environment } }
  return { broker, candidate: { credentialsSealed: sealCredentials(credentials, broker.id), environment } }
}

/** What went wrong, with the exchange's own word. */
export function refusalOf(error: unknown): Refused {
  if (!(error instanceof TradingError)) throw error
  const said = { code: error.code, message: error.message }
  return error.code === 'UNKNOWN_OUTCOME'
    ? { isDone: false, reason: 'GATEWAY_DOWN', said }
    : { isDone: false, reason: 'EXCHANGE', said }
}

/**
 * Tests keys for real. One that may not trade is refused; so is one that may withdraw funds, unless the user insists
 * (SEC-6). The rights found are kept with the broker.
 */
export async function testKeys(
  gateway: GatewayCaller,
  userId: string,
  asked: BrokerInput,
  mayWithdraw: boolean,
): Promise<KeyAnswer> {
  const trial = await trialOf(userId, asked)
  if ('reason' in trial) return trial
  try {
    const found = await gateway.call(trial.broker.id, 'test_connection', trial.candidate, TIMEOUT_MS)
    if (!found.canTrade) return { isDone: false, reason: 'CANNOT_TRADE' }
    if (found.canWithdraw === true && !mayWithdraw) return { isDone: false, reason: 'CAN_WITHDRAW' }
    const { accountMode, canWithdraw, isIpRestricted } = found
    const report = { accountMode, canWithdraw, isIpRestricted }
    if (trial.broker.verifiedAt === null) await recordVerification(userId, trial.broker.id, report)
    return { isDone: true, report }
  } catch (error) {
    return refusalOf(error)
  }
}

/** What the account holds, for the user to recognize it. */
export async function readTrialBalance(
  gateway: GatewayCaller,
  userId: string,
  asked: BrokerInput,
): Promise<BalanceAnswer> {
  const trial = await trialOf(userId, asked)
  if ('reason' in trial) return trial
  try {
    const balances = await gateway.call(trial.broker.id, 'get_balance', trial.candidate, TIMEOUT_MS)
    return {
      isDone: true,
      balances: balances.map(({ asset, free, locked, total }) => ({
        asset,
        free: free.toFixed(),
        locked: locked.toFixed(),
        total: total.toFixed(),
      })),
    }
  } catch (error) {
    return refusalOf(error)
  }
}

/** Puts a tested broker to work. Keys that are not stored yet are tested once more and then take the old ones' place. */
export async function confirmBroker(
  gateway: GatewayCaller,
  userId: string,
  asked: BrokerInput,
  mayWithdraw: boolean,
  now: number,
): Promise<BrokerAnswer> {
  const tested = await testKeys(gateway, userId, asked, mayWithdraw)
  if (!tested.isDone) return tested
  const trial = await trialOf(userId, asked)
  if ('reason' in trial) return trial
  const { broker, candidate } = trial
  // What is under way at one address cannot be followed at another.
  if (candidate.environment !== undefined && candidate.environment !== broker.environment)
    if (await isBrokerBusy(broker.id)) return { isDone: false, reason: 'IN_USE' }
  if (candidate.credentialsSealed !== undefined) await changeBroker(userId, broker.id, candidate)
  await recordVerification(userId, broker.id, tested.report)
  return (await switchOnBroker(userId, broker.id, new Date(now)))
    ? { isDone: true, id: broker.id }
    : { isDone: false, reason: 'BROKER_UNKNOWN' }
}
