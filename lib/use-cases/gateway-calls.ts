import { z } from 'zod'
import type { Balance } from '@/lib/domain/account/balance'
import { TIMEFRAMES } from '@/lib/domain/market/timeframe'
import type { Candle } from '@/lib/domain/market/candle'
import { type Amount, isAmount, parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { type ExchangeOrder, type Fill, ORDER_SIDES, ORDER_TYPES, TIMES_IN_FORCE } from '@/lib/domain/order/order'
import { ORDER_STATUSES } from '@/lib/domain/order/status'

// Questions to the gateway and their answers, as they are stored: amounts as plain decimal strings.

const amount = z.codec(z.string(), z.custom<Amount>(isAmount), {
  decode: (text) => parseDecimal(text),
  encode: toWire,
})
const epochMs = z.number().int()
const symbol = z.string()

const fill = z.object({
  exchangeTradeId: z.string(),
  exchangeOrderId: z.string(),
  symbol,
  side: z.enum(ORDER_SIDES),
  price: amount,
  quantity: amount,
  quoteQuantity: amount,
  fee: amount,
  feeAsset: z.string(),
  liquidity: z.enum(['MAKER', 'TAKER']),
  tradeTime: epochMs,
}) satisfies z.ZodType<Fill>

const exchangeOrder = z.object({
  clientOrderId: z.string(),
  exchangeOrderId: z.string(),
  exchangeListId: z.string().exactOptional(),
  symbol,
  side: z.enum(ORDER_SIDES),
  type: z.enum(ORDER_TYPES),
  status: z.enum(ORDER_STATUSES),
  timeInForce: z.enum(TIMES_IN_FORCE).exactOptional(),
  quantity: amount,
  filledQuantity: amount,
  filledQuoteQuantity: amount,
  limitPrice: amount.exactOptional(),
  stopPrice: amount.exactOptional(),
  createdTime: epochMs,
  updatedTime: epochMs,
  fills: z.array(fill).exactOptional(),
  native: z.unknown(),
}) satisfies z.ZodType<ExchangeOrder>

const balance = z.object({
  asset: z.string(),
  free: amount,
  locked: amount,
  total: amount,
}) satisfies z.ZodType<Balance>

const candle = z.object({
  symbol,
  timeframe: z.enum(TIMEFRAMES),
  openTime: epochMs,
  closeTime: epochMs,
  open: amount,
  high: amount,
  low: amount,
  close: amount,
  volume: amount,
  tradeCount: z.number().int(),
  isClosed: z.boolean(),
}) satisfies z.ZodType<Candle>

export const CALLS = {
  test_connection: {
    request: z.object({}),
    answer: z.object({
      canTrade: z.boolean(),
      canWithdraw: z.boolean().nullable(),
      isIpRestricted: z.boolean().nullable(),
      accountType: z.string(),
    }),
  },
  load_markets: { request: z.object({}), answer: z.object({ count: z.number().int() }) },
  get_balance: { request: z.object({}), answer: z.array(balance) },
  get_ticker: {
    request: z.object({ symbol }),
    answer: z.object({ symbol, lastPrice: amount, bidPrice: amount, askPrice: amount, closeTime: epochMs }),
  },
  get_candles: {
    request: z.object({ symbol, timeframe: z.enum(TIMEFRAMES), startTime: epochMs, endTime: epochMs }),
    answer: z.array(candle),
  },
  get_order: { request: z.object({ symbol, clientOrderId: z.string() }), answer: exchangeOrder.nullable() },
  open_orders: { request: z.object({}), answer: z.array(exchangeOrder) },
  order_history: { request: z.object({ symbol, fromTime: epochMs }), answer: z.array(exchangeOrder) },
  my_trades: { request: z.object({ symbol, fromTime: epochMs }), answer: z.array(fill) },
  get_fees: { request: z.object({ symbol }), answer: z.object({ symbol, maker: amount, taker: amount }) },
  capabilities: { request: z.object({}), answer: z.json() },
} as const

export type CallKind = keyof typeof CALLS
export type CallRequest<K extends CallKind> = z.output<(typeof CALLS)[K]['request']>
export type CallAnswer<K extends CallKind> = z.output<(typeof CALLS)[K]['answer']>

export const isCallKind = (text: string): text is CallKind => Object.hasOwn(CALLS, text)
