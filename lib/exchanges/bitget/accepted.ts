import type { EpochMs } from '@/lib/domain/market/timeframe'
import { ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, OrderRequest } from '@/lib/domain/order/order'

/** An order that Bitget answered with its id only. */
export const accepted = (request: OrderRequest, exchangeOrderId: string, now: EpochMs): ExchangeOrder => ({
  clientOrderId: request.clientOrderId,
  exchangeOrderId,
  symbol: request.symbol,
  side: request.side,
  type: request.type,
  status: 'ACCEPTED',
  ...(request.limitPrice === undefined ? {} : { timeInForce: request.timeInForce ?? 'GTC' }),
  quantity: request.quantity ?? ZERO,
  filledQuantity: ZERO,
  filledQuoteQuantity: ZERO,
  ...(request.limitPrice === undefined ? {} : { limitPrice: request.limitPrice }),
  ...(request.stopPrice === undefined ? {} : { stopPrice: request.stopPrice }),
  createdTime: now,
  updatedTime: now,
  native: { orderId: exchangeOrderId, clientOid: request.clientOrderId },
})
