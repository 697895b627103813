import type { Candle } from '@/lib/domain/market/candle'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type EpochMs, type Timeframe, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import type { TradePrint } from '@/lib/domain/market/trade-print'
import { type Amount, max, parseDecimal, ZERO } from '@/lib/domain/money/decimal'
import type { FeeRates, Ticker } from '@/lib/exchanges/execution-client'
import type { KucoinCandle, KucoinSymbol, KucoinTicker } from '@/lib/exchanges/kucoin/schemas'

/** KuCoin's names of its bars; 10m is aggregated from 5m. */
export const INTERVALS: Partial<Record<Timeframe, string>> = {
  '1m': '1min',
  '3m': '3min',
  '5m': '5min',
  '15m': '15min',
  '1h': '1hour',
  '2h': '2hour',
  '4h': '4hour',
}

/** `BTC/USDT` to `BTC-USDT`, and back. */
export const exchangeSymbolOf = (symbol: string): string => symbol.replace('/', '-')
export const symbolOf = (exchangeSymbol: string): string => exchangeSymbol.replace('-', '/')

const amountOrZero = (text: string | null | undefined): Amount =>
  text === null || text === undefined || text === '' ? ZERO : parseDecimal(text)

/** A pair of GET /api/v2/symbols. Its assets are those in its name, which stays when a coin is renamed. */
export function mapInstrument(native: KucoinSymbol): Instrument {
  const [baseAsset = native.baseCurrency, quoteAsset = native.quoteCurrency] = native.symbol.split('-')
  const stepSize = parseDecimal(native.baseIncrement)
  const maxQuantity = parseDecimal(native.baseMaxSize)
  return {
    symbol: `${baseAsset}/${quoteAsset}`,
    exchangeSymbol: native.symbol,
    baseAsset,
    quoteAsset,
    tickSize: parseDecimal(native.priceIncrement),
    stepSize,
    minQuantity: parseDecimal(native.baseMinSize),
    maxQuantity,
    marketStepSize: stepSize,
    marketMaxQuantity: maxQuantity,
    quoteStepSize: parseDecimal(native.quoteIncrement),
    minNotional: max(parseDecimal(native.quoteMinSize), amountOrZero(native.minFunds)),
    isTrading: native.enableTrading,
    isOcoAllowed: true,
    orderTypes: ['limit', 'market', 'stop limit', 'stop market', 'oco'],
  }
}

/**
 * One row of GET /api/v1/market/candles; closed when `now` on the exchange's clock is past its end. KuCoin counts no prints:
 * a bar with volume counts as one.
 */
export function mapCandle(row: KucoinCandle, symbol: string, timeframe: Timeframe, now: EpochMs): Candle {
  const [start, open, close, high, low, volume] = row
  const openTime = +start * 1000
  const closeTime = openTime + TIMEFRAME_MS[timeframe]
  const amount = parseDecimal(volume)
  return {
    symbol,
    timeframe,
    openTime,
    closeTime,
    open: parseDecimal(open),
    high: parseDecimal(high),
    low: parseDecimal(low),
    close: parseDecimal(close),
    volume: amount,
    tradeCount: amount.isZero() ? 0 : 1,
    isClosed: closeTime <= now,
  }
}

/** 24-hour statistics; a pair that was never traded has prices of zero. */
export function mapTicker(native: KucoinTicker, symbol: string, time: EpochMs): Ticker {
  const lastPrice = amountOrZero(native.last)
  return {
    symbol,
    lastPrice,
    bidPrice: amountOrZero(native.buy),
    askPrice: amountOrZero(native.sell),
    openPrice: lastPrice.minus(amountOrZero(native.changePrice)),
    highPrice: amountOrZero(native.high),
    lowPrice: amountOrZero(native.low),
    volume: amountOrZero(native.vol),
    quoteVolume: amountOrZero(native.volValue),
    closeTime: time,
  }
}

export const mapFees = (row: { takerFeeRate: string; makerFeeRate: string }, symbol: string): FeeRates => ({
  symbol,
  maker: parseDecimal(row.makerFeeRate),
  taker: parseDecimal(row.takerFeeRate),
})

const PLAIN = /^\d{1,30}(\.\d{1,30})?$/
const NANOS = /^\d{16,22}$/

/**
 * A `trade.l3match` message of /market/match. Checked by hand because it runs for every print. Returns a sentence instead
 * when the data are not as documented.
 */
export function mapPrint(data: unknown, names: ReadonlyMap<string, string>): TradePrint | string {
  if (typeof data !== 'object' || data === null) return 'not an object'
  const { symbol: name, price, size, side, time, tradeId } = data as Record<string, unknown>
  if (typeof name !== 'string' || typeof price !== 'string' || typeof size !== 'string')
    return 'symbol, price or size missing'
  if (!PLAIN.test(price) || !PLAIN.test(size)) return 'price or size is not a plain number'
  if (side !== 'buy' && side !== 'sell') return 'side missing'
  if (typeof tradeId !== 'string') return 'trade id missing'
  if (typeof time !== 'string' || !NANOS.test(time)) return 'time missing'
  const symbol = names.get(name)
  if (symbol === undefined) return `symbol ${name} was not asked for`
  const tradeTime = +time.slice(0, -6)
  // `side` is the taker's: a sale met a buyer who was the maker.
  return {
    symbol,
    tradeId,
    price,
    quantity: size,
    tradeTime,
    eventTime: tradeTime,
    isBuyerMaker: side === 'sell',
    count: 1,
  }
}
