import { toWire } from '@/lib/domain/money/decimal'
import type { Exchange } from '../exchange'
import { type DayStatistics, dayStatistics } from '../market/day-statistics'
import type { MarketCandle, MarketTrade } from '../market/source'
import type { Level } from '../matching/book'
import type { Rules } from '../matching/rules'
import { bigNumber, nanosOf, nativeSymbolOf } from './native'

// Market data, field by field as in KuCoin's documentation of the spot market endpoints.

/** Bar lengths of the candles endpoint, in ms. */
export const INTERVALS: Record<string, number> = {
  '1min': 60_000,
  '3min': 180_000,
  '5min': 300_000,
  '15min': 900_000,
  '30min': 1_800_000,
  '1hour': 3_600_000,
  '2hour': 7_200_000,
  '4hour': 14_400_000,
  '6hour': 21_600_000,
  '8hour': 28_800_000,
  '12hour': 43_200_000,
  '1day': 86_400_000,
  '1week': 604_800_000,
}

const QUOTE_STEP = '0.00000001'

export const symbolShape = (rules: Rules) => ({
  symbol: nativeSymbolOf(rules),
  name: nativeSymbolOf(rules),
  baseCurrency: rules.baseAsset,
  quoteCurrency: rules.quoteAsset,
  feeCurrency: rules.quoteAsset,
  market: rules.quoteAsset === 'BTC' ? 'BTC' : 'USDS',
  baseMinSize: toWire(rules.minQuantity),
  quoteMinSize: toWire(rules.minNotional),
  baseMaxSize: toWire(rules.maxQuantity),
  quoteMaxSize: toWire(rules.maxNotional),
  baseIncrement: toWire(rules.stepSize),
  quoteIncrement: QUOTE_STEP,
  priceIncrement: toWire(rules.tickSize),
  priceLimitRate: '0.1',
  minFunds: toWire(rules.minNotional),
  isMarginEnabled: false,
  enableTrading: true,
  feeCategory: 1,
  makerFeeCoefficient: '1.00',
  takerFeeCoefficient: '1.00',
  st: false,
  callauctionIsEnabled: false,
  callauctionPriceFloor: null,
  callauctionPriceCeiling: null,
  callauctionFirstStageStartTime: null,
  callauctionSecondStageStartTime: null,
  callauctionThirdStageStartTime: null,
  tradingStartTime: null,
})

export const unifiedSymbolShape = (rules: Rules) => ({
  symbol: nativeSymbolOf(rules),
  name: nativeSymbolOf(rules),
  baseCurrency: rules.baseAsset,
  quoteCurrency: rules.quoteAsset,
  market: rules.quoteAsset === 'BTC' ? 'BTC' : 'USDS',
  minBaseOrderSize: toWire(rules.minQuantity),
  minQuoteOrderSize: toWire(rules.minNotional),
  maxBaseOrderSize: toWire(rules.maxQuantity),
  maxQuoteOrderSize: toWire(rules.maxNotional),
  baseOrderStep: toWire(rules.stepSize),
  quoteOrderStep: QUOTE_STEP,
  tickSize: toWire(rules.tickSize),
  feeCurrency: rules.quoteAsset,
  tradingStatus: '1',
  marginMode: '2',
  priceLimitRatio: '0.1',
  feeCategory: 1,
  makerFeeCoefficient: '1.00',
  takerFeeCoefficient: '1.00',
  st: false,
})

/** Start in seconds, open, close, high, low, volume, turnover. */
export const candleRow = (candle: MarketCandle): string[] => [
  String(candle.openTime / 1000),
  candle.open,
  candle.close,
  candle.high,
  candle.low,
  candle.volume,
  candle.quoteVolume,
]

export const levelRows = (levels: Level[] | undefined, limit: number): [string, string][] =>
  (levels ?? []).slice(0, limit).map(({ price, quantity }) => [toWire(price), toWire(quantity)])

const bestOf = (exchange: Exchange, symbol: string) => {
  const view = exchange.view(symbol)
  const [bid, ask] = [view?.bids[0], view?.asks[0]]
  return {
    bid: bid === undefined ? '0' : toWire(bid.price),
    bidSize: bid === undefined ? '0' : toWire(bid.quantity),
    ask: ask === undefined ? '0' : toWire(ask.price),
    askSize: ask === undefined ? '0' : toWire(ask.quantity),
  }
}

