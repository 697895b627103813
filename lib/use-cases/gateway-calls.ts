import { z } from 'zod'
import { ACCOUNT_MODES, EXCHANGE_IDS } from '@/lib/domain/account/broker'
import type { ExchangeCapabilities, Support } from '@/lib/domain/account/capabilities'
import type { Balance } from '@/lib/domain/account/balance'
import type { Holding } from '@/lib/domain/account/holding'
import { TRANSFER_KINDS, type Transfer } from '@/lib/domain/account/transfer'
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

const holding = z.object({
  asset: z.string(),
  symbol: symbol.nullable(),
  quantity: amount,
  free: amount,
  locked: amount,
  price: amount.nullable(),
  value: amount.nullable(),
}) satisfies z.ZodType<Holding>

const transfer = z.object({
  exchangeTransferId: z.string(),
  kind: z.enum(TRANSFER_KINDS),
  asset: z.string(),
  amount,
  time: epochMs,
  note: z.string(),
  isReturned: z.boolean(),
}) satisfies z.ZodType<Transfer>

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

/** Keys that are tried before they are kept, sealed like those that are. */
const candidate = {
  credentialsSealed: z.string().optional(),
  environment: z.enum(['LIVE', 'TESTNET', 'PAPER']).optional(),
}

const support = z.discriminatedUnion('level', [
  z.object({ level: z.literal('NATIVE'), note: z.string().exactOptional() }),
  z.object({ level: z.literal('EMULATED'), reason: z.string() }),
  z.object({ level: z.literal('UNSUPPORTED'), reason: z.string() }),
]) satisfies z.ZodType<Support>

const capabilities = z.object({
  exchangeId: z.enum(EXCHANGE_IDS),
  accountMode: z.enum(ACCOUNT_MODES).nullable(),
  orderTypes: z.record(z.enum(ORDER_TYPES), support),
  oco: support,
  ocoStopNeedsLimit: z.boolean(),
  purchaseFee: z.enum(['ON_TOP', 'OF_BOUGHT']),
  stopFunds: z.enum(['HELD', 'FREE']),
  oto: support,
  otoco: support,
  postOnly: support,
  iceberg: support,
  timesInForce: z.record(z.enum(TIMES_IN_FORCE), support),
  amendOrder: support,
  replaceOrder: support,
  cancelAll: support,
  transfers: support,
  positions: support,
  deadManSwitch: support,
  publicTrades: support,
  userStream: support,
  testnet: support,
  aggregatedTimeframes: z.array(z.string()),
  candlesPerRequest: z.number().int(),
  limits: z.array(z.string()),
}) satisfies z.ZodType<ExchangeCapabilities>

/** How the gateway stands with a broker's exchange: limits used, pauses, clock, private stream. */
const exchangeState = z.object({
  buckets: z.array(
    z.object({
      id: z.string(),
      scope: z.enum(['IP', 'ACCOUNT']),
      used: z.number(),
      limit: z.number(),
      windowMs: z.number(),
    }),
  ),
  inFlight: z.number(),
  pausedUntil: epochMs,
  ordersHeldUntil: epochMs,
  clockOffsetMs: z.number(),
  clockUncertaintyMs: z.number(),
  stream: z.enum(['CONNECTING', 'CONNECTED', 'DISCONNECTED', 'RENEWED', 'CLOSED']).nullable(),
})

export const CALLS = {
  test_connection: {
    request: z.object({ ...candidate }),
    answer: z.object({
      canTrade: z.boolean(),
      canWithdraw: z.boolean().nullable(),
      isIpRestricted: z.boolean().nullable(),
      accountType: z.string(),
      accountMode: z.enum(ACCOUNT_MODES).nullable(),
    }),
  },
  load_markets: { request: z.object({}), answer: z.object({ count: z.number().int() }) },
  get_balance: { request: z.object({ ...candidate }), answer: z.array(balance) },
  get_ticker: {
    request: z.object({ symbol }),
    answer: z.object({ symbol, lastPrice: amount, bidPrice: amount, askPrice: amount, closeTime: epochMs }),
  },
  get_tickers: {
    request: z.object({ symbols: z.array(symbol).max(100).optional() }),
    answer: z.array(z.object({ symbol, lastPrice: amount, bidPrice: amount, askPrice: amount, closeTime: epochMs })),
  },
  get_candles: {
    request: z.object({ symbol, timeframe: z.enum(TIMEFRAMES), startTime: epochMs, endTime: epochMs }),
    answer: z.array(candle),
  },
  get_order: {
    request: z.union([
      z.object({ symbol, clientOrderId: z.string() }),
      /** By the exchange's own id: one that the journal does not know. */
      z.object({ symbol, exchangeOrderId: z.string() }),
    ]),
    answer: exchangeOrder.nullable(),
  },
  open_orders: { request: z.object({}), answer: z.array(exchangeOrder) },
  /** The only one that changes something; asked twice it is harmless. */
  cancel_all: { request: z.object({ symbol: symbol.optional() }), answer: z.array(exchangeOrder) },
  get_positions: { request: z.object({ valuedIn: z.string() }), answer: z.array(holding) },
  order_history: { request: z.object({ symbol, fromTime: epochMs }), answer: z.array(exchangeOrder) },
  my_trades: { request: z.object({ symbol, fromTime: epochMs }), answer: z.array(fill) },
  get_transfers: { request: z.object({ fromTime: epochMs }), answer: z.array(transfer) },
  get_fees: { request: z.object({ symbol }), answer: z.object({ symbol, maker: amount, taker: amount }) },
  capabilities: { request: z.object({ symbol: symbol.optional() }), answer: capabilities },
  exchange_state: { request: z.object({}), answer: exchangeState },
} as const

export type CallKind = keyof typeof CALLS
export type CallRequest<K extends CallKind> = z.output<(typeof CALLS)[K]['request']>
export type CallAnswer<K extends CallKind> = z.output<(typeof CALLS)[K]['answer']>

export const isCallKind = (text: string): text is CallKind => Object.hasOwn(CALLS, text)
