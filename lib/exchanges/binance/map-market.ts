import type { Candle } from '@/lib/domain/market/candle'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type EpochMs, type Timeframe, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import type { TradePrint } from '@/lib/domain/market/trade-print'
import { type Amount, parseDecimal, ZERO } from '@/lib/domain/money/decimal'
import type { FeeRates, Ticker } from '@/lib/exchanges/execution-client'
import type { BinanceCommission, BinanceKline, BinanceSymbol, BinanceTicker } from '@/lib/exchanges/binance/schemas'

/** Timeframes that Binance has bars for; 10m is aggregated from 5m. */
export const NATIVE_INTERVALS: ReadonlySet<Timeframe> = new Set(['1m', '3m', '5m', '15m', '1h', '2h', '4h'])

/** `BTC/USDT` to `BTCUSDT`. */
export const exchangeSymbolOf = (symbol: string): string => symbol.replace('/', '')

type Filters = Map<string, Record<string, unknown>>

const filterAmount = (filters: Filters, filterType: string, field: string): Amount => {
  const value = filters.get(filterType)?.[field]
  return typeof value === 'string' ? parseDecimal(value) : ZERO
}

/** Binance reads amounts to spend with eight decimals at most. */
const QUOTE_STEP = parseDecimal('0.00000001')

/** A symbol of `exchangeInfo` with its filters (filters.md); a filter that is absent gives zero. */
export function mapInstrument(native: BinanceSymbol): Instrument {
  const filters: Filters = new Map(native.filters.map((filter) => [filter.filterType, filter]))
  const stepSize = filterAmount(filters, 'LOT_SIZE', 'stepSize')
  const marketStep = filterAmount(filters, 'MARKET_LOT_SIZE', 'stepSize')
  const notional = filterAmount(filters, 'NOTIONAL', 'minNotional')
  return {
    symbol: `${native.baseAsset}/${native.quoteAsset}`,
    exchangeSymbol: native.symbol,
    baseAsset: native.baseAsset,
    quoteAsset: native.quoteAsset,
    tickSize: filterAmount(filters, 'PRICE_FILTER', 'tickSize'),
    stepSize,
    minQuantity: filterAmount(filters, 'LOT_SIZE', 'minQty'),
    maxQuantity: filterAmount(filters, 'LOT_SIZE', 'maxQty'),
    marketStepSize: marketStep.isZero() ? stepSize : marketStep,
    marketMaxQuantity: filterAmount(filters, 'MARKET_LOT_SIZE', 'maxQty'),
    quoteStepSize: QUOTE_STEP,
    minNotional: notional.isZero() ? filterAmount(filters, 'MIN_NOTIONAL', 'minNotional') : notional,
    isTrading: native.status === 'TRADING',
    isOcoAllowed: native.ocoAllowed ?? false,
    orderTypes: native.orderTypes,
  }
}

/** One row of GET /api/v3/klines; closed when `now` on the exchange's clock is past its end. */
export function mapKline(row: BinanceKline, symbol: string, timeframe: Timeframe, now: EpochMs): Candle {
  const [openTime, open, high, low, close, volume] = row
  const closeTime = openTime + TIMEFRAME_MS[timeframe]
  return {
    symbol,
    timeframe,
    openTime,
    closeTime,
    open: parseDecimal(open),
    high: parseDecimal(high),
    low: parseDecimal(low),
    close: parseDecimal(close),
    volume: parseDecimal(volume),
    tradeCount: row[8],
    isClosed: closeTime <= now,
  }
}

export function mapTicker(native: BinanceTicker, symbol: string): Ticker {
  return {
    symbol,
    lastPrice: parseDecimal(native.lastPrice),
    bidPrice: parseDecimal(native.bidPrice),
    askPrice: parseDecimal(native.askPrice),
    openPrice: parseDecimal(native.openPrice),
    highPrice: parseDecimal(native.highPrice),
    lowPrice: parseDecimal(native.lowPrice),
    volume: parseDecimal(native.volume),
    quoteVolume: parseDecimal(native.quoteVolume),
    closeTime: native.closeTime,
  }
}

/** Standard, tax and special rates add up (faqs/commission_faq.md). */
export function mapCommission(native: BinanceCommission, symbol: string): FeeRates {
  const parts = [native.standardCommission, native.taxCommission, native.specialCommission]
  const total = (side: 'maker' | 'taker'): Amount =>
    parts.reduce((sum, rates) => (rates === undefined ? sum : sum.plus(parseDecimal(rates[side]))), ZERO)
  return { symbol, maker: total('maker'), taker: total('taker') }
}

const PLAIN = /^\d{1,30}(\.\d{1,30})?$/

/**
 * A `trade` or `aggTrade` event (web-socket-streams.md). Checked by hand because it runs for every print.
 * Returns a sentence instead when the event is not as documented.
 */
export function mapPrint(event: unknown, symbolOf: ReadonlyMap<string, string>): TradePrint | string {
  if (typeof event !== 'object' || event === null) return 'not an object'
  const e = event as Record<string, unknown>
  const isAggregate = e['e'] === 'aggTrade'
  const id = isAggregate ? e['a'] : e['t']
  const { s, p, q, T, E, m } = e
  if (typeof s !== 'string' || typeof p !== 'string' || typeof q !== 'string')
    return 'symbol, price or quantity missing'
  if (!PLAIN.test(p) || !PLAIN.test(q)) return 'price or quantity is not a plain number'
  if (typeof T !== 'number' || typeof E !== 'number' || typeof m !== 'boolean') return 'times or maker flag missing'
  if (typeof id !== 'number') return 'trade id missing'
  const symbol = symbolOf.get(s)
  if (symbol === undefined) return `symbol ${s} was not asked for`
  const { f, l } = e
  const count = isAggregate && typeof f === 'number' && typeof l === 'number' ? l - f + 1 : 1
  return { symbol, tradeId: id.toFixed(), price: p, quantity: q, tradeTime: T, eventTime: E, isBuyerMaker: m, count }
}
