import type { Balance } from '@/lib/domain/account/balance'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { parseDecimal, ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import type { OrderStatus } from '@/lib/domain/order/status'
import { symbolOf } from '@/lib/exchanges/kucoin/map-market'
import { amountOrNone, conditionalType, isLimitType, mapSide, mapTimeInForce } from '@/lib/exchanges/kucoin/map-order'
import type { UnifiedFill, UnifiedOrder } from '@/lib/exchanges/kucoin/unified-schemas'

// Orders of unified accounts in our words (docs "UTA: Get Order Details").

/** 0 not triggered, 1 triggered, 2 live, 3 filled, 4 partially filled, 5 canceled, 6 partially canceled. */
const STATUSES: readonly OrderStatus[] = [
  'ACCEPTED',
  'TRIGGERED',
  'ACCEPTED',
  'FILLED',
  'PARTIALLY_FILLED',
  'CANCELED',
  'CANCELED',
]

/** @throws TradingError UNKNOWN_OUTCOME for a status that is not known: guessing one could place an order twice. */
function mapUnifiedStatus(native: number): OrderStatus {
  const status = STATUSES[native]
  if (status !== undefined) return status
  throw new TradingError('UNKNOWN_OUTCOME', `KuCoin reports order status ${native}, which is not known.`, {
    outcome: 'UNKNOWN',
    nativeMessage: String(native),
  })
}

/** Nanoseconds, as digits, to milliseconds. */
const msOf = (nanos: string | number): EpochMs => Math.floor(+nanos / 1e6)

/**
 * An order of a unified account, with or without a trigger. Sizes are in the base asset, or in the quote asset for market
 * orders by funds; KuCoin tells the other side only through the average price, so it is exact to that price's digits.
 */
export function mapUnifiedOrder(order: UnifiedOrder): ExchangeOrder {
  const side = mapSide(order.side)
  const isLimit = isLimitType(order.orderType)
  const isByFunds = order.sizeUnit === 'QUOTECCY'
  const average = amountOrNone(order.avgPrice)
  const filled = parseDecimal(order.filledSize)
  const filledQuantity = !isByFunds ? filled : average === undefined ? ZERO : filled.div(average).toDecimalPlaces(12)
  const filledQuoteQuantity = isByFunds ? filled : filled.times(average ?? ZERO)
  const limitPrice = amountOrNone(order.price)
  const stopPrice = amountOrNone(order.triggerPrice)
  const timeInForce = mapTimeInForce(order.timeInForce)
  return {
    clientOrderId: order.clientOid,
    exchangeOrderId: order.orderId,
    symbol: symbolOf(order.symbol),
    side,
    type:
      stopPrice === undefined
        ? isLimit
          ? 'LIMIT'
          : 'MARKET'
        : conditionalType(side, order.triggerDirection === 'UP', isLimit),
    status: mapUnifiedStatus(order.status),
    ...(timeInForce === undefined ? {} : { timeInForce }),
    quantity: isByFunds ? filledQuantity : parseDecimal(order.size),
    filledQuantity,
    filledQuoteQuantity,
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    createdTime: msOf(order.orderTime),
    updatedTime: msOf(order.updatedTime),
    native: order,
  }
}

/** One row of GET /api/ua/v1/unified/order/execution. */
export function mapUnifiedFill(fill: UnifiedFill): Fill {
  return {
    exchangeTradeId: String(fill.tradeId),
    exchangeOrderId: fill.orderId,
    symbol: symbolOf(fill.symbol),
    side: mapSide(fill.side),
    price: parseDecimal(fill.price),
    quantity: parseDecimal(fill.size),
    quoteQuantity: parseDecimal(fill.value),
    fee: parseDecimal(fill.fee),
    feeAsset: fill.feeCurrency,
    liquidity: fill.liquidityRole === 'MAKER' ? 'MAKER' : 'TAKER',
    tradeTime: msOf(fill.executionTime),
  }
}

export const mapFunds = (asset: string, free: string, locked: string): Balance => {
  const balance = { asset, free: parseDecimal(free), locked: parseDecimal(locked) }
  return { ...balance, total: balance.free.plus(balance.locked) }
}
