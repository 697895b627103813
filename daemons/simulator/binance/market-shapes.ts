import type { MarketCandle, MarketTrade } from '../market/source'

/** One row of the klines answer; its close time is the last millisecond of the bar. */
export const klineRow = (candle: MarketCandle) => [
  candle.openTime,
  candle.open,
  candle.high,
  candle.low,
  candle.close,
  candle.volume,
  candle.closeTime - 1,
  candle.quoteVolume,
  candle.tradeCount,
  candle.takerVolume,
  candle.takerQuoteVolume,
  '0',
]

export const klineEvent = (
  symbol: string,
  interval: string,
  candle: MarketCandle,
  isClosed: boolean,
  eventTime: number,
) => ({
  e: 'kline',
  E: eventTime,
  s: symbol,
  k: {
    t: candle.openTime,
    T: candle.closeTime - 1,
    s: symbol,
    i: interval,
    f: candle.firstId,
    L: candle.lastId,
    o: candle.open,
    c: candle.close,
    h: candle.high,
    l: candle.low,
    v: candle.volume,
    n: candle.tradeCount,
    x: isClosed,
    q: candle.quoteVolume,
    V: candle.takerVolume,
    Q: candle.takerQuoteVolume,
    B: '0',
  },
})

export const aggTradeEvent = (trade: MarketTrade) => ({
  e: 'aggTrade',
  E: trade.eventTime,
  s: trade.symbol,
  a: trade.id,
  p: trade.price,
  q: trade.quantity,
  f: trade.firstId,
  l: trade.lastId,
  T: trade.tradeTime,
  m: trade.isBuyerMaker,
  M: true,
})

export const tradeEvent = (trade: MarketTrade) => ({
  e: 'trade',
  E: trade.eventTime,
  s: trade.symbol,
  t: trade.lastId,
  p: trade.price,
  q: trade.quantity,
  T: trade.tradeTime,
  m: trade.isBuyerMaker,
  M: true,
})
