import { type Amount, parseDecimal, ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill, OrderRequest } from '@/lib/domain/order/order'
import type { Plan } from '@/lib/exchanges/bitget/account-api'
import type { Strategy, UnifiedFill, UnifiedOrder } from '@/lib/exchanges/bitget/unified-schemas'
import * as words from '@/lib/exchanges/bitget/words'

// Orders between our words and Bitget's v3 ones (bitget.com/api-doc/uta/trade, /uta/strategy).

/** `symbol` is the unified name; so it is below. */
export function mapUnifiedOrder(order: UnifiedOrder, symbol: string): ExchangeOrder {
  const side = words.mapSide(order.side)
  const type = words.mapType(order.orderType)
  const limitPrice = words.priceOf(order.price)
  const filledQuantity = words.amountOf(order.cumExecQty)
  const timeInForce = words.mapForce(order.timeInForce)
  // A purchase at market is given as an amount to spend.
  const isSpending = type === 'MARKET' && side === 'BUY'
  return {
    clientOrderId: order.clientOid,
    exchangeOrderId: order.orderId,
    symbol,
    side,
    type,
    status: words.mapStatus(order.orderStatus),
    ...(timeInForce === undefined || type === 'MARKET' ? {} : { timeInForce }),
    quantity: isSpending ? filledQuantity : words.amountOf(order.qty),
    filledQuantity,
    filledQuoteQuantity: words.amountOf(order.cumExecValue),
    ...(limitPrice === undefined || type === 'MARKET' ? {} : { limitPrice }),
    createdTime: +order.createdTime,
    updatedTime: +(order.updatedTime ?? order.createdTime),
    native: order,
  }
}

/** The condition of a strategy order, by which of its three forms it has. */
function conditionOf(strategy: Strategy) {
  const trigger = words.priceOf(strategy.triggerPrice)
  if (trigger !== undefined)
    return {
      kind: undefined,
      stopPrice: trigger,
      isLimit: strategy.triggerOrderType === 'limit',
      limitPrice: words.priceOf(strategy.triggerOrderPrice),
    }
  const stop = words.priceOf(strategy.stopLoss)
  if (stop !== undefined) {
    const limitPrice = words.priceOf(strategy.slLimitPrice)
    return { kind: 'STOP', stopPrice: stop, isLimit: strategy.slOrderType === 'limit', limitPrice } as const
  }
  const limitPrice = words.priceOf(strategy.tpLimitPrice)
  const stopPrice = words.amountOf(strategy.takeProfit)
  return { kind: 'TAKE_PROFIT', stopPrice, isLimit: strategy.tpOrderType === 'limit', limitPrice } as const
}

/** A strategy order. `lastPrice` tells which kind of condition a trigger is, while it waits. */
export function mapStrategy(strategy: Strategy, symbol: string, lastPrice?: Amount): Plan {
  const side = words.mapSide(strategy.side ?? 'sell')
  // Unfilled strategy orders of some kinds come without a status: they wait.
  const status = words.mapPlanStatus(strategy.status ?? 'pending')
  const { kind, stopPrice, isLimit, limitPrice } = conditionOf(strategy)
  const implied = words.conditionalType(side, isLimit, stopPrice, status === 'ACCEPTED' ? lastPrice : undefined)
  const order: ExchangeOrder = {
    clientOrderId: strategy.clientOid,
    exchangeOrderId: strategy.orderId,
    symbol,
    side,
    type: kind === undefined ? implied : isLimit ? `${kind}_LIMIT` : `${kind}_MARKET`,
    status,
    quantity: parseDecimal(strategy.qty),
    filledQuantity: ZERO,
    filledQuoteQuantity: ZERO,
    ...(isLimit && limitPrice !== undefined ? { limitPrice } : {}),
    stopPrice,
    createdTime: +strategy.createdTime,
    updatedTime: +(strategy.updatedTime ?? strategy.createdTime),
    native: strategy,
  }
  return { order, isFired: status === 'TRIGGERED' }
}

/** One execution; here a fee taken away is positive. */
export function mapUnifiedFill(fill: UnifiedFill, symbol: string): Fill {
  const [base = '', quote = ''] = symbol.split('/')
  const side = words.mapSide(fill.side)
  const [fee] = fill.feeDetail ?? []
  return {
    exchangeTradeId: fill.execId,
    exchangeOrderId: fill.orderId,
    symbol,
    side,
    price: parseDecimal(fill.execPrice),
    quantity: parseDecimal(fill.execQty),
    quoteQuantity: parseDecimal(fill.execValue),
    fee: words.amountOf(fee?.fee),
    feeAsset: fee?.feeCoin ?? (side === 'BUY' ? base : quote),
    liquidity: fill.tradeScope?.toLowerCase() === 'maker' ? 'MAKER' : 'TAKER',
    tradeTime: +(fill.execTime ?? fill.createdTime ?? 0),
  }
}

/** Body of POST /api/v3/trade/place-order. */
export const unifiedPlaceBody = (request: OrderRequest, exchangeSymbol: string) =>
  words.withNative(
    {
      category: 'SPOT',
      symbol: exchangeSymbol,
      side: request.side.toLowerCase(),
      orderType: request.type === 'LIMIT' ? 'limit' : 'market',
      timeInForce: request.type === 'LIMIT' ? words.forceOf(request) : undefined,
      price: words.wire(request.limitPrice),
      qty: words.wire(request.quoteQuantity ?? request.quantity),
      clientOid: request.clientOrderId,
    },
    request.nativeParams,
  )

/** Body of POST /api/v3/trade/place-strategy-order, of type `trigger`. */
export const strategyBody = (request: OrderRequest, exchangeSymbol: string) =>
  words.withNative(
    {
      category: 'SPOT',
      symbol: exchangeSymbol,
      type: 'trigger',
      side: request.side.toLowerCase(),
      ...strategyConditions(request),
      triggerBy: request.nativeParams?.['triggerBy'] === undefined ? 'market' : undefined,
      clientOid: request.clientOrderId,
    },
    request.nativeParams,
  )

/** What of a strategy order may be changed: all of it is sent each time. */
export const strategyConditions = (request: Pick<OrderRequest, 'stopPrice' | 'limitPrice' | 'quantity'>) => ({
  triggerPrice: words.wire(request.stopPrice),
  triggerOrderType: request.limitPrice === undefined ? 'market' : 'limit',
  triggerOrderPrice: words.wire(request.limitPrice),
  qty: words.wire(request.quantity),
})
