import { z } from 'zod'

// Answers of Binance's wallet endpoints (developers.binance.com, "Wallet"). Amounts are strings; a record of the funding wallet
// has `walletType` 1.

const amount = z.union([z.string(), z.number()]).transform(String)
const id = z.union([z.string(), z.int()]).transform(String)

export const depositSchema = z.looseObject({
  id: id.optional(),
  txId: z.string().nullish(),
  amount,
  coin: z.string(),
  status: z.int(),
  insertTime: z.int(),
  walletType: z.int().nullish(),
})
export type BinanceDeposit = z.infer<typeof depositSchema>

/** `applyTime` is UTC, `2026-11-22 12:30:00`. */
export const withdrawalSchema = z.looseObject({
  id,
  amount,
  transactionFee: amount.nullish(),
  coin: z.string(),
  status: z.int(),
  applyTime: z.string(),
  walletType: z.int().nullish(),
})
export type BinanceWithdrawal = z.infer<typeof withdrawalSchema>

const universalTransferSchema = z.looseObject({
  tranId: id,
  asset: z.string(),
  amount,
  type: z.string(),
  status: z.string(),
  timestamp: z.int(),
})
export type BinanceTransfer = z.infer<typeof universalTransferSchema>
/** Without transfers `rows` is absent. */
export const universalTransfersSchema = z.looseObject({
  total: z.int().nullish(),
  rows: z.array(universalTransferSchema).nullish(),
})
