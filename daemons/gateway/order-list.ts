import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import type { OrderGroupKind } from '@/lib/db/order-group-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { OcoRequest } from '@/lib/domain/order/order'
import type { ExchangeOrderList } from '@/lib/exchanges/execution-client'

type Pair = Pick<OcoRequest, 'side' | 'quantity' | 'takeProfit' | 'stopLoss'>

const incomplete = (what: string): TradingError =>
  new TradingError('INVALID_ORDER', what, { outcome: 'NOT_SENT', rule: 'ORDER_LIST' })

/** The two orders of which one cancels the other. */
function pairOf(legs: JournaledOrder[]): Pair {
  const target = legs.find((leg) => leg.purpose === 'TAKE_PROFIT')
  const stop = legs.find((leg) => leg.purpose === 'STOP_LOSS')
  if (!target?.limitPrice || !target.quantity || !stop?.stopPrice)
    throw incomplete('A pair needs a target with its price and a stop with its price.')
  return {
    side: target.side,
    quantity: target.quantity,
    takeProfit: { clientOrderId: target.clientOrderId, limitPrice: target.limitPrice },
    stopLoss: {
      clientOrderId: stop.clientOrderId,
      stopPrice: stop.stopPrice,
      ...(stop.limitPrice === undefined ? {} : { limitPrice: stop.limitPrice }),
    },
  }
}

/**
 * What sends a list that stands in the journal.
 * @throws TradingError INVALID_ORDER, NOT_SENT, when orders of it are missing.
 */
export function listSenderOf(groupId: string, kind: OrderGroupKind, legs: JournaledOrder[]) {
  const [first] = legs
  if (first === undefined) throw incomplete('A list without orders.')
  const { brokerId, symbol } = first
  const send = (by: ({ client, credentials }: BrokerAccess, instrument: Instrument) => Promise<ExchangeOrderList>) => ({
    brokerId,
    symbol,
    to: by,
  })
  if (kind === 'OCO') {
    const request = { clientOrderListId: groupId, symbol, ...pairOf(legs) }
    return send(({ client, credentials }, instrument) => client.createOco(credentials, request, instrument))
  }
  const working = legs.find((leg) => leg.purpose === 'ENTRY')
  const others = legs.filter((leg) => leg !== working)
  const [only] = others
  if (working === undefined || only === undefined) throw incomplete('A list needs an entry and what it places.')
  const pending = kind === 'OTOCO' ? pairOf(others) : only
  const request = { clientOrderListId: groupId, working, pending }
  return send(({ client, credentials }, instrument) => client.createOto(credentials, request, instrument))
}
