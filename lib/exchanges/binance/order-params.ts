import { TradingError } from '@/lib/domain/errors/trading-error'
import { type Amount, toWire } from '@/lib/domain/money/decimal'
import type { OcoRequest, OrderRequest, OrderType, OtoRequest } from '@/lib/domain/order/order'

// Requests in Binance's words (binance-spot-api-docs, rest-api.md "New order", "Order lists").

export type Params = Record<string, string | undefined>

const NATIVE_TYPES: Record<OrderType, string> = {
  MARKET: 'MARKET',
  LIMIT: 'LIMIT',
  STOP_MARKET: 'STOP_LOSS',
  STOP_LIMIT: 'STOP_LOSS_LIMIT',
  TAKE_PROFIT_MARKET: 'TAKE_PROFIT',
  TAKE_PROFIT_LIMIT: 'TAKE_PROFIT_LIMIT',
  TRAILING_STOP: 'STOP_LOSS',
}

/** Added by the request core: `nativeParams` may not set them. */
const OURS = ['timestamp', 'recvWindow', 'signature']

const wire = (amount: Amount | undefined): string | undefined => (amount === undefined ? undefined : toWire(amount))

/** What describes one order, without its place in a list. */
const describe = (request: OrderRequest): Params => {
  const isMaker = request.type === 'LIMIT' && request.isPostOnly === true
  return {
    side: request.side,
    type: isMaker ? 'LIMIT_MAKER' : NATIVE_TYPES[request.type],
    timeInForce: isMaker || !request.type.endsWith('LIMIT') ? undefined : (request.timeInForce ?? 'GTC'),
    quantity: wire(request.quantity),
    quoteOrderQty: wire(request.quoteQuantity),
    price: wire(request.limitPrice),
    stopPrice: wire(request.stopPrice),
    trailingDelta: request.trailingDelta?.toFixed(),
  }
}

/** Adds what the caller wants passed on. @throws TradingError BAD_REQUEST, NOT_SENT, where it is set already. */
const withNative = (ours: Params, native: Record<string, string> = {}): Params => {
  const taken = Object.keys(native).find((name) => ours[name] !== undefined || OURS.includes(name))
  if (taken === undefined) return { ...ours, ...native }
  throw new TradingError('BAD_REQUEST', `The native parameter ${taken} is set by the bot.`, { outcome: 'NOT_SENT' })
}

/**
 * Parameters of POST /api/v3/order (and the new half of a cancel-replace).
 * @throws TradingError BAD_REQUEST, NOT_SENT, when `nativeParams` would replace what is set here.
 */
export const newOrderParams = (request: OrderRequest, exchangeSymbol: string): Params =>
  withNative(
    {
      symbol: exchangeSymbol,
      ...describe(request),
      newClientOrderId: request.clientOrderId,
      newOrderRespType: 'FULL',
    },
    request.nativeParams,
  )

type Pair = Pick<OcoRequest, 'side' | 'takeProfit' | 'stopLoss'>

/** The two orders of a pair: the take-profit rests as a maker order, above a sell's market or below a buy's. */
const pairParams = ({ side, takeProfit, stopLoss }: Pair, above: string, below: string): Params => {
  const [profit, stop] = side === 'SELL' ? [above, below] : [below, above]
  const isStopLimit = stopLoss.limitPrice !== undefined
  return {
    [`${profit}Type`]: 'LIMIT_MAKER',
    [`${profit}ClientOrderId`]: takeProfit.clientOrderId,
    [`${profit}Price`]: toWire(takeProfit.limitPrice),
    [`${stop}Type`]: isStopLimit ? 'STOP_LOSS_LIMIT' : 'STOP_LOSS',
    [`${stop}ClientOrderId`]: stopLoss.clientOrderId,
    [`${stop}StopPrice`]: toWire(stopLoss.stopPrice),
    [`${stop}Price`]: wire(stopLoss.limitPrice),
    [`${stop}TimeInForce`]: isStopLimit ? 'GTC' : undefined,
  }
}

/** Parameters of POST /api/v3/orderList/oco. */
export const ocoParams = (request: OcoRequest, exchangeSymbol: string): Params => ({
  symbol: exchangeSymbol,
  listClientOrderId: request.clientOrderListId,
  side: request.side,
  quantity: toWire(request.quantity),
  ...pairParams(request, 'above', 'below'),
  newOrderRespType: 'FULL',
})

const prefixed = (prefix: string, params: Params): Params =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [prefix + name.charAt(0).toUpperCase() + name.slice(1), value]),
  )

const memberParams = (prefix: string, request: OrderRequest): Params =>
  withNative(
    prefixed(prefix, { ...describe(request), clientOrderId: request.clientOrderId }),
    prefixed(prefix, request.nativeParams ?? {}) as Record<string, string>,
  )

/** Parameters of POST /api/v3/orderList/oto, or of /otoco where a pair follows. Native ones carry the order's prefix. */
export function otoParams({ clientOrderListId, working, pending }: OtoRequest, exchangeSymbol: string): Params {
  const follows =
    'type' in pending
      ? memberParams('pending', pending)
      : {
          pendingSide: pending.side,
          pendingQuantity: toWire(pending.quantity),
          ...pairParams(pending, 'pendingAbove', 'pendingBelow'),
        }
  return {
    symbol: exchangeSymbol,
    listClientOrderId: clientOrderListId,
    ...memberParams('working', working),
    ...follows,
    newOrderRespType: 'FULL',
  }
}
