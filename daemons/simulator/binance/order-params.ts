import type { Amount } from '@/lib/domain/money/decimal'
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

export function sideOf(params: Params, name = 'side'): OrderSide {
  const side = params.required(name)
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

const FIELDS = [
  'price',
  'stopPrice',
  'trailingDelta',
  'timeInForce',
  'icebergQty',
  'strategyId',
  'strategyType',
  'pegPriceType',
  'pegOffsetType',
  'pegOffsetValue',
] as const
/** Names of one order's parameters; those of the orders of a list carry a prefix. */
type Names = Record<(typeof FIELDS)[number], string>

const namesWith = (prefix: string): Names => {
  const named = (field: string) => (prefix === '' ? field : prefix + field.charAt(0).toUpperCase() + field.slice(1))
  return Object.fromEntries(FIELDS.map((field) => [field, named(field)])) as Names
}

const PLAIN = namesWith('')

const LOWEST_STRATEGY_TYPE = 1_000_000

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
  const icebergQuantity = params.decimal(names.icebergQty)
  if (icebergQuantity !== null && !hasLimit(type)) throw notRequired(names.icebergQty)
  if (icebergQuantity !== null && timeInForce !== undefined && timeInForce !== 'GTC')
    throw new BinanceError(
      -1160,
      `Parameter '${names.icebergQty}' is not supported if \`${names.timeInForce}\` is not GTC.`,
    )
  for (const name of [names.pegPriceType, names.pegOffsetType, names.pegOffsetValue])
    if (params.has(name)) throw new BinanceError(-1013, 'Pegged orders are not supported for this symbol.')
  const echo: Record<string, string> = {}
  for (const name of ['strategyId', 'strategyType'] as const) {
    const value = params.integer(names[name])
    if (value !== undefined) echo[name] = String(value)
  }
  if (Number(echo['strategyType'] ?? LOWEST_STRATEGY_TYPE) < LOWEST_STRATEGY_TYPE)
    throw new BinanceError(-1134, '`strategyType` was less than 1000000.')
  return {
    type,
    limitPrice,
    stopPrice,
    trailingDelta,
    timeInForce: timeInForce ?? 'GTC',
    isPostOnly: native === 'LIMIT_MAKER',
    icebergQuantity: icebergQuantity?.isZero() === true ? null : icebergQuantity,
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
  readSelfTradeMode(params)
  checkIceberg(quantity, conditions.icebergQuantity)
  return { command: { symbol, side, clientOrderId, quantity, quoteQuantity, ...conditions }, native }
}

/** How much of the new order to answer: as asked, else FULL for market and limit orders and ACK for the rest. */
export const responseTypeOf = (params: Params, native: NativeType): ResponseType =>
  askedResponseType(params) ?? (native === 'MARKET' || native === 'LIMIT' ? 'FULL' : 'ACK')

export function askedResponseType(params: Params): ResponseType | undefined {
  const asked = params.text('newOrderRespType')
  if (asked === undefined) return undefined
  if (asked !== 'ACK' && asked !== 'RESULT' && asked !== 'FULL')
    throw new BinanceError(-1130, "Data sent for parameter 'newOrderRespType' is not valid.")
  return asked
}

/** Kinds of orders that each place in a list takes. */
const LEG_TYPES = {
  working: (native: NativeType) => native === 'LIMIT' || native === 'LIMIT_MAKER',
  pending: () => true,
  pair: (native: NativeType) => native !== 'MARKET' && native !== 'LIMIT',
}

/** Reads one order of a list; `prefix` as in `pendingAboveType`, `place` what it is there. */
export function legCommandOf(
  params: Params,
  prefix: string,
  place: keyof typeof LEG_TYPES,
  shared: Pick<OrderCommand, 'symbol' | 'side' | 'quantity'>,
  newId: () => string,
): OrderCommand {
  const native = nativeTypeOf(params.required(`${prefix}Type`))
  if (!LEG_TYPES[place](native))
    throw place === 'pair'
      ? new BinanceError(-1158, 'Order type not supported in OCO.')
      : new BinanceError(-1116, 'Invalid orderType.')
  const conditions = conditionsOf(params, native, namesWith(prefix))
  checkIceberg(shared.quantity, conditions.icebergQuantity)
  const clientOrderId = params.matching(`${prefix}ClientOrderId`, CLIENT_ID) ?? newId()
  return { ...shared, clientOrderId, quoteQuantity: null, ...conditions }
}

function checkIceberg(quantity: Amount | null, icebergQuantity: Amount | null): void {
  if (quantity !== null && icebergQuantity?.gt(quantity) === true)
    throw new BinanceError(-2010, 'IcebergQty exceeds QTY.')
}

const SELF_TRADE_MODES = ['NONE', 'EXPIRE_MAKER', 'EXPIRE_TAKER', 'EXPIRE_BOTH', 'DECREMENT', 'TRANSFER']

/** Reads how the account's own orders are to be kept apart. The engine never lets them meet, whatever is asked. */
export function readSelfTradeMode(params: Params): void {
  const mode = params.text('selfTradePreventionMode')
  if (mode !== undefined && !SELF_TRADE_MODES.includes(mode))
    throw new BinanceError(-1130, "Data sent for parameter 'selfTradePreventionMode' is not valid.")
}
