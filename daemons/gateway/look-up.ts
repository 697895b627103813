import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import { findGroup } from '@/lib/db/order-group-repository'
import { findLegs } from '@/lib/db/order-repository'
import { isSpokenOf, type JournaledOrder } from '@/lib/domain/order/journal'
import type { ExchangeOrder, OrderPurpose } from '@/lib/domain/order/order'
import type { OrderListReference, OrderReference } from '@/lib/exchanges/execution-client'

/** The list that an order belongs to at its exchange, with all its orders; null for one that stands alone there. */
export async function listOf(
  order: JournaledOrder,
): Promise<{ reference: OrderListReference; legs: JournaledOrder[] } | null> {
  const group = order.groupId === undefined ? null : await findGroup(order.groupId)
  if (group === null || group.isEmulated) return null
  const legs = await findLegs(group.id)
  const leg = (purpose: OrderPurpose) => legs.find((one) => one.purpose === purpose)
  const takeProfit = leg('TAKE_PROFIT')
  const stopLoss = leg('STOP_LOSS')
  const reference = {
    symbol: order.symbol,
    clientOrderListId: group.id,
    ...(group.exchangeListId === undefined ? {} : { exchangeListId: group.exchangeListId }),
    ...(takeProfit && { takeProfit: { clientOrderId: takeProfit.clientOrderId } }),
    ...(stopLoss && { stopLoss: { clientOrderId: stopLoss.clientOrderId } }),
  }
  return { reference, legs }
}

/** By what the exchange knows an order: names of orders placed elsewhere may be used again, or be ours alone. */
export const referenceOf = ({ symbol, clientOrderId, exchangeOrderId, source }: JournaledOrder): OrderReference =>
  source === 'EXTERNAL' && exchangeOrderId !== undefined ? { symbol, exchangeOrderId } : { symbol, clientOrderId }

async function lookUpOne({ client, credentials }: BrokerAccess, order: JournaledOrder): Promise<ExchangeOrder | null> {
  const found = await client.getOrder(credentials, referenceOf(order))
  if (found !== null || order.source !== 'EXTERNAL') return found
  // A condition that fired may be known by its name alone.
  const { symbol, clientOrderId } = order
  const named = await client.getOrder(credentials, { symbol, clientOrderId })
  return named !== null && isSpokenOf(order, named) ? named : null
}

/** What the exchange says of an order now; null when it has none. Some exchanges know the orders of a list by the list only. */
export async function lookUp(access: BrokerAccess, order: JournaledOrder): Promise<ExchangeOrder | null> {
  const { clientOrderId } = order
  const list = await listOf(order)
  if (list === null) return lookUpOne(access, order)
  const found = await access.client.getOrderList(access.credentials, list.reference)
  return found?.orders.find((leg) => leg.clientOrderId === clientOrderId) ?? null
}
