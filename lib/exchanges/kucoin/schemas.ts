import { z } from 'zod'

// Answers of KuCoin's spot REST API as far as the adapter reads them (docs "Spot Trading", "Account Info"). Unknown fields
// are kept: the whole object goes into the journal. Amounts are strings; long whole numbers arrive as strings too.

const amount = z.string()
/** Untraded pairs have no prices, stop orders may have no size. */
const amountOrNone = z.string().nullish()
const id = z.union([z.string(), z.int()])
const ms = z.int()

export const symbolSchema = z.looseObject({
  symbol: z.string(),
  baseCurrency: z.string(),
  quoteCurrency: z.string(),
  baseMinSize: amount,
  quoteMinSize: amount,
  baseMaxSize: amount,
  baseIncrement: amount,
  quoteIncrement: amount,
  priceIncrement: amount,
  minFunds: amountOrNone,
  enableTrading: z.boolean(),
})
export type KucoinSymbol = z.infer<typeof symbolSchema>

/** One row of GET /api/v1/market/allTickers, and GET /api/v1/market/stats. */
export const tickerSchema = z.looseObject({
  symbol: z.string(),
  time: ms.optional(),
  buy: amountOrNone,
  sell: amountOrNone,
  changePrice: amountOrNone,
  high: amountOrNone,
  low: amountOrNone,
  vol: amountOrNone,
  volValue: amountOrNone,
  last: amountOrNone,
})
export type KucoinTicker = z.infer<typeof tickerSchema>
export const allTickersSchema = z.looseObject({ time: ms, ticker: z.array(tickerSchema) })

/** start in seconds, open, close, high, low, volume, turnover */
export const candleSchema = z.tuple([z.string(), amount, amount, amount, amount, amount]).rest(z.unknown())
export type KucoinCandle = z.infer<typeof candleSchema>

export const accountSchema = z.looseObject({
  currency: z.string(),
  type: z.string(),
  balance: amount,
  available: amount,
  holds: amount,
})

/** GET /api/v1/user/api-key: `permission` is a list with commas, `ipWhitelist` absent or empty for a key open to all. */
export const apiKeySchema = z.looseObject({ permission: z.string(), ipWhitelist: z.string().nullish() })

export const tradeFeeSchema = z.looseObject({ symbol: z.string(), takerFeeRate: amount, makerFeeRate: amount })

export const placedSchema = z.looseObject({ orderId: z.string() })
export const placedSyncSchema = z.looseObject({
  orderId: z.string(),
  orderTime: ms,
  dealSize: amountOrNone,
  canceledSize: amountOrNone,
  status: z.string(),
})
export type KucoinPlacedSync = z.infer<typeof placedSyncSchema>

/** Orders of the endpoints under /api/v1/hf. */
export const orderSchema = z.looseObject({
  id: z.string(),
  clientOid: z.string().nullish(),
  symbol: z.string(),
  type: z.string(),
  side: z.string(),
  price: amountOrNone,
  size: amountOrNone,
  funds: amountOrNone,
  dealSize: amount,
  dealFunds: amount,
  cancelledSize: amountOrNone,
  timeInForce: z.string().nullish(),
  cancelExist: z.boolean(),
  active: z.boolean(),
  createdAt: ms,
  lastUpdatedAt: ms.nullish(),
})
export type KucoinOrder = z.infer<typeof orderSchema>

export const closedOrdersSchema = z.looseObject({ lastId: id.nullish(), items: z.array(orderSchema) })

export const fillSchema = z.looseObject({
  tradeId: id,
  orderId: z.string(),
  symbol: z.string(),
  side: z.string(),
  liquidity: z.string(),
  price: amount,
  size: amount,
  funds: amount,
  fee: amount,
  feeCurrency: z.string(),
  createdAt: ms,
})
export type KucoinFill = z.infer<typeof fillSchema>
export const fillsSchema = z.looseObject({ lastId: id.nullish(), items: z.array(fillSchema) })

export const stopOrderSchema = z.looseObject({
  id: z.string(),
  clientOid: z.string().nullish(),
  symbol: z.string(),
  status: z.string(),
  type: z.string(),
  side: z.string(),
  price: amountOrNone,
  size: amountOrNone,
  funds: amountOrNone,
  timeInForce: z.string().nullish(),
  stop: z.string(),
  stopPrice: amount,
  createdAt: ms,
  stopTriggerTime: z.union([ms, z.string()]).nullish(),
})
export type KucoinStopOrder = z.infer<typeof stopOrderSchema>
export const stopOrderPageSchema = z.looseObject({ totalPage: z.int(), items: z.array(stopOrderSchema) })

export const canceledIdsSchema = z.looseObject({ cancelledOrderIds: z.array(z.string()) })

export const ocoSchema = z.looseObject({
  orderId: z.string(),
  symbol: z.string(),
  clientOid: z.string(),
  orderTime: ms,
  status: z.string(),
})
const ocoLegSchema = z.looseObject({
  id: z.string(),
  symbol: z.string(),
  side: z.string(),
  price: amount,
  stopPrice: amount,
  size: amount,
  status: z.string(),
})
export type KucoinOcoLeg = z.infer<typeof ocoLegSchema>
export const ocoDetailsSchema = z.looseObject({ ...ocoSchema.shape, orders: z.array(ocoLegSchema) })
export type KucoinOcoDetails = z.infer<typeof ocoDetailsSchema>
export const ocoPageSchema = z.looseObject({ totalPage: z.int(), items: z.array(ocoSchema) })

export const alteredSchema = z.looseObject({ newOrderId: z.string(), clientOid: z.string().nullish() })
export const canceledPartSchema = z.looseObject({ orderId: z.string(), cancelSize: amount })
export const deadCancelSchema = z.looseObject({ currentTime: z.int(), triggerTime: z.int().nullish() })

/** The streams' doors: POST /api/v1/bullet-public and bullet-private. */
export const bulletSchema = z.looseObject({
  token: z.string(),
  instanceServers: z.array(z.looseObject({ endpoint: z.string(), pingInterval: z.int() })).default([]),
})

/** GET /api/v1/hf/accounts/ledgers: one change of one currency. */
export const ledgerEntrySchema = z.looseObject({
  id,
  currency: z.string(),
  amount,
  direction: z.string(),
  bizType: z.string(),
  createdAt: z.union([z.string(), z.int()]),
})
export type KucoinLedgerEntry = z.infer<typeof ledgerEntrySchema>
