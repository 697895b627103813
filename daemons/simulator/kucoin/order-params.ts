import type { OrderSide, TimeInForce } from '@/lib/domain/order/order'
import type { OrderCommand } from '../matching/order'
import type { Rules } from '../matching/rules'
import type { Context } from './endpoint'
import { pairOf } from './endpoint'
import { invalid } from './errors'
import { endOf } from './native'
import type { Params } from './params'

const CLIENT_ID = /^[A-Za-z0-9_-]{1,40}$/
const ECHOED = ['remark', 'tags', 'stp', 'visibleSize'] as const

/** The client id sent, or a new one where KuCoin makes it itself. */
export function clientIdOf(params: Params, newId: () => string): string {
  const id = params.text('clientOid')
  if (id !== undefined && !CLIENT_ID.test(id)) throw invalid('clientOid is invalid.')
  return id ?? newId()
}

export function sideOf(params: Params): OrderSide {
  const side = params.required('side').toUpperCase()
  if (side !== 'BUY' && side !== 'SELL') throw invalid('side is invalid.')
  return side
}

/** How an order ends: GTT counts as GTC with an end of its own. */
export function lifeOf(params: Params): { timeInForce: TimeInForce; echo: Record<string, string> } {
  const text = params.oneOf('timeInForce', ['GTC', 'GTT', 'IOC', 'FOK']) ?? 'GTC'
  const echo: Record<string, string> = { timeInForce: text }
  const cancelAfter = params.integer('cancelAfter') ?? -1
  if (text === 'GTT') {
    if (cancelAfter <= 0) throw invalid('cancelAfter must be greater than zero with GTT.')
    echo['cancelAfter'] = String(cancelAfter)
  }
  return { timeInForce: text === 'GTT' ? 'GTC' : text, echo }
}

/** Reads what a new order and a new stop order have in common. Throws 400100. */
export function orderCommandOf(context: Context): { command: OrderCommand; rules: Rules } {
  const { params } = context
  const rules = pairOf(context)
  const side = sideOf(params)
  const type = params.oneOf('type', ['limit', 'market']) ?? 'limit'
  const { timeInForce, echo } = lifeOf(params)
  const quantity = params.decimal('size')
  const funds = params.decimal('funds')
  const isLimit = type === 'limit'
  const limitPrice = isLimit ? params.decimal('price') : null
  const isPostOnly = isLimit && params.boolean('postOnly')
  if (isLimit && (limitPrice === null || quantity === null)) throw invalid('price and size can not be empty.')
  if (!isLimit && (quantity === null) === (funds === null)) throw invalid('Either size or funds is needed.')
  if (isPostOnly && timeInForce !== 'GTC') throw invalid('postOnly is invalid with IOC and FOK.')
  for (const name of ECHOED) {
    const value = params.text(name)
    if (value !== undefined) echo[name] = value
  }
  // Nobody sees an account's orders in the paper exchange's book: hidden orders are like any other.
  for (const name of ['hidden', 'iceberg']) if (params.boolean(name)) echo[name] = 'true'
  const command: OrderCommand = {
    symbol: rules.symbol,
    side,
    type: isLimit ? 'LIMIT' : 'MARKET',
    clientOrderId: clientIdOf(params, context.newId),
    quantity,
    quoteQuantity: isLimit ? null : funds,
    limitPrice,
    stopPrice: null,
    trailingDelta: null,
    timeInForce,
    isPostOnly,
    // KuCoin answers before it matches: an order that would take is ended, not refused.
    isEndedWhenTaking: true,
    icebergQuantity: params.boolean('iceberg') ? params.decimal('visibleSize') : null,
    expiresAt: endOf(echo, context.now),
    echo,
  }
  return { command, rules }
}
