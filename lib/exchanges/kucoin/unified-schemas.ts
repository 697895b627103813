import { z } from 'zod'

// Answers of KuCoin's unified accounts (docs "UTA REST", /api/ua/v1) as far as the adapter reads them. Times are
// nanoseconds, which arrive as strings.

const amount = z.string()
const nanos = z.union([z.string(), z.int()])

export const modeSchema = z.looseObject({ selfAccountMode: z.string() })

export const unifiedBalanceSchema = z.looseObject({
  accounts: z.array(
    z.looseObject({
      currencies: z.array(z.looseObject({ currency: z.string(), hold: amount, balance: amount, available: amount })),
    }),
  ),
})

export const unifiedPlacedSchema = z.looseObject({ orderId: z.string() })

export const unifiedOrderSchema = z.looseObject({
  orderId: z.string(),
  clientOid: z.string(),
  symbol: z.string(),
  orderType: z.string(),
  side: z.string(),
  size: amount,
  sizeUnit: z.string(),
  /** Market orders have none; what an order has no use for may be absent. */
  price: z.string().nullish(),
  timeInForce: z.string().nullish(),
  triggerDirection: z.string().nullish(),
  triggerPrice: z.string().nullish(),
  filledSize: amount,
  avgPrice: z.string(),
  cancelSize: z.string().nullish(),
  status: z.int(),
  orderTime: nanos,
  updatedTime: nanos,
})
export type UnifiedOrder = z.infer<typeof unifiedOrderSchema>

export const unifiedOrderPageSchema = z.looseObject({ totalPage: z.int(), items: z.array(unifiedOrderSchema) })
export const unifiedHistorySchema = z.looseObject({
  lastId: z.union([z.string(), z.int()]).nullish(),
  items: z.array(unifiedOrderSchema),
})

const unifiedFillSchema = z.looseObject({
  orderId: z.string(),
  symbol: z.string(),
  side: z.string(),
  tradeId: z.union([z.string(), z.int()]),
  size: amount,
  price: amount,
  value: amount,
  executionTime: nanos,
  fee: amount,
  feeCurrency: z.string(),
  liquidityRole: z.string(),
})
export type UnifiedFill = z.infer<typeof unifiedFillSchema>
export const unifiedFillsSchema = z.looseObject({
  lastId: z.union([z.string(), z.int()]).nullish(),
  items: z.array(unifiedFillSchema),
})

export const unifiedFeesSchema = z.looseObject({
  list: z.array(z.looseObject({ symbol: z.string(), takerFeeRate: amount, makerFeeRate: amount })),
})
export const unifiedCanceledSchema = z.looseObject({ items: z.array(z.looseObject({ orderId: z.string() })) })
export const deadSwitchSchema = z.looseObject({})

/** GET /api/ua/v1/account/ledger, times in nanoseconds. */
const unifiedLedgerEntrySchema = z.looseObject({
  id: z.union([z.string(), z.int()]),
  currency: z.string(),
  amount: z.string(),
  direction: z.string(),
  businessType: z.string(),
  ts: z.union([z.string(), z.number()]),
})
export type UnifiedLedgerEntry = z.infer<typeof unifiedLedgerEntrySchema>
export const unifiedLedgerSchema = z.looseObject({ items: z.array(unifiedLedgerEntrySchema).nullish() })