/** A print as the stream and GET /api/v1/market/histories tell it; `side` is the aggressor's. */
export const historyRow = (trade: MarketTrade) => ({
  sequence: String(trade.id),
  price: trade.price,
  size: trade.quantity,
  side: trade.isBuyerMaker ? 'sell' : 'buy',
  time: bigNumber(nanosOf(trade.tradeTime)),
})

/** Best prices: GET /api/v1/market/orderbook/level1 and the ticker streams. */
export function level1Shape(exchange: Exchange, symbol: string) {
  const trade = exchange.market.lastTrade(symbol)
  const best = bestOf(exchange, symbol)
  return {
    time: trade?.eventTime ?? exchange.market.now(),
    sequence: String(trade?.id ?? 0),
    price: trade?.price ?? '0',
    size: trade?.quantity ?? '0',
    bestBid: best.bid,
    bestBidSize: best.bidSize,
    bestAsk: best.ask,
    bestAskSize: best.askSize,
  }
}

const changeOf = (day: DayStatistics) => {
  const change = Number(day.last) - Number(day.open)
  return { price: change.toFixed(8), rate: (Number(day.open) === 0 ? 0 : change / Number(day.open)).toFixed(4) }
}
const averageOf = (day: DayStatistics): string =>
  (Number(day.volume) === 0 ? Number(day.last) : Number(day.quoteVolume) / Number(day.volume)).toFixed(8)

/** GET /api/v1/market/stats, and one row of allTickers. */
export async function statsShape(exchange: Exchange, rules: Rules) {
  const day = await dayStatistics(exchange, rules.symbol)
  const best = bestOf(exchange, rules.symbol)
  const change = changeOf(day)
  return {
    symbol: nativeSymbolOf(rules),
    buy: best.bid,
    sell: best.ask,
    changeRate: change.rate,
    changePrice: change.price,
    high: day.high,
    low: day.low,
    vol: day.volume,
    volValue: day.quoteVolume,
    last: day.last,
    averagePrice: averageOf(day),
    takerFeeRate: '0.001',
    makerFeeRate: '0.001',
    takerCoefficient: '1',
    makerCoefficient: '1',
  }
}

export async function tickerRow(exchange: Exchange, rules: Rules) {
  const best = bestOf(exchange, rules.symbol)
  const stats = await statsShape(exchange, rules)
  return { ...stats, symbolName: stats.symbol, bestBidSize: best.bidSize, bestAskSize: best.askSize }
}

export async function unifiedTickerRow(exchange: Exchange, rules: Rules) {
  const day = await dayStatistics(exchange, rules.symbol)
  const best = bestOf(exchange, rules.symbol)
  const change = changeOf(day)
  return {
    symbol: nativeSymbolOf(rules),
    name: nativeSymbolOf(rules),
    bestBidSize: best.bidSize,
    bestBidPrice: best.bid,
    bestAskSize: best.askSize,
    bestAskPrice: best.ask,
    lastPrice: day.last,
    size: day.lastQuantity,
    open: day.open,
    high: day.high,
    low: day.low,
    baseVolume: day.volume,
    quoteVolume: day.quoteVolume,
    priceChange: change.price,
    priceChangePercent: change.rate,
  }
}

/** The `data` of a /market/snapshot message: numbers, not texts. */
export async function snapshotShape(exchange: Exchange, rules: Rules) {
  const day = await dayStatistics(exchange, rules.symbol)
  const best = bestOf(exchange, rules.symbol)
  const change = changeOf(day)
  return {
    trading: true,
    symbol: nativeSymbolOf(rules),
    symbolCode: nativeSymbolOf(rules),
    baseCurrency: rules.baseAsset,
    quoteCurrency: rules.quoteAsset,
    market: rules.quoteAsset === 'BTC' ? 'BTC' : 'USDS',
    markets: [],
    siteTypes: ['global'],
    buy: Number(best.bid),
    bidSize: Number(best.bidSize),
    sell: Number(best.ask),
    askSize: Number(best.askSize),
    open: Number(day.open),
    close: Number(day.last),
    high: Number(day.high),
    low: Number(day.low),
    vol: Number(day.volume),
    volValue: Number(day.quoteVolume),
    lastTradedPrice: Number(day.last),
    averagePrice: Number(averageOf(day)),
    changePrice: Number(change.price),
    changeRate: Number(change.rate),
    datetime: day.closeTime,
    sort: 100,
    board: 0,
    mark: 0,
    makerCoefficient: 1,
    takerCoefficient: 1,
    makerFeeRate: 0.001,
    takerFeeRate: 0.001,
    marginTrade: false,
  }
}
