import type { OrderCommand } from '../matching/order'
import type { SignedContext } from './endpoint'
import { pairOf } from './endpoint'
import { invalid } from './errors'
import { endOf } from './native'
import { clientIdOf, lifeOf, sideOf } from './order-params'
import type { Amount } from '@/lib/domain/money/decimal'

/** Reads a new order of a unified account, with its trigger where it has one. Throws 400100. */
export function unifiedCommandOf(context: SignedContext): {
  command: OrderCommand
  trigger: { price: Amount; isAbove: boolean } | null
} {
  const { params } = context
  if (params.required('tradeType') !== 'SPOT') throw invalid('tradeType is not supported by the paper exchange.')
  const { symbol } = pairOf(context)
  const isLimit = params.oneOf('orderType', ['LIMIT', 'MARKET']) !== 'MARKET'
  const size = params.decimal('size')
  if (size === null) throw invalid('size can not be empty.')
  const isByFunds = params.oneOf('sizeUnit', ['BASECCY', 'QUOTECCY']) === 'QUOTECCY'
  if (isByFunds && isLimit) throw invalid('QUOTECCY is for market orders only.')
  const limitPrice = isLimit ? params.decimal('price') : null
  if (isLimit && limitPrice === null) throw invalid('price can not be empty.')
  const { timeInForce, echo } = lifeOf(params)
  for (const name of ['tags', 'stp']) {
    const value = params.text(name)
    if (value !== undefined) echo[name] = value
  }
  const direction = params.oneOf('triggerDirection', ['UP', 'DOWN'])
  const triggerPrice = params.decimal('triggerPrice')
  if ((direction === undefined) !== (triggerPrice === null))
    throw invalid('triggerDirection and triggerPrice go together.')
  const command: OrderCommand = {
    symbol,
    side: sideOf(params),
    type: isLimit ? 'LIMIT' : 'MARKET',
    clientOrderId: clientIdOf(params, context.newId),
    quantity: isByFunds ? null : size,
    quoteQuantity: isByFunds ? size : null,
    limitPrice,
    stopPrice: null,
    trailingDelta: null,
    timeInForce,
    isPostOnly: isLimit && params.boolean('postOnly'),
    isEndedWhenTaking: true,
    expiresAt: endOf(echo, context.now),
    echo,
  }
  return { command, trigger: triggerPrice === null ? null : { price: triggerPrice, isAbove: direction === 'UP' } }
}
