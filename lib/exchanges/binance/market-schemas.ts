import { z } from 'zod'

// Answers of Binance's public market endpoints (binance-spot-api-docs, rest-api.md "Market Data endpoints").

const amount = z.string()
const id = z.union([z.int(), z.string()])
const time = z.int()

/** Price limits beyond which an order does not execute, by pair (faqs/price_range_execution_rules.md). */
export const executionRulesSchema = z.looseObject({
  symbolRules: z.array(z.looseObject({ symbol: z.string(), rules: z.array(z.looseObject({ ruleType: z.string() })) })),
})

const level = z.tuple([amount, amount])
export const depthSchema = z.looseObject({ lastUpdateId: id, bids: z.array(level), asks: z.array(level) })

export const tradeSchema = z.looseObject({
  id,
  price: amount,
  qty: amount,
  quoteQty: amount,
  time,
  isBuyerMaker: z.boolean(),
})

/** id, price, quantity, first and last trade id, time, whether the buyer was the maker. */
export const aggTradeSchema = z.looseObject({
  a: id,
  p: amount,
  q: amount,
  f: id,
  l: id,
  T: time,
  m: z.boolean(),
})

export const averagePriceSchema = z.looseObject({ mins: z.int(), price: amount, closeTime: time })

/** Of a rolling window or of the trading day. */
export const windowTickerSchema = z.looseObject({
  symbol: z.string(),
  lastPrice: amount,
  openPrice: amount,
  highPrice: amount,
  lowPrice: amount,
  volume: amount,
  quoteVolume: amount,
  openTime: time,
  closeTime: time,
})

export const priceTickerSchema = z.looseObject({ symbol: z.string(), price: amount })

export const bookTickerSchema = z.looseObject({
  symbol: z.string(),
  bidPrice: amount,
  bidQty: amount,
  askPrice: amount,
  askQty: amount,
})
