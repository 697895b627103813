'use server'

import { z } from 'zod'
import { changePassword as changeOwnPassword } from '@/lib/auth/change-password'
import { requireUser } from '@/lib/auth/session'
import { TRADING_TYPES } from '@/lib/domain/account/broker'
import { systemClock } from '@/lib/platform/clock'
import { createLogger } from '@/lib/platform/logger'
import { cancelAllOfUser } from '@/lib/use-cases/cancel-all-orders'
import { makeDefault, removeBroker, setTradingType } from '@/lib/use-cases/manage-broker'
import { acknowledgeDifferences, askReconciliation } from '@/lib/use-cases/read-reconciliation'
import { saveBroker } from '@/lib/use-cases/save-broker'
import { confirmBroker, readTrialBalance, refusalOf, testKeys } from '@/lib/use-cases/verify-broker'
import { webBus } from '@/lib/use-cases/web-bus'
import { webGateway } from '@/lib/use-cases/web-gateway'
import { renewWebhookAddress as renewAddress } from '@/lib/use-cases/webhook-address'
import type {
  BalanceAnswer,
  BrokerAnswer,
  BrokerInput,
  BrokerRefusal,
  CancelAllAnswer,
  KeyAnswer,
} from '@/lib/view/broker'
import { isCheckId } from '@/lib/view/reconciliation'
import type { PasswordAnswer } from '@/lib/view/sign-in'
import type { AddressAnswer } from '@/lib/view/webhook-address'

const log = createLogger('web')
type Refused = { isDone: false; reason: BrokerRefusal }

/** Runs a command of the signed-in user; a failure becomes a sentence on the page, with its details in the log only. */
async function command<T>(execute: (userId: string) => Promise<T>): Promise<T | Refused> {
  const user = await requireUser()
  try {
    return await execute(user.id)
  } catch (error) {
    log.error({ error }, 'command of the account page failed')
    return { isDone: false, reason: 'UNAVAILABLE' }
  }
}

async function onBroker(
  brokerId: string,
  execute: (userId: string, brokerId: string) => Promise<BrokerAnswer>,
): Promise<BrokerAnswer> {
  const id = z.uuid().safeParse(brokerId)
  return id.success ? command((userId) => execute(userId, id.data)) : { isDone: false, reason: 'BROKER_UNKNOWN' }
}

export async function save(input: BrokerInput): Promise<BrokerAnswer> {
  return command((userId) => saveBroker(userId, input))
}

export async function test(input: BrokerInput, mayWithdraw: boolean): Promise<KeyAnswer> {
  return command((userId) => testKeys(webGateway(), userId, input, mayWithdraw))
}

export async function readBalance(input: BrokerInput): Promise<BalanceAnswer> {
  return command((userId) => readTrialBalance(webGateway(), userId, input))
}

export async function confirm(input: BrokerInput, mayWithdraw: boolean): Promise<BrokerAnswer> {
  return command((userId) => confirmBroker(webGateway(), userId, input, mayWithdraw, Date.now()))
}

export async function remove(brokerId: string): Promise<BrokerAnswer> {
  return onBroker(brokerId, removeBroker)
}

export async function chooseDefault(brokerId: string): Promise<BrokerAnswer> {
  return onBroker(brokerId, makeDefault)
}

export async function chooseTradingType(brokerId: string, tradingType: string): Promise<BrokerAnswer> {
  const type = z.enum(TRADING_TYPES).safeParse(tradingType)
  if (!type.success) return { isDone: false, reason: 'INPUT' }
  return onBroker(brokerId, (userId, id) => setTradingType(userId, id, type.data))
}

export async function cancelAll(brokerId: string, isForeignIncluded: boolean): Promise<CancelAllAnswer> {
  const id = z.uuid().safeParse(brokerId)
  if (!id.success || typeof isForeignIncluded !== 'boolean') return { isDone: false, reason: 'INPUT' }
  const desk = { bus: webBus().bus, gateway: webGateway(), clock: systemClock }
  return command(async (userId) => {
    try {
      const canceled = await cancelAllOfUser(desk, userId, id.data, { isForeignIncluded })
      return canceled === null ? { isDone: false, reason: 'BROKER_UNKNOWN' } : { isDone: true, ...canceled }
    } catch (error) {
      return refusalOf(error)
    }
  })
}

export async function reconcile(brokerId: string): Promise<BrokerAnswer> {
  return onBroker(brokerId, (userId, id) => askReconciliation(userId, id, Date.now()))
}

export async function acknowledge(brokerId: string, checkId: string): Promise<BrokerAnswer> {
  if (!isCheckId(checkId)) return { isDone: false, reason: 'INPUT' }
  return onBroker(brokerId, (userId, id) => acknowledgeDifferences(userId, id, checkId, Date.now()))
}

export async function changePassword(current: string, wanted: string): Promise<PasswordAnswer> {
  const user = await requireUser()
  try {
    return await changeOwnPassword(user.id, current, wanted, Date.now())
  } catch (error) {
    log.error({ error }, 'password could not be changed')
    return { isDone: false, reason: 'UNAVAILABLE' }
  }
}

export async function renewWebhookAddress(): Promise<AddressAnswer> {
  const user = await requireUser()
  try {
    return { isDone: true, address: await renewAddress(user.id) }
  } catch (error) {
    log.error({ error }, 'webhook address could not be renewed')
    return { isDone: false }
  }
}
