import type { OrderSide, TimeInForce } from '@/lib/domain/order/order'
import { hasLimit, isConditional } from '../matching/order'
import type { OrderCommand } from '../matching/order'
import { BinanceError, mandatory, mandatoryEither, notRequired } from './errors'
import type { NativeType } from './native'
import { isNativeType, toEngineType } from './native'
import type { Params } from './params'
import type { ResponseType } from './shapes'

/** What a client order id may look like. Source: Binance's error text for -1100. */
export const CLIENT_ID = /^[a-zA-Z0-9-_]{1,36}$/

export function sideOf(params: Params): OrderSide {
  const side = params.required('side')
  if (side !== 'BUY' && side !== 'SELL') throw new BinanceError(-1117, 'Invalid side.')
  return side
}

function timeInForceOf(text: string | undefined): TimeInForce | undefined {
  if (text === undefined || text === 'GTC' || text === 'IOC' || text === 'FOK') return text
  throw new BinanceError(-1115, 'Invalid timeInForce.')
}

function nativeTypeOf(text: string): NativeType {
  if (!isNativeType(text)) throw new BinanceError(-1116, 'Invalid orderType.')
  return text
}

/** Names of one order's parameters; those of the two orders of a list carry a prefix. */
interface Names {
  price: string
  stopPrice: string
  trailingDelta: string
  timeInForce: string
  icebergQty: string
  strategyId: string
  strategyType: string
}

const PLAIN: Names = {
  price: 'price',
  stopPrice: 'stopPrice',
  trailingDelta: 'trailingDelta',
  timeInForce: 'timeInForce',
  icebergQty: 'icebergQty',
  strategyId: 'strategyId',
  strategyType: 'strategyType',
}

/** Prices and conditions of one order, checked for what its type needs and refuses. */
function conditionsOf(params: Params, native: NativeType, names: Names) {
  const type = toEngineType(native)
  const limitPrice = params.decimal(names.price)
  const stopPrice = params.decimal(names.stopPrice)
  const trailingDelta = params.integer(names.trailingDelta) ?? null
  const timeInForce = timeInForceOf(params.text(names.timeInForce))
  const needsTimeInForce = hasLimit(type) && native !== 'LIMIT_MAKER'
  if (needsTimeInForce && timeInForce === undefined) throw mandatory(names.timeInForce)
  if (!needsTimeInForce && timeInForce !== undefined) throw notRequired(names.timeInForce)
  if (hasLimit(type) && limitPrice === null) throw mandatory(names.price)
  if (!hasLimit(type) && limitPrice !== null) throw notRequired(names.price)
  if (isConditional(type) && stopPrice === null && trailingDelta === null)
    throw mandatoryEither(names.stopPrice, names.trailingDelta)
  if (!isConditional(type) && stopPrice !== null) throw notRequired(names.stopPrice)
  if (!isConditional(type) && trailingDelta !== null) throw notRequired(names.trailingDelta)
  if (params.has(names.icebergQty)) throw new BinanceError(-1013, 'Iceberg orders are not supported for this symbol.')
  const echo: Record<string, string> = {}
  for (const name of ['strategyId', 'strategyType'] as const) {
    const value = params.integer(names[name])
    if (value !== undefined) echo[name] = String(value)
  }
  return {
    type,
    limitPrice,
    stopPrice,
    trailingDelta,
    timeInForce: timeInForce ?? 'GTC',
    isPostOnly: native === 'LIMIT_MAKER',
    echo,
  } as const
}

/** Reads the parameters of `POST /api/v3/order`. `newId` makes a client order id when none was sent. */
export function orderCommandOf(params: Params, newId: () => string): { command: OrderCommand; native: NativeType } {
  const symbol = params.required('symbol')
  const side = sideOf(params)
  const native = nativeTypeOf(params.required('type'))
  const conditions = conditionsOf(params, native, PLAIN)
  const quantity = params.decimal('quantity')
  const quoteQuantity = params.decimal('quoteOrderQty')
  if (native === 'MARKET') {
    if (quantity === null && quoteQuantity === null) throw mandatoryEither('quantity', 'quoteOrderQty')
    if (quantity !== null && quoteQuantity !== null) throw notRequired('quoteOrderQty')
  } else {
    if (quantity === null) throw mandatory('quantity')
    if (quoteQuantity !== null) throw notRequired('quoteOrderQty')
  }
  const clientOrderId = params.matching('newClientOrderId', CLIENT_ID) ?? newId()
  params.text('selfTradePreventionMode')
  return { command: { symbol, side, clientOrderId, quantity, quoteQuantity, ...conditions }, native }
}

/** How much of the new order to answer: as asked, else FULL for market and limit orders and ACK for the rest. */
export function responseTypeOf(params: Params, native: NativeType): ResponseType {
  const asked = params.text('newOrderRespType')
  if (asked === undefined) return native === 'MARKET' || native === 'LIMIT' ? 'FULL' : 'ACK'
  if (asked !== 'ACK' && asked !== 'RESULT' && asked !== 'FULL')
    throw new BinanceError(-1130, "Data sent for parameter 'newOrderRespType' is not valid.")
  return asked
}

/** Reads one order of `POST /api/v3/orderList/oco`: `prefix` is 'above' or 'below'. */
export function legCommandOf(
  params: Params,
  prefix: 'above' | 'below',
  shared: Pick<OrderCommand, 'symbol' | 'side' | 'quantity'>,
  newId: () => string,
): OrderCommand {
  const name = (suffix: string) => `${prefix}${suffix}`
  const native = nativeTypeOf(params.required(name('Type')))
  if (native === 'MARKET' || native === 'LIMIT') throw new BinanceError(-1158, 'Order type not supported in OCO.')
  const conditions = conditionsOf(params, native, {
    price: name('Price'),
    stopPrice: name('StopPrice'),
    trailingDelta: name('TrailingDelta'),
    timeInForce: name('TimeInForce'),
    icebergQty: name('IcebergQty'),
    strategyId: name('StrategyId'),
    strategyType: name('StrategyType'),
  })
  const clientOrderId = params.matching(name('ClientOrderId'), CLIENT_ID) ?? newId()
  return { ...shared, clientOrderId, quoteQuantity: null, ...conditions }
}
