import { z } from 'zod'
import { idsSchema } from '@/lib/exchanges/bitget/schemas'

// Answers of Bitget's UTA (v3) REST API as far as the adapter reads them (bitget.com/api-doc/uta).

const amount = z.string()
const optionalAmount = z.string().nullish()
const time = z.string().regex(/^\d{1,16}$/)

export const settingsSchema = z.looseObject({ accountMode: z.string() })

export const unifiedInfoSchema = z.looseObject({
  ips: z.string().nullish(),
  permType: z.string().nullish(),
  permissions: z.array(z.string()),
})

export const unifiedAssetsSchema = z.looseObject({
  assets: z.array(z.looseObject({ coin: z.string(), balance: amount, available: amount, locked: optionalAmount })),
})

/** One change of one asset: `ORDER_DEALT_IN`, `TRANSFER_OUT`. */
export const financialRecordSchema = z.looseObject({
  id: z.string(),
  coin: z.string(),
  type: z.string(),
  amount,
  fee: optionalAmount,
  ts: time,
})
export type FinancialRecord = z.infer<typeof financialRecordSchema>

export const unifiedOrderSchema = z.looseObject({
  orderId: z.string(),
  clientOid: z.string(),
  symbol: z.string(),
  orderType: z.string(),
  side: z.string(),
  price: optionalAmount,
  qty: optionalAmount,
  /** What a purchase at market is to spend. */
  amount: optionalAmount,
  cumExecQty: optionalAmount,
  cumExecValue: optionalAmount,
  timeInForce: z.string().nullish(),
  orderStatus: z.string(),
  createdTime: time,
  updatedTime: time.nullish(),
})
export type UnifiedOrder = z.infer<typeof unifiedOrderSchema>

const feeDetailSchema = z.array(z.looseObject({ feeCoin: z.string(), fee: amount }))

export const unifiedFillSchema = z.looseObject({
  execId: z.string(),
  orderId: z.string(),
  symbol: z.string(),
  side: z.string(),
  execPrice: amount,
  execQty: amount,
  execValue: amount,
  tradeScope: z.string().nullish(),
  feeDetail: feeDetailSchema.nullish(),
  createdTime: time.nullish(),
  execTime: time.nullish(),
})
export type UnifiedFill = z.infer<typeof unifiedFillSchema>

export const strategySchema = z.looseObject({
  orderId: z.string(),
  clientOid: z.string(),
  symbol: z.string(),
  qty: amount,
  side: z.string().nullish(),
  status: z.string().nullish(),
  triggerPrice: optionalAmount,
  triggerOrderType: z.string().nullish(),
  triggerOrderPrice: optionalAmount,
  takeProfit: optionalAmount,
  tpOrderType: z.string().nullish(),
  tpLimitPrice: optionalAmount,
  stopLoss: optionalAmount,
  slOrderType: z.string().nullish(),
  slLimitPrice: optionalAmount,
  createdTime: time,
  updatedTime: time.nullish(),
})
export type Strategy = z.infer<typeof strategySchema>

/** A list with the place to go on from. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.looseObject({ list: z.array(row).nullish(), cursor: z.union([z.string(), z.number()]).nullish() })

export const verdictListSchema = z.looseObject({
  list: z.array(idsSchema.extend({ code: z.string().nullish(), msg: z.string().nullish() })).nullish(),
})
export const verdictsSchema = z.array(idsSchema.extend({ code: z.string().nullish(), msg: z.string().nullish() }))
