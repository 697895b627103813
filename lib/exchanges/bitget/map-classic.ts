import { type Amount, parseDecimal, ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill, OrderRequest } from '@/lib/domain/order/order'
import type { BitgetFill, BitgetOrder, BitgetPlan } from '@/lib/exchanges/bitget/schemas'
import { feeSchema } from '@/lib/exchanges/bitget/schemas'
import * as words from '@/lib/exchanges/bitget/words'
import type { Plan } from '@/lib/exchanges/bitget/account-api'

// Orders between our words and Bitget's v2 ones (bitget.com/api-doc/spot/trade, /spot/plan).

/** An order of orderInfo, history-orders or unfilled-orders. `symbol` is the unified name. */
export function mapOrder(order: BitgetOrder, symbol: string): ExchangeOrder {
  const side = words.mapSide(order.side)
  const type = words.mapType(order.orderType)
  // unfilled-orders has the limit in priceAvg, and tells so by its basePrice.
  const limitPrice = words.priceOf(order.basePrice == null ? order.price : order.priceAvg)
  const filledQuantity = words.amountOf(order.baseVolume)
  const timeInForce = words.mapForce(order.force)
  // The size of a purchase at market is what it spends.
  const isSpending = type === 'MARKET' && side === 'BUY'
  return {
    clientOrderId: order.clientOid,
    exchangeOrderId: order.orderId,
    symbol,
    side,
    ...(order.tpslType === 'tpsl' ? triggerOf(order, side, type === 'LIMIT') : { type }),
    status: words.mapStatus(order.status),
    ...(timeInForce === undefined ? {} : { timeInForce }),
    quantity: isSpending ? filledQuantity : words.amountOf(order.size),
    filledQuantity,
    filledQuoteQuantity: words.amountOf(order.quoteVolume),
    ...(limitPrice === undefined || type === 'MARKET' ? {} : { limitPrice }),
    createdTime: +order.cTime,
    updatedTime: +(order.uTime ?? order.cTime),
    native: order,
  }
}

const triggerOf = (order: BitgetOrder, side: ExchangeOrder['side'], isLimit: boolean) => {
  const stopPrice = words.priceOf(order.triggerPrice)
  return {
    type: words.conditionalType(side, isLimit, stopPrice ?? ZERO, undefined),
    ...(stopPrice === undefined ? {} : { stopPrice }),
  }
}

/** A plan order. `lastPrice` tells which kind of condition it is, while it waits. */
export function mapPlan(plan: BitgetPlan, symbol: string, lastPrice?: Amount): Plan {
  const side = words.mapSide(plan.side)
  const isLimit = words.mapType(plan.orderType) === 'LIMIT'
  const status = words.mapPlanStatus(plan.status)
  const stopPrice = parseDecimal(plan.triggerPrice)
  const limitPrice = words.priceOf(plan.executePrice)
  const isTotal = plan.planType?.toLowerCase() === 'total'
  const order: ExchangeOrder = {
    clientOrderId: plan.clientOid,
    exchangeOrderId: plan.orderId,
    symbol,
    side,
    type: words.conditionalType(side, isLimit, stopPrice, status === 'ACCEPTED' ? lastPrice : undefined),
    status,
    quantity: isTotal ? ZERO : parseDecimal(plan.size),
    filledQuantity: ZERO,
    filledQuoteQuantity: ZERO,
    ...(isLimit && limitPrice !== undefined ? { limitPrice } : {}),
    stopPrice,
    createdTime: +plan.cTime,
    updatedTime: +(plan.uTime ?? plan.cTime),
    native: plan,
  }
  return { order, isFired: status === 'TRIGGERED' }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The fee of one execution: positive when it was taken away. It may be paid in another coin (BGB). */
export function mapFee(detail: BitgetFill['feeDetail'], sign: 1 | -1): Pick<Fill, 'fee' | 'feeAsset'> {
  const parsed = typeof detail === 'string' ? parseJson(detail) : detail
  const fee = feeSchema.parse(Array.isArray(parsed) ? parsed[0] : parsed)
  const deducted = fee.deduction === 'yes' ? words.amountOf(fee.totalDeductionFee) : ZERO
  const total = deducted.isZero() ? words.amountOf(fee.totalFee) : deducted
  return { fee: total.isZero() ? ZERO : total.times(sign), feeAsset: fee.feeCoin }
}

/** One row of GET /api/v2/spot/trade/fills. */
export const mapFill = (fill: BitgetFill, symbol: string): Fill => ({
  exchangeTradeId: fill.tradeId,
  exchangeOrderId: fill.orderId,
  symbol,
  side: words.mapSide(fill.side),
  price: parseDecimal(fill.priceAvg),
  quantity: parseDecimal(fill.size),
  quoteQuantity: parseDecimal(fill.amount),
  ...mapFee(fill.feeDetail, -1),
  liquidity: fill.tradeScope?.toLowerCase() === 'maker' ? 'MAKER' : 'TAKER',
  tradeTime: +fill.cTime,
})

/** Body of POST /api/v2/spot/trade/place-order. */
export function placeBody(request: OrderRequest, exchangeSymbol: string): Record<string, string | undefined> {
  const isLimit = request.type === 'LIMIT'
  return words.withNative(
    {
      symbol: exchangeSymbol,
      side: request.side.toLowerCase(),
      orderType: isLimit ? 'limit' : 'market',
      force: words.forceOf(request),
      price: words.wire(request.limitPrice),
      size: words.wire(request.quoteQuantity ?? request.quantity),
      clientOid: request.clientOrderId,
    },
    request.nativeParams,
  )
}

/** Body of POST /api/v2/spot/trade/place-plan-order; the size is in the base asset, of purchases too. */
export function planBody(request: OrderRequest, exchangeSymbol: string): Record<string, string | undefined> {
  return words.withNative(
    {
      symbol: exchangeSymbol,
      side: request.side.toLowerCase(),
      ...planConditions(request),
      planType: 'amount',
      triggerType: request.nativeParams?.['triggerType'] === undefined ? 'fill_price' : undefined,
      force: request.limitPrice === undefined ? undefined : words.forceOf(request),
      clientOid: request.clientOrderId,
    },
    request.nativeParams,
  )
}

/** What of a plan order may be changed: all of it is sent each time. */
export const planConditions = (request: Pick<OrderRequest, 'stopPrice' | 'limitPrice' | 'quantity'>) => ({
  triggerPrice: words.wire(request.stopPrice),
  orderType: request.limitPrice === undefined ? 'market' : 'limit',
  executePrice: words.wire(request.limitPrice),
  size: words.wire(request.quantity),
})
