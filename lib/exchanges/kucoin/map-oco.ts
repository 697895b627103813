import { parseDecimal, toWire, ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, OcoRequest, OrderSide } from '@/lib/domain/order/order'
import { isOpen } from '@/lib/domain/order/status'
import type { ExchangeOrderList, OrderListReference } from '@/lib/exchanges/execution-client'
import { symbolOf } from '@/lib/exchanges/kucoin/map-market'
import { mapSide, mapStopStatus } from '@/lib/exchanges/kucoin/map-order'
import type { KucoinOcoDetails, KucoinOcoLeg } from '@/lib/exchanges/kucoin/schemas'

// OCO pairs (docs "Get OCO Order Detail By OrderId"). KuCoin keeps one client id for the pair and none for its legs, which are
// told apart by their triggers: of a sale the higher one is the take-profit, of a purchase the lower one.

type LegIds = Pick<OrderListReference, 'clientOrderListId' | 'takeProfit' | 'stopLoss'>

const isProfit = (leg: KucoinOcoLeg, legs: KucoinOcoLeg[], side: OrderSide): boolean => {
  const trigger = parseDecimal(leg.stopPrice)
  return legs.every((other) => {
    const theirs = parseDecimal(other.stopPrice)
    return other === leg || (side === 'SELL' ? trigger.gt(theirs) : trigger.lt(theirs))
  })
}

/**
 * A pair with our client ids where `ids` knows them, else with the pair's own. `placed` is the order that a triggered leg
 * became: it takes the leg's place, under the leg's client id.
 */
export function mapOco(details: KucoinOcoDetails, ids: LegIds, placed: ExchangeOrder | null): ExchangeOrderList {
  const orders = details.orders.map((leg): ExchangeOrder => {
    const side = mapSide(leg.side)
    const isTarget = isProfit(leg, details.orders, side)
    const own = isTarget ? ids.takeProfit : ids.stopLoss
    const clientOrderId = own?.clientOrderId ?? details.clientOid
    const limitPrice = parseDecimal(leg.price)
    const terms = {
      type: isTarget ? ('LIMIT' as const) : ('STOP_LIMIT' as const),
      exchangeListId: details.orderId,
      limitPrice,
      ...(isTarget ? {} : { stopPrice: parseDecimal(leg.stopPrice) }),
    }
    // A pair that is done triggered one of its legs; the other one is canceled.
    const status = leg.status === 'DONE' ? 'TRIGGERED' : mapStopStatus(leg.status)
    if (status === 'TRIGGERED' && placed !== null) return { ...placed, ...terms, clientOrderId }
    return {
      ...terms,
      clientOrderId,
      exchangeOrderId: leg.id,
      symbol: symbolOf(leg.symbol),
      side,
      status,
      timeInForce: 'GTC',
      quantity: parseDecimal(leg.size),
      filledQuantity: ZERO,
      filledQuoteQuantity: ZERO,
      createdTime: details.orderTime,
      updatedTime: details.orderTime,
      native: leg,
    }
  })
  return {
    exchangeListId: details.orderId,
    clientOrderListId: details.clientOid,
    symbol: symbolOf(details.symbol),
    isOpen: orders.some(({ status }) => isOpen(status)),
    orders,
    native: details,
  }
}

/** Whether a leg triggered, so that an order of the pair's client id is to be looked for. */
export const hasTriggered = (details: KucoinOcoDetails): boolean =>
  details.orders.some(({ status }) => status === 'TRIGGERED' || status === 'DONE')

/** The pair as KuCoin will tell it, for the moment in which it cannot be read: its legs go by the pair's id. */
export function acceptedOco(request: OcoRequest, orderId: string, exchangeSymbol: string, time: number) {
  const { side, quantity, takeProfit, stopLoss } = request
  const leg = (price: string, stopPrice: string): KucoinOcoLeg => ({
    id: orderId,
    symbol: exchangeSymbol,
    side,
    price,
    stopPrice,
    size: toWire(quantity),
    status: 'NEW',
  })
  const target = toWire(takeProfit.limitPrice)
  const trigger = toWire(stopLoss.stopPrice)
  const orders = [leg(target, target), leg(toWire(stopLoss.limitPrice ?? stopLoss.stopPrice), trigger)]
  const { clientOrderListId: clientOid } = request
  const details = { orderId, symbol: exchangeSymbol, clientOid, orderTime: time, status: 'NEW', orders }
  return mapOco(details, request, null)
}
