import { z } from 'zod'

// Answers of Binance's spot REST API as far as the adapter reads them (binance-spot-api-docs, rest-api.md). Unknown fields
// are kept: the whole object goes into the journal. Amounts are strings; ids are JSON numbers, checked to be exact.

const amount = z.string()
const id = z.union([z.int(), z.string()])
const time = z.int()

const fillSchema = z.looseObject({
  price: amount,
  qty: amount,
  commission: amount,
  commissionAsset: z.string(),
  tradeId: id,
})

/** One shape for the answers of new, queried and canceled orders and for the reports inside lists. */
export const orderSchema = z.looseObject({
  symbol: z.string(),
  orderId: id,
  orderListId: id.optional(),
  clientOrderId: z.string(),
  /** On a cancel's answer: the order's own client id, `clientOrderId` being the cancel's. */
  origClientOrderId: z.string().optional(),
  price: amount,
  origQty: amount,
  executedQty: amount,
  cummulativeQuoteQty: amount,
  status: z.string(),
  timeInForce: z.string(),
  type: z.string(),
  side: z.string(),
  stopPrice: amount.optional(),
  trailingDelta: z.int().optional(),
  time: time.optional(),
  updateTime: time.optional(),
  transactTime: time.optional(),
  workingTime: time.optional(),
  fills: z.array(fillSchema).optional(),
})
export type BinanceOrder = z.infer<typeof orderSchema>

export const orderListSchema = z.looseObject({
  orderListId: id,
  contingencyType: z.string(),
  listStatusType: z.string(),
  listOrderStatus: z.string(),
  listClientOrderId: z.string(),
  transactionTime: time,
  symbol: z.string(),
  orders: z.array(z.looseObject({ symbol: z.string(), orderId: id, clientOrderId: z.string() })),
  orderReports: z.array(orderSchema).optional(),
})
export type BinanceOrderList = z.infer<typeof orderListSchema>

/** PUT /api/v3/order/amend/keepPriority. Its order has names of its own for two amounts. */
export const amendedSchema = z.looseObject({
  transactTime: time,
  amendedOrder: z.looseObject({
    symbol: z.string(),
    orderId: id,
    orderListId: id.optional(),
    clientOrderId: z.string(),
    price: amount,
    qty: amount,
    executedQty: amount,
    cumulativeQuoteQty: amount,
    status: z.string(),
    timeInForce: z.string(),
    type: z.string(),
    side: z.string(),
    stopPrice: amount.optional(),
    trailingDelta: z.int().optional(),
  }),
})
export type BinanceAmended = z.infer<typeof amendedSchema>

export const amendmentSchema = z.looseObject({
  symbol: z.string(),
  orderId: id,
  executionId: id,
  origClientOrderId: z.string(),
  newClientOrderId: z.string(),
  origQty: amount,
  newQty: amount,
  time,
})

export const canceledOpenOrdersSchema = z.array(z.union([orderSchema, orderListSchema]))

export const cancelReplaceSchema = z.looseObject({
  cancelResult: z.literal('SUCCESS'),
  newOrderResult: z.literal('SUCCESS'),
  cancelResponse: orderSchema,
  newOrderResponse: orderSchema,
})

export const errorSchema = z.looseObject({ code: z.int(), msg: z.string() })

/** Body of errors -2021 (one half of a cancel-replace succeeded) and -2022 (none did). */
export const replaceFailureSchema = z.looseObject({
  data: z.looseObject({
    cancelResult: z.string(),
    newOrderResult: z.string(),
    cancelResponse: z.unknown(),
    newOrderResponse: z.unknown(),
  }),
})

export const accountSchema = z.looseObject({
  canTrade: z.boolean(),
  canWithdraw: z.boolean().optional(),
  accountType: z.string(),
  balances: z.array(z.looseObject({ asset: z.string(), free: amount, locked: amount })),
})

/** GET /sapi/v1/account/apiRestrictions: what this very key may do. */
export const keyRestrictionsSchema = z.looseObject({
  ipRestrict: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableSpotAndMarginTrading: z.boolean(),
})

export const myTradeSchema = z.looseObject({
  symbol: z.string(),
  id,
  orderId: id,
  price: amount,
  qty: amount,
  quoteQty: amount,
  commission: amount,
  commissionAsset: z.string(),
  time,
  isBuyer: z.boolean(),
  isMaker: z.boolean(),
})
export type BinanceTrade = z.infer<typeof myTradeSchema>

export const symbolSchema = z.looseObject({
  symbol: z.string(),
  status: z.string(),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  orderTypes: z.array(z.string()),
  ocoAllowed: z.boolean().optional(),
  filters: z.array(z.looseObject({ filterType: z.string() })),
})
export type BinanceSymbol = z.infer<typeof symbolSchema>

export const exchangeInfoSchema = z.looseObject({
  rateLimits: z.array(
    z.looseObject({ rateLimitType: z.string(), interval: z.string(), intervalNum: z.int(), limit: z.int() }),
  ),
  symbols: z.array(z.unknown()),
})
export type BinanceExchangeInfo = z.infer<typeof exchangeInfoSchema>

/** open time, open, high, low, close, volume, close time (inclusive), quote volume, number of trades, ... */
export const klineSchema = z
  .tuple([time, amount, amount, amount, amount, amount, time, amount, z.int()])
  .rest(z.unknown())
export type BinanceKline = z.infer<typeof klineSchema>

export const tickerSchema = z.looseObject({
  symbol: z.string(),
  lastPrice: amount,
  bidPrice: amount,
  askPrice: amount,
  openPrice: amount,
  highPrice: amount,
  lowPrice: amount,
  volume: amount,
  quoteVolume: amount,
  closeTime: time,
})
export type BinanceTicker = z.infer<typeof tickerSchema>

const rates = z.looseObject({ maker: amount, taker: amount })
export const commissionSchema = z.looseObject({
  symbol: z.string(),
  standardCommission: rates,
  taxCommission: rates.optional(),
  specialCommission: rates.optional(),
})
export type BinanceCommission = z.infer<typeof commissionSchema>

/** POST /api/v3/order/test: empty, or the rates that the order would pay. */
export const orderTestSchema = z.looseObject({ standardCommissionForOrder: rates.optional() })

export const orderCountSchema = z.looseObject({
  rateLimitType: z.string(),
  interval: z.string(),
  intervalNum: z.int(),
  limit: z.int(),
  count: z.int(),
})

const filters = z.array(z.looseObject({ filterType: z.string() }))
export const accountFiltersSchema = z.looseObject({
  exchangeFilters: filters,
  symbolFilters: filters,
  assetFilters: filters,
})

export const preventedMatchSchema = z.looseObject({
  symbol: z.string(),
  preventedMatchId: id,
  takerOrderId: id,
  makerOrderId: id,
  selfTradePreventionMode: z.string(),
  price: amount,
  transactTime: time,
})

export const serverTimeSchema = z.looseObject({ serverTime: time })
