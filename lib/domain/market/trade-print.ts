import type { PublicTrade } from '@/lib/domain/market/candle'
import type { EpochMs } from '@/lib/domain/market/timeframe'

/**
 * A `PublicTrade` whose amounts are still the exchange's decimal strings. The heartbeat takes in 100,000 a second, and
 * needs exact decimals only for the bar that comes out of them.
 */
export interface TradePrint extends Omit<PublicTrade, 'price' | 'quantity'> {
  price: string
  quantity: string
  tradeTime: EpochMs
}
