import type { TradingError } from '@/lib/domain/errors/trading-error'
import type { ReplaceResult } from '@/lib/exchanges/execution-client'
import { mapError } from '@/lib/exchanges/binance/map-error'
import { mapOrder } from '@/lib/exchanges/binance/map-order'
import { orderSchema, replaceFailureSchema } from '@/lib/exchanges/binance/schemas'

/**
 * The result hidden in a -2021 (HTTP 409): the old order was canceled and the new one was not accepted. Undefined for every
 * other error, where nothing was canceled or nobody knows.
 */
export function mapReplaceFailure(error: TradingError, symbol: string): ReplaceResult | undefined {
  if (error.nativeCode !== '-2021') return undefined
  const { data } = replaceFailureSchema.safeParse(error.cause)
  const canceled = orderSchema.safeParse(data?.data.cancelResponse)
  if (data?.data.cancelResult !== 'SUCCESS' || !canceled.success) return undefined
  const placeError = mapError(data.data.newOrderResponse) ?? error
  return { canceled: mapOrder(canceled.data, symbol), placed: null, placeError }
}
