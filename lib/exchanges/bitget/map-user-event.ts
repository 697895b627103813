import { z } from 'zod'
import type { Balance } from '@/lib/domain/account/balance'
import { type Amount, parseDecimal, ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import { mapOrder } from '@/lib/exchanges/bitget/map-classic'
import * as words from '@/lib/exchanges/bitget/words'

// What Bitget's private channels push about orders and funds (bitget.com/api-doc/spot/websocket/private, /uta/websocket/private).

const amount = z.string()
const optionalAmount = z.string().nullish()
const time = z.string().regex(/^\d{1,16}$/)

/** `orders` of v2: the order as it is now, and the execution that the message speaks of, if it speaks of one. */
export const pushedOrderSchema = z.looseObject({
  instId: z.string(),
  orderId: z.string(),
  clientOid: z.string(),
  price: optionalAmount,
  /** What was asked for: of a purchase at market, what it spends. */
  newSize: amount,
  orderType: z.string(),
  force: z.string().nullish(),
  side: z.string(),
  accBaseVolume: amount,
  priceAvg: optionalAmount,
  status: z.string(),
  cTime: time,
  uTime: time.nullish(),
  tradeId: z.string().nullish(),
  fillPrice: optionalAmount,
  baseVolume: optionalAmount,
  fillTime: time.nullish(),
  fillFee: optionalAmount,
  fillFeeCoin: z.string().nullish(),
  tradeScope: z.string().nullish(),
})
export type PushedOrder = z.infer<typeof pushedOrderSchema>

/** Amounts of the quote asset have eight decimals. */
const QUOTE_DECIMALS = 8

const valueOf = (price: Amount, quantity: Amount): Amount => price.times(quantity).toDecimalPlaces(QUOTE_DECIMALS)

/** `symbol` is the unified name. */
export function mapPushedOrder(push: PushedOrder, symbol: string): ExchangeOrder {
  const order = mapOrder(
    {
      symbol: push.instId,
      orderId: push.orderId,
      clientOid: push.clientOid,
      size: push.newSize,
      price: push.price,
      orderType: push.orderType,
      side: push.side,
      status: push.status,
      force: push.force,
      baseVolume: push.accBaseVolume,
      // The channel tells the average price instead of the value.
      quoteVolume: valueOf(words.amountOf(push.priceAvg), words.amountOf(push.accBaseVolume)).toFixed(),
      cTime: push.cTime,
      uTime: push.uTime,
    },
    symbol,
  )
  const fill = executionOf(push, order)
  return { ...order, ...(fill === undefined ? {} : { fills: [fill] }), native: push }
}

function executionOf(push: PushedOrder, { symbol, side, exchangeOrderId }: ExchangeOrder): Fill | undefined {
  const quantity = words.amountOf(push.baseVolume)
  if (push.tradeId == null || push.tradeId === '' || quantity.isZero()) return undefined
  const price = words.amountOf(push.fillPrice)
  const [base = '', quote = ''] = symbol.split('/')
  const fee = words.amountOf(push.fillFee)
  return {
    exchangeTradeId: push.tradeId,
    exchangeOrderId,
    symbol,
    side,
    price,
    quantity,
    quoteQuantity: valueOf(price, quantity),
    // Taken away: negative on the wire.
    fee: fee.isZero() ? ZERO : fee.negated(),
    feeAsset: push.fillFeeCoin ?? (side === 'BUY' ? base : quote),
    liquidity: push.tradeScope === 'M' || push.tradeScope === 'maker' ? 'MAKER' : 'TAKER',
    tradeTime: +(push.fillTime ?? push.uTime ?? push.cTime),
  }
}

export const pushedAssetSchema = z.looseObject({
  coin: z.string(),
  available: amount,
  frozen: optionalAmount,
  locked: optionalAmount,
})

export const mapPushedAsset = (push: z.infer<typeof pushedAssetSchema>): Balance => {
  const free = parseDecimal(push.available)
  const locked = words.amountOf(push.frozen).plus(words.amountOf(push.locked))
  return { asset: push.coin, free, locked, total: free.plus(locked) }
}

/** `account` of v3. */
export const pushedAccountSchema = z.looseObject({
  coin: z.array(z.looseObject({ coin: z.string(), balance: amount, available: amount })),
})

export const mapPushedAccount = (push: z.infer<typeof pushedAccountSchema>): Balance[] =>
  push.coin.map(({ coin: asset, balance, available }) => {
    const [total, free] = [parseDecimal(balance), parseDecimal(available)]
    return { asset, free, locked: total.minus(free), total }
  })

/** `orders-algo` and `strategy-order`: only which order it is about is read; what became of it is asked for. */
export const pushedPlanSchema = z.looseObject({
  instId: z.string().nullish(),
  symbol: z.string().nullish(),
  orderId: z.string(),
  clientOid: z.string(),
})
