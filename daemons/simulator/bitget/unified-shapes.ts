import { sum, toWire } from '@/lib/domain/money/decimal'
import type { Execution, Order } from '../matching/order'
import { hasLimit } from '../matching/order'
import { clientOidOf, createdTimeOf, orderIdOf, planIdOf, planStatusOf, tradeIdOf } from './ids'
import { averageOf, forceOf, planTimeOf, sideOf, statusOf, typeOf } from './order-shapes'

// Answers about orders, field by field as in Bitget's UTA (v3) documentation. Fees are positive here.

const feesOf = (fills: Execution[]) =>
  fills[0] === undefined
    ? [{ feeCoin: '', fee: '' }]
    : [{ feeCoin: fills[0].feeAsset, fee: toWire(sum(fills.map((fill) => fill.fee))) }]

const NO_EXITS = {
  tpTriggerBy: null,
  slTriggerBy: null,
  takeProfit: null,
  stopLoss: null,
  tpOrderType: null,
  slOrderType: null,
  tpLimitPrice: null,
  slLimitPrice: null,
}

export const unifiedOrder = (order: Order, fills: Execution[]) => ({
  orderId: orderIdOf(order.id),
  clientOid: clientOidOf(order),
  category: 'SPOT',
  symbol: order.symbol,
  orderType: typeOf(order),
  side: sideOf(order),
  price: order.limitPrice === null ? '0' : toWire(order.limitPrice),
  qty: order.quoteQuantity === null ? toWire(order.quantity) : '0',
  amount: order.quoteQuantity === null ? '0' : toWire(order.quoteQuantity),
  cumExecQty: toWire(order.filledQuantity),
  cumExecValue: toWire(order.filledQuoteQuantity),
  avgPrice: averageOf(order),
  timeInForce: forceOf(order),
  orderStatus: statusOf(order),
  posSide: '',
  holdMode: '',
  delegateType: 'normal',
  reduceOnly: 'NO',
  feeDetail: feesOf(fills),
  createdTime: String(createdTimeOf(order)),
  updatedTime: String(order.updatedTime),
  cancelReason: order.status === 'CANCELED' ? 'normal_cancel' : '',
  execType: 'normal',
  stpMode: 'none',
  ...NO_EXITS,
})

export const unifiedFill = (fill: Execution, order: Order) => ({
  execId: tradeIdOf(fill.id),
  orderId: orderIdOf(fill.orderId),
  clientOid: clientOidOf(order),
  category: 'SPOT',
  symbol: fill.symbol,
  orderType: typeOf(order),
  side: sideOf(fill),
  execPrice: toWire(fill.price),
  execQty: toWire(fill.quantity),
  execValue: toWire(fill.quoteQuantity),
  tradeScope: fill.isMaker ? 'maker' : 'taker',
  feeDetail: [{ feeCoin: fill.feeAsset, fee: toWire(fill.fee) }],
  createdTime: String(fill.time),
  updatedTime: String(fill.time),
  execPnl: '0',
})

const STRATEGY_STATUSES = { live: 'pending', executed: 'success', fail_execute: 'failed', cancelled: 'cancelled' }

/** A strategy order: of type `trigger`, or `tpsl` with one of its two exits. */
export function strategyShape(order: Order) {
  const trigger = order.stopPrice === null ? '' : toWire(order.stopPrice)
  const orderType = hasLimit(order.type) ? 'limit' : 'market'
  const limit = order.limitPrice === null ? '' : toWire(order.limitPrice)
  const by = order.echo['triggerType'] ?? 'market'
  const conditions =
    order.echo['strategy'] === 'trigger'
      ? { triggerBy: by, triggerPrice: trigger, triggerOrderType: orderType, triggerOrderPrice: limit }
      : order.type === 'STOP_MARKET' || order.type === 'STOP_LIMIT'
        ? { slTriggerBy: by, stopLoss: trigger, slOrderType: orderType, slLimitPrice: limit, takeProfit: '' }
        : { tpTriggerBy: by, takeProfit: trigger, tpOrderType: orderType, tpLimitPrice: limit, stopLoss: '' }
  return {
    orderId: planIdOf(order.id),
    clientOid: order.clientOrderId,
    symbol: order.symbol,
    category: 'SPOT',
    type: order.echo['strategy'] ?? 'tpsl',
    side: sideOf(order),
    qty: toWire(order.quantity),
    status: STRATEGY_STATUSES[planStatusOf(order)],
    ...conditions,
    createdTime: String(order.createdTime),
    updatedTime: String(planTimeOf(order)),
  }
}
