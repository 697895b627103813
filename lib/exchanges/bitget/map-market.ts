import type { Candle } from '@/lib/domain/market/candle'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type EpochMs, type Timeframe, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import type { TradePrint } from '@/lib/domain/market/trade-print'
import { type Amount, parseDecimal, ZERO } from '@/lib/domain/money/decimal'
import type { Ticker } from '@/lib/exchanges/execution-client'
import type { BitgetCandle, BitgetSymbol, BitgetTicker } from '@/lib/exchanges/bitget/schemas'

/** Bitget's words for the timeframes that it has bars for on spot; 10m and 2h are aggregated. */
export const GRANULARITIES: Partial<Record<Timeframe, string>> = {
  '1m': '1min',
  '3m': '3min',
  '5m': '5min',
  '15m': '15min',
  '1h': '1h',
  '4h': '4h',
}

/** `BTC/USDT` to `BTCUSDT`. */
export const exchangeSymbolOf = (symbol: string): string => symbol.replace('/', '')

/** Bitget states its steps as numbers of decimals. */
const stepOf = (decimals: string): Amount => parseDecimal(`1e-${decimals}`)

/** The least value of an order is stated in USDT: it is a rule in the quote asset only where that is worth as much. */
const DOLLARS = new Set(['USDT', 'USDC', 'USD', 'FDUSD', 'USDE'])

/** One row of GET /api/v2/spot/public/symbols. A size of zero means that there is no such rule. */
export function mapInstrument(native: BitgetSymbol): Instrument {
  const stepSize = stepOf(native.quantityPrecision)
  return {
    symbol: `${native.baseCoin}/${native.quoteCoin}`,
    exchangeSymbol: native.symbol,
    baseAsset: native.baseCoin,
    quoteAsset: native.quoteCoin,
    tickSize: stepOf(native.pricePrecision),
    stepSize,
    minQuantity: parseDecimal(native.minTradeAmount),
    maxQuantity: parseDecimal(native.maxTradeAmount),
    marketStepSize: stepSize,
    marketMaxQuantity: ZERO,
    quoteStepSize: stepOf(native.quotePrecision),
    minNotional: DOLLARS.has(native.quoteCoin) ? parseDecimal(native.minTradeUSDT) : ZERO,
    isTrading: native.status === 'online',
    isOcoAllowed: false,
    orderTypes: ['limit', 'market'],
  }
}

const amountOr = (text: string | null | undefined, otherwise: Amount): Amount =>
  text === undefined || text === null || text === '' ? otherwise : parseDecimal(text)

export function mapTicker(native: BitgetTicker, symbol: string): Ticker {
  const lastPrice = parseDecimal(native.lastPr)
  return {
    symbol,
    lastPrice,
    bidPrice: amountOr(native.bidPr, ZERO),
    askPrice: amountOr(native.askPr, ZERO),
    openPrice: amountOr(native.open, lastPrice),
    highPrice: amountOr(native.high24h, lastPrice),
    lowPrice: amountOr(native.low24h, lastPrice),
    volume: parseDecimal(native.baseVolume),
    quoteVolume: parseDecimal(native.quoteVolume),
    closeTime: +native.ts,
  }
}

/** One bar; closed when `now` on the exchange's clock is past its end. */
export function mapCandle(row: BitgetCandle, symbol: string, timeframe: Timeframe, now: EpochMs): Candle {
  const [start, open, high, low, close, volumeText] = row
  const openTime = +start
  const closeTime = openTime + TIMEFRAME_MS[timeframe]
  const volume = parseDecimal(volumeText)
  return {
    symbol,
    timeframe,
    openTime,
    closeTime,
    open: parseDecimal(open),
    high: parseDecimal(high),
    low: parseDecimal(low),
    close: parseDecimal(close),
    volume,
    // Bitget does not count prints: what matters is whether there were any.
    tradeCount: volume.isZero() ? 0 : 1,
    isClosed: closeTime <= now,
  }
}

const PLAIN = /^\d{1,30}(\.\d{1,30})?$/

/** One row of the `trade` channel, checked by hand because it runs for every print. A sentence when it is malformed. */
export function mapPrint(row: unknown, symbol: string, eventTime: EpochMs): TradePrint | string {
  if (typeof row !== 'object' || row === null) return 'not an object'
  const { ts, price, size, side, tradeId } = row as Record<string, unknown>
  if (typeof price !== 'string' || typeof size !== 'string' || !PLAIN.test(price) || !PLAIN.test(size))
    return 'price or size is not a plain number'
  if (typeof ts !== 'string' || !/^\d{1,16}$/.test(ts)) return 'time missing'
  if (typeof tradeId !== 'string' || !/^\d{1,30}$/.test(tradeId)) return 'trade id missing'
  const direction = typeof side === 'string' ? side.toLowerCase() : undefined
  if (direction !== 'buy' && direction !== 'sell') return 'side missing'
  const isBuyerMaker = direction === 'sell'
  return { symbol, tradeId, price, quantity: size, tradeTime: +ts, eventTime, isBuyerMaker, count: 1 }
}
