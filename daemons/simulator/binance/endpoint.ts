import type { Exchange } from '../exchange'
import type { Account } from '../matching/account'
import type { Order } from '../matching/order'
import { BinanceError, invalidSymbol, mandatoryEither, noSuchOrder } from './errors'
import type { Params } from './params'
import type { Rules } from '../matching/rules'

export interface Context {
  exchange: Exchange
  params: Params
  /** The exchange's clock, epoch ms. */
  now: number
  /** A new client order id, for those who send none. */
  newId: () => string
}

export interface SignedContext extends Context {
  account: Account
}

interface Common {
  /** Request weight, charged before the call. */
  weight: number | ((params: Params) => number)
  /** New orders that a call counts for; such calls and cancels cost no weight when they succeed. */
  orders?: number
  isFreeOnSuccess?: boolean
}

/** One method of the exchange, the same for REST and for the WebSocket API. */
type Endpoint =
  | (Common & { security: 'NONE' | 'KEY'; handle: (context: Context) => unknown })
  | (Common & { security: 'SIGNED'; handle: (context: SignedContext) => unknown })

export type Endpoints = Record<string, Endpoint>

/** The rules of the pair named by `symbol`. Throws -1102 or -1121. */
export function symbolOf(context: Context): Rules {
  const rules = context.exchange.rulesOf(context.params.required('symbol'))
  if (rules === undefined) throw invalidSymbol()
  return rules
}

/** The order named by orderId or origClientOrderId, open or closed. Throws -2013. */
export function findOrder(context: SignedContext, symbol: string): Order {
  const { exchange, params, account } = context
  const id = params.integer('orderId')
  const clientId = params.text('origClientOrderId')
  if (id === undefined && clientId === undefined) throw mandatoryEither('origClientOrderId', 'orderId')
  const order =
    id === undefined
      ? (account.openByClientId.get(clientId ?? '') ??
        exchange.store.orderByClientId(account.record.id, symbol, clientId ?? ''))
      : (account.openOrders.get(id) ?? exchange.store.order(account.record.id, id))
  if (order?.symbol !== symbol || (clientId !== undefined && order.clientOrderId !== clientId)) throw noSuchOrder()
  return order
}

const DAY = 86_400_000

/** Start and end of a history query. Throws -1127 when they are more than a day apart. */
export function dayRange(params: Params): { from: number | undefined; to: number | undefined } {
  const from = params.integer('startTime')
  const to = params.integer('endTime')
  if (from !== undefined && to !== undefined && to - from > DAY)
    throw new BinanceError(-1127, 'More than 24 hours between startTime and endTime.')
  return { from, to }
}
