import type { Exchange } from '../exchange'
import { dayStatistics } from '../market/day-statistics'
import type { MarketCandle, MarketTrade } from '../market/source'
import type { Level } from '../matching/book'
import type { Rules } from '../matching/rules'
import { tradeIdOf } from './ids'

// Public data, field by field as in Bitget's spot (v2) and UTA (v3) documentation.

const RATE = '0.001'
const PRICE_RATIO = '4'

/** Decimal text without the zeros at its end. */
const plain = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

export const symbolShape = (rules: Rules) => ({
  symbol: rules.symbol,
  baseCoin: rules.baseAsset,
  quoteCoin: rules.quoteAsset,
  minTradeAmount: '0',
  maxTradeAmount: rules.maxQuantity.toFixed(),
  takerFeeRate: RATE,
  makerFeeRate: RATE,
  pricePrecision: String(rules.priceDecimals),
  quantityPrecision: String(rules.quantityDecimals),
  quotePrecision: '8',
  status: 'online',
  minTradeUSDT: '5',
  buyLimitPriceRatio: PRICE_RATIO,
  sellLimitPriceRatio: PRICE_RATIO,
  areaSymbol: 'no',
  orderQuantity: String(rules.maxNumOrders),
  openTime: '1532454360000',
  offTime: '',
})

export const instrumentShape = (rules: Rules) => ({
  symbol: rules.symbol,
  category: 'SPOT',
  baseCoin: rules.baseAsset,
  quoteCoin: rules.quoteAsset,
  buyLimitPriceRatio: PRICE_RATIO,
  sellLimitPriceRatio: PRICE_RATIO,
  minOrderQty: rules.minQuantity.toFixed(),
  maxOrderQty: rules.maxQuantity.toFixed(),
  maxMarketOrderQty: rules.marketMaxQuantity.toFixed(),
  pricePrecision: String(rules.priceDecimals),
  quantityPrecision: String(rules.quantityDecimals),
  quotePrecision: '8',
  minOrderAmount: '5',
  maxSymbolOrderNum: String(rules.maxNumOrders),
  maxProductOrderNum: String(rules.maxNumOrders),
  status: 'online',
  maintainTime: '',
  areaSymbol: 'no',
})

/** Statistics of a day for both ticker forms, and for the ticker streams. */
export async function tickerFacts(exchange: Exchange, symbol: string) {
  const day = await dayStatistics(exchange, symbol)
  const view = exchange.view(symbol)
  const [bid, ask] = [view?.bids[0], view?.asks[0]]
  const change = Number(day.open) === 0 ? 0 : (Number(day.last) - Number(day.open)) / Number(day.open)
  return {
    last: plain(day.last),
    open: plain(day.open),
    high: plain(day.high),
    low: plain(day.low),
    baseVolume: plain(day.volume),
    quoteVolume: plain(day.quoteVolume),
    bidPrice: bid?.price.toFixed() ?? '0',
    bidSize: bid?.quantity.toFixed() ?? '0',
    askPrice: ask?.price.toFixed() ?? '0',
    askSize: ask?.quantity.toFixed() ?? '0',
    change: change.toFixed(5),
    time: String(day.closeTime),
  }
}
type TickerFacts = Awaited<ReturnType<typeof tickerFacts>>

export const classicTicker = (symbol: string, facts: TickerFacts) => ({
  open: facts.open,
  symbol,
  high24h: facts.high,
  low24h: facts.low,
  lastPr: facts.last,
  quoteVolume: facts.quoteVolume,
  baseVolume: facts.baseVolume,
  usdtVolume: facts.quoteVolume,
  ts: facts.time,
  bidPr: facts.bidPrice,
  askPr: facts.askPrice,
  bidSz: facts.bidSize,
  askSz: facts.askSize,
  openUtc: facts.open,
  changeUtc24h: facts.change,
  change24h: facts.change,
})

/** As pushed by the v3 stream; the REST form has its names in front. */
export const unifiedTicker = (facts: TickerFacts) => ({
  lastPrice: facts.last,
  openPrice24h: facts.open,
  highPrice24h: facts.high,
  lowPrice24h: facts.low,
  ask1Price: facts.askPrice,
  bid1Price: facts.bidPrice,
  bid1Size: facts.bidSize,
  ask1Size: facts.askSize,
  price24hPcnt: facts.change,
  volume24h: facts.baseVolume,
  turnover24h: facts.quoteVolume,
})

export const candleRow = (candle: MarketCandle): string[] => [
  String(candle.openTime),
  plain(candle.open),
  plain(candle.high),
  plain(candle.low),
  plain(candle.close),
  plain(candle.volume),
  plain(candle.quoteVolume),
  plain(candle.quoteVolume),
]

export const levelRows = (levels: Level[], limit: number): [string, string][] =>
  levels.slice(0, limit).map(({ price, quantity }) => [price.toFixed(), quantity.toFixed()])

const sideOf = (trade: MarketTrade): string => (trade.isBuyerMaker ? 'sell' : 'buy')

export const classicTrade = (trade: MarketTrade) => ({
  tradeId: tradeIdOf(trade.id),
  side: sideOf(trade),
  price: plain(trade.price),
  size: plain(trade.quantity),
  ts: String(trade.tradeTime),
})

export const unifiedTrade = (trade: MarketTrade) => ({
  execId: tradeIdOf(trade.id),
  price: plain(trade.price),
  size: plain(trade.quantity),
  side: sideOf(trade),
  ts: String(trade.tradeTime),
})

/** As pushed by the v3 stream. */
export const unifiedPrint = (trade: MarketTrade) => ({
  i: tradeIdOf(trade.id),
  L: tradeIdOf(trade.id),
  p: plain(trade.price),
  v: plain(trade.quantity),
  S: sideOf(trade),
  T: String(trade.tradeTime),
})
