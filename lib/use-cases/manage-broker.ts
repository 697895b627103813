import { changeBroker, deleteBroker, setDefaultBroker } from '@/lib/db/broker-settings'
import { findBroker } from '@/lib/db/broker-repository'
import type { TradingType } from '@/lib/domain/account/broker'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'
import type { BrokerAnswer, ExchangeReport } from '@/lib/view/broker'

const unknown: BrokerAnswer = { isDone: false, reason: 'BROKER_UNKNOWN' }

/** « TypeDeTrading »: what may trade on it by itself. */
export async function setTradingType(
  userId: string,
  brokerId: string,
  tradingType: TradingType,
): Promise<BrokerAnswer> {
  return (await changeBroker(userId, brokerId, { tradingType })) === true ? { isDone: true, id: brokerId } : unknown
}

export async function makeDefault(userId: string, brokerId: string): Promise<BrokerAnswer> {
  return (await setDefaultBroker(userId, brokerId)) ? { isDone: true, id: brokerId } : unknown
}

/** Deletes a broker with its journal. Not while a strategy is at work on it or an order is live. */
export async function removeBroker(userId: string, brokerId: string): Promise<BrokerAnswer> {
  const answer = await deleteBroker(userId, brokerId)
  if (answer === 'DELETED') return { isDone: true, id: brokerId }
  return answer === 'IN_USE' ? { isDone: false, reason: 'IN_USE' } : unknown
}

/** What the exchange of a broker can do, and how we stand with it; null when it is not the user's. */
export async function readExchangeReport(
  gateway: GatewayCaller,
  userId: string,
  brokerId: string,
): Promise<ExchangeReport | null> {
  const broker = await findBroker(brokerId)
  if (broker?.userId !== userId) return null
  const [capabilities, state] = await Promise.all([
    gateway.call(brokerId, 'capabilities', {}),
    gateway.call(brokerId, 'exchange_state', {}),
  ])
  return { capabilities, state }
}
