import { z } from 'zod'
import type { Balance } from '@/lib/domain/account/balance'
import { parseDecimal } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import { mapOrder } from '@/lib/exchanges/binance/map-order'

// Events of an account's stream (binance-spot-api-docs, user-data-stream.md). One letter a field, as Binance sends them.

const amount = z.string()

export const executionReportSchema = z.looseObject({
  e: z.literal('executionReport'),
  s: z.string(),
  /** Client id; of a cancel: the cancel's own, the order's being in `C`. */
  c: z.string(),
  C: z.string(),
  S: z.string(),
  o: z.string(),
  f: z.string(),
  q: amount,
  p: amount,
  P: amount,
  d: z.int().optional(),
  g: z.int(),
  x: z.string(),
  X: z.string(),
  i: z.int(),
  /** Of the execution under way: quantity, price, value, fee, id. */
  l: amount,
  L: amount,
  Y: amount,
  n: amount,
  N: z.string().nullable(),
  t: z.int(),
  m: z.boolean(),
  z: amount,
  Z: amount,
  T: z.int(),
  O: z.int(),
  /** Number of the report itself. */
  I: z.int(),
})
export type ExecutionReport = z.infer<typeof executionReportSchema>

export const accountPositionSchema = z.looseObject({
  e: z.literal('outboundAccountPosition'),
  /** Time of the account's last change. */
  u: z.int(),
  B: z.array(z.looseObject({ a: z.string(), f: amount, l: amount })),
})
export type AccountPosition = z.infer<typeof accountPositionSchema>

/** The order as it is after the event, with the execution that the event tells of. `symbol` is the unified name. */
export function mapExecutionReport(event: ExecutionReport, symbol: string): ExchangeOrder {
  // A change in place carries the old id in `C`, everything else that has a `C` the order's own.
  const clientOrderId = event.C !== '' && event.x !== 'REPLACED' ? event.C : event.c
  const order = mapOrder(
    {
      symbol: event.s,
      orderId: event.i,
      orderListId: event.g,
      clientOrderId,
      price: event.p,
      origQty: event.q,
      executedQty: event.z,
      cummulativeQuoteQty: event.Z,
      status: event.X,
      timeInForce: event.f,
      type: event.o,
      side: event.S,
      stopPrice: event.P,
      time: event.O,
      updateTime: event.T,
      ...(event.d === undefined ? {} : { trailingDelta: event.d }),
    },
    symbol,
  )
  const fills = event.x === 'TRADE' ? { fills: [mapExecution(event, order)] } : {}
  return { ...order, ...fills, native: event }
}

const mapExecution = (event: ExecutionReport, { symbol, side, exchangeOrderId }: ExchangeOrder): Fill => {
  const [base = '', quote = ''] = symbol.split('/')
  return {
    exchangeTradeId: event.t.toFixed(),
    exchangeOrderId,
    symbol,
    side,
    price: parseDecimal(event.L),
    quantity: parseDecimal(event.l),
    quoteQuantity: parseDecimal(event.Y),
    fee: parseDecimal(event.n),
    // Absent where no fee was taken; it would have been taken of what was received.
    feeAsset: event.N ?? (side === 'BUY' ? base : quote),
    liquidity: event.m ? 'MAKER' : 'TAKER',
    tradeTime: event.T,
  }
}

export const mapAccountPosition = (event: AccountPosition): Balance[] =>
  event.B.map(({ a: asset, f, l }) => {
    const [free, locked] = [parseDecimal(f), parseDecimal(l)]
    return { asset, free, locked, total: free.plus(locked) }
  })
