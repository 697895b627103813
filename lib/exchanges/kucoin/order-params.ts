import { TradingError } from '@/lib/domain/errors/trading-error'
import { type Amount, toWire } from '@/lib/domain/money/decimal'
import type { OcoRequest, OrderRequest, OrderSide, OrderType } from '@/lib/domain/order/order'
import type { Json } from '@/lib/exchanges/kucoin/calls'

// Our orders in KuCoin's words (docs "Add Order", "Add Stop Order", "Add OCO Order" and "UTA: Place Order").

/** What `nativeParams` may not replace: the order's identity, its terms and its account. */
const OURS = new Set([
  ...['clientOid', 'symbol', 'side', 'type', 'orderType', 'tradeType', 'size', 'sizeUnit', 'funds', 'price'],
  ...['stop', 'stopPrice', 'triggerPrice', 'triggerDirection', 'accountMode'],
])
const FLAGS = new Set(['hidden', 'iceberg', 'postOnly', 'autoBorrow', 'autoRepay'])
const NUMBERS = new Set(['cancelAfter', 'clientTimestamp', 'allowMaxTimeWindow'])

/**
 * The native parameters as JSON wants them: texts, but flags and counts as what they are.
 * @throws TradingError BAD_REQUEST, NOT_SENT, for one that the bot sets itself.
 */
function nativeFields(native: Record<string, string> = {}): Json {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(native)) {
    if (OURS.has(name))
      throw new TradingError('BAD_REQUEST', `The native parameter ${name} is set by the bot.`, { outcome: 'NOT_SENT' })
    fields[name] = FLAGS.has(name) ? value === 'true' : NUMBERS.has(name) ? +value : value
  }
  return fields
}

const wire = (amount: Amount | undefined): string | undefined => (amount === undefined ? undefined : toWire(amount))

/** An order without a trigger goes to the order store, one with a trigger to the stop store. */
export const isConditional = (type: OrderType): boolean => type !== 'MARKET' && type !== 'LIMIT'

/** Whether the trigger fires when the price rises: the stop of a purchase, the target of a sale. */
const firesAbove = (type: OrderType, side: OrderSide): boolean => type.startsWith('STOP') === (side === 'BUY')

const refuseTrailing = (request: OrderRequest): void => {
  if (request.type !== 'TRAILING_STOP') return
  throw new TradingError('NOT_SUPPORTED', 'KuCoin spot has no trailing stop in its interface.', { outcome: 'NOT_SENT' })
}

/**
 * Body of POST /api/v1/hf/orders and of POST /api/v1/stop-order. `stop` is `entry` where the trigger lies above and `loss`
 * where it lies below.
 * @throws TradingError NOT_SENT for a trailing stop, and for native parameters that the bot sets itself.
 */
export function classicOrderJson(request: OrderRequest, exchangeSymbol: string): Json {
  refuseTrailing(request)
  const isLimit = request.type.endsWith('LIMIT')
  return {
    clientOid: request.clientOrderId,
    symbol: exchangeSymbol,
    side: request.side.toLowerCase(),
    type: isLimit ? 'limit' : 'market',
    size: wire(request.quantity),
    funds: wire(request.quoteQuantity),
    price: wire(request.limitPrice),
    timeInForce: isLimit ? (request.timeInForce ?? 'GTC') : undefined,
    postOnly: isLimit && request.isPostOnly === true ? true : undefined,
    ...(isConditional(request.type)
      ? { stop: firesAbove(request.type, request.side) ? 'entry' : 'loss', stopPrice: wire(request.stopPrice) }
      : {}),
    ...nativeFields(request.nativeParams),
  }
}

/**
 * Body of POST /api/ua/v1/unified/order/place.
 * @throws TradingError NOT_SENT as above.
 */
export function unifiedOrderJson(request: OrderRequest, exchangeSymbol: string): Json {
  refuseTrailing(request)
  const isLimit = request.type.endsWith('LIMIT')
  return {
    tradeType: 'SPOT',
    clientOid: request.clientOrderId,
    symbol: exchangeSymbol,
    side: request.side,
    orderType: isLimit ? 'LIMIT' : 'MARKET',
    sizeUnit: request.quoteQuantity === undefined ? 'BASECCY' : 'QUOTECCY',
    size: wire(request.quoteQuantity ?? request.quantity),
    price: wire(request.limitPrice),
    timeInForce: isLimit ? (request.timeInForce ?? 'GTC') : undefined,
    postOnly: isLimit && request.isPostOnly === true ? true : undefined,
    ...(isConditional(request.type)
      ? {
          triggerDirection: firesAbove(request.type, request.side) ? 'UP' : 'DOWN',
          triggerPrice: wire(request.stopPrice),
        }
      : {}),
    ...nativeFields(request.nativeParams),
  }
}

/**
 * Body of POST /api/v3/oco/order. The pair has one client id, the list's.
 * @throws TradingError INVALID_ORDER, NOT_SENT, for a stop without a limit price: KuCoin's stop always places a limit order.
 */
export function ocoJson(request: OcoRequest, exchangeSymbol: string): Json {
  const { takeProfit, stopLoss } = request
  if (stopLoss.limitPrice === undefined)
    throw new TradingError('INVALID_ORDER', "KuCoin's OCO needs a limit price for the stop.", {
      outcome: 'NOT_SENT',
      rule: 'OCO_STOP_LIMIT',
    })
  return {
    clientOid: request.clientOrderListId,
    symbol: exchangeSymbol,
    side: request.side.toLowerCase(),
    size: toWire(request.quantity),
    price: toWire(takeProfit.limitPrice),
    stopPrice: toWire(stopLoss.stopPrice),
    limitPrice: toWire(stopLoss.limitPrice),
    tradeType: 'TRADE',
  }
}
