import { z } from 'zod'

// Answers of Bitget's v2 spot REST API as far as the adapter reads them (bitget.com/api-doc/spot). Unknown fields are kept:
// the whole object goes into the journal. Amounts, ids and times are texts.

const amount = z.string()
/** Empty or null where there is none. */
const optionalAmount = z.string().nullish()
const time = z.string().regex(/^\d{1,16}$/)

/** What every answer is wrapped in. */
export const answerSchema = z.looseObject({
  code: z.union([z.string(), z.int()]).transform(String),
  msg: z.string().nullish(),
  data: z.unknown().optional(),
})

export const serverTimeSchema = z.looseObject({ data: z.looseObject({ serverTime: time }) })

export const symbolSchema = z.looseObject({
  symbol: z.string(),
  baseCoin: z.string(),
  quoteCoin: z.string(),
  minTradeAmount: amount,
  maxTradeAmount: amount,
  pricePrecision: z.string(),
  quantityPrecision: z.string(),
  quotePrecision: z.string(),
  minTradeUSDT: amount,
  status: z.string(),
})
export type BitgetSymbol = z.infer<typeof symbolSchema>

export const tickerSchema = z.looseObject({
  symbol: z.string(),
  lastPr: amount,
  bidPr: optionalAmount,
  askPr: optionalAmount,
  open: optionalAmount,
  high24h: optionalAmount,
  low24h: optionalAmount,
  baseVolume: amount,
  quoteVolume: amount,
  ts: time,
})
export type BitgetTicker = z.infer<typeof tickerSchema>

/** Open time, open, high, low, close, volume in base, in USDT, in quote. */
export const candleSchema = z.tuple([time, amount, amount, amount, amount, amount]).rest(z.unknown())
export type BitgetCandle = z.infer<typeof candleSchema>

export const assetSchema = z.looseObject({
  coin: z.string(),
  available: amount,
  frozen: amount,
  locked: optionalAmount,
})

export const accountInfoSchema = z.looseObject({
  ips: z.string().nullish(),
  authorities: z.array(z.string()),
})

/** Answer to everything that is done to one order. */
export const idsSchema = z.looseObject({ orderId: z.string().nullish(), clientOid: z.string().nullish() })

export const batchSchema = z.looseObject({
  successList: z.array(idsSchema).nullish(),
  failureList: z.array(idsSchema.extend({ errorMsg: z.string().nullish(), errorCode: z.string().nullish() })).nullish(),
})

/** One shape for orderInfo, history-orders and unfilled-orders. */
export const orderSchema = z.looseObject({
  symbol: z.string(),
  orderId: z.string(),
  clientOid: z.string(),
  size: amount,
  price: optionalAmount,
  /** In unfilled-orders the limit; elsewhere the average of the executions. */
  priceAvg: optionalAmount,
  /** In unfilled-orders only: the average of the executions. */
  basePrice: optionalAmount,
  orderType: z.string(),
  side: z.string(),
  status: z.string(),
  force: z.string().nullish(),
  baseVolume: optionalAmount,
  quoteVolume: optionalAmount,
  tpslType: z.string().nullish(),
  triggerPrice: optionalAmount,
  cTime: time,
  uTime: time.nullish(),
})
export type BitgetOrder = z.infer<typeof orderSchema>

export const fillSchema = z.looseObject({
  symbol: z.string(),
  orderId: z.string(),
  tradeId: z.string(),
  side: z.string(),
  priceAvg: amount,
  size: amount,
  amount,
  feeDetail: z.union([z.looseObject({}), z.array(z.looseObject({})), z.string()]),
  tradeScope: z.string().nullish(),
  cTime: time,
})
export type BitgetFill = z.infer<typeof fillSchema>

/** `deduction`: paid in another coin (BGB). Amounts taken away are negative. */
export const feeSchema = z.looseObject({
  feeCoin: z.string(),
  deduction: z.string().nullish(),
  totalDeductionFee: optionalAmount,
  totalFee: optionalAmount,
})

export const planSchema = z.looseObject({
  orderId: z.string(),
  clientOid: z.string(),
  symbol: z.string(),
  size: amount,
  executePrice: optionalAmount,
  triggerPrice: amount,
  status: z.string(),
  orderType: z.string(),
  side: z.string(),
  planType: z.string().nullish(),
  cTime: time,
  uTime: time.nullish(),
})
export type BitgetPlan = z.infer<typeof planSchema>

export const planPageSchema = z.looseObject({
  nextFlag: z.boolean().nullish(),
  idLessThan: z.string().nullish(),
  orderList: z.array(planSchema).nullish(),
})

export const planSubOrderSchema = z.looseObject({ orderId: z.string() })

export const ratesSchema = z.looseObject({ makerFeeRate: amount, takerFeeRate: amount })

/** One change of one asset. `size` has its sign; `fees` is apart from it, or within. */
export const billSchema = z.looseObject({
  billId: z.string(),
  coin: z.string(),
  groupType: z.string(),
  businessType: z.string(),
  size: amount,
  fees: optionalAmount,
  cTime: time,
})
export type BitgetBill = z.infer<typeof billSchema>
