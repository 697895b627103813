import type { Instrument } from '@/lib/domain/market/instrument'
import { fromInteger, parseDecimal } from '@/lib/domain/money/decimal'

/** A market as any other, for what is rehearsed before the first order: nothing is ever sent there. */
export const REHEARSED_INSTRUMENT: Instrument = {
  symbol: 'BTC/USDT',
  exchangeSymbol: 'BTCUSDT',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  tickSize: parseDecimal('0.01'),
  stepSize: parseDecimal('0.00001'),
  minQuantity: parseDecimal('0.00001'),
  maxQuantity: fromInteger(9000),
  marketStepSize: parseDecimal('0.00001'),
  marketMaxQuantity: fromInteger(9000),
  quoteStepSize: parseDecimal('0.01'),
  minNotional: fromInteger(5),
  isTrading: true,
  isOcoAllowed: true,
  orderTypes: ['MARKET'],
}
