import { toWire } from '@/lib/domain/money/decimal'
import type { Execution, Order } from '../matching/order'
import { clientOidOf, createdTimeOf, isPlan, orderIdOf, tradeIdOf } from './ids'
import { averageOf, forceOf, planShape, sideOf, sizeOf, statusOf, typeOf } from './order-shapes'
import { unifiedFill, unifiedOrder } from './unified-shapes'

// What the account's channels push about orders and executions.

/** `orders` of v2. `size` is a value, `newSize` what was asked for; the fields of an execution come with it only. */
export const pushedOrder = (order: Order, fill: Execution | null, fills: Execution[]) => ({
  instId: order.symbol,
  orderId: orderIdOf(order.id),
  clientOid: clientOidOf(order),
  ...(order.limitPrice === null ? {} : { price: toWire(order.limitPrice) }),
  notional: toWire(order.quoteQuantity ?? order.quantity.times(order.limitPrice ?? order.reservePrice)),
  newSize: sizeOf(order),
  size: toWire(order.quoteQuantity ?? order.quantity.times(order.limitPrice ?? order.reservePrice)),
  orderType: typeOf(order),
  force: forceOf(order),
  side: sideOf(order),
  accBaseVolume: toWire(order.filledQuantity),
  priceAvg: averageOf(order),
  status: statusOf(order),
  cTime: String(createdTimeOf(order)),
  uTime: String(order.updatedTime),
  stpMode: 'none',
  feeDetail: fills.map((one) => ({ feeCoin: one.feeAsset, fee: toWire(one.fee.negated()) })),
  enterPointSource: isPlan(order) ? 'SYS' : 'API',
  ...(fill === null
    ? {}
    : {
        fillPrice: toWire(fill.price),
        tradeId: tradeIdOf(fill.id),
        baseVolume: toWire(fill.quantity),
        fillTime: String(fill.time),
        fillFee: toWire(fill.fee.negated()),
        fillFeeCoin: fill.feeAsset,
        tradeScope: fill.isMaker ? 'M' : 'T',
      }),
})

/** `orders-algo` of v2. */
export function pushedPlan(order: Order) {
  const { symbol, ...plan } = planShape(order)
  return { instId: symbol, ...plan, price: plan.triggerPrice }
}

/** `fill` of v2. */
export const pushedFill = (fill: Execution, order: Order) => ({
  orderId: orderIdOf(fill.orderId),
  tradeId: tradeIdOf(fill.id),
  symbol: fill.symbol,
  orderType: typeOf(order),
  side: sideOf(fill),
  priceAvg: toWire(fill.price),
  size: toWire(fill.quantity),
  amount: toWire(fill.quoteQuantity),
  tradeScope: fill.isMaker ? 'maker' : 'taker',
  feeDetail: [
    { feeCoin: fill.feeAsset, deduction: 'no', totalDeductionFee: '0', totalFee: toWire(fill.fee.negated()) },
  ],
  cTime: String(fill.time),
  uTime: String(fill.time),
})

/** `order` of v3: as the REST answer, the product in small letters. */
export const pushedUnifiedOrder = (order: Order, fills: Execution[]) => ({
  ...unifiedOrder(order, fills),
  category: 'spot',
})

/** `fill` of v3. */
export const pushedUnifiedFill = (fill: Execution, order: Order) => ({
  ...unifiedFill(fill, order),
  execTime: String(fill.time),
})
