import type { Account } from '../matching/account'
import type { Execution, Order, OrderList } from '../matching/order'
import { nativeStatusOf, nativeTypeOf, wire8 } from './native'

// Answers of the account and order endpoints, field by field as in rest-api.md.

const numeric = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

/** Fields that are there only for the orders that have them. */
function conditional(order: Order) {
  return {
    ...(order.stopPrice === null ? {} : { stopPrice: wire8(order.stopPrice) }),
    ...(order.icebergQuantity === null ? {} : { icebergQty: wire8(order.icebergQuantity) }),
    ...(order.trailingDelta === null
      ? {}
      : { trailingDelta: order.trailingDelta, trailingTime: order.trailingPeak === null ? -1 : order.createdTime }),
    ...(order.echo['strategyId'] === undefined ? {} : { strategyId: numeric(order.echo['strategyId']) }),
    ...(order.echo['strategyType'] === undefined ? {} : { strategyType: numeric(order.echo['strategyType']) }),
  }
}

const timeInForceOf = (order: Order): string => order.timeInForce

const listIdOf = (order: { listId: number | null }): number => order.listId ?? -1

function state(order: Order) {
  return {
    price: wire8(order.limitPrice),
    origQty: wire8(order.quantity),
    executedQty: wire8(order.filledQuantity),
    origQuoteOrderQty: wire8(order.quoteQuantity),
    cummulativeQuoteQty: wire8(order.filledQuoteQuantity),
    status: nativeStatusOf(order),
    timeInForce: timeInForceOf(order),
    type: nativeTypeOf(order),
    side: order.side,
  }
}

export type ResponseType = 'ACK' | 'RESULT' | 'FULL'

/** Answer to a new order. */
export function placedShape(order: Order, fills: Execution[], type: ResponseType) {
  const acknowledged = {
    symbol: order.symbol,
    orderId: order.id,
    orderListId: listIdOf(order),
    clientOrderId: order.clientOrderId,
    transactTime: order.updatedTime,
  }
  if (type === 'ACK') return acknowledged
  const result = {
    ...acknowledged,
    ...state(order),
    ...conditional(order),
    ...(order.workingTime === null ? { workingTime: -1 } : { workingTime: order.workingTime }),
    selfTradePreventionMode: 'EXPIRE_MAKER',
  }
  return type === 'RESULT' ? result : { ...result, fills: fills.map(fillShape) }
}

const fillShape = (fill: Execution) => ({
  price: wire8(fill.price),
  qty: wire8(fill.quantity),
  commission: wire8(fill.fee),
  commissionAsset: fill.feeAsset,
  tradeId: fill.id,
})

/** An order as the query endpoints show it. */
export const orderShape = (order: Order) => ({
  symbol: order.symbol,
  orderId: order.id,
  orderListId: listIdOf(order),
  clientOrderId: order.clientOrderId,
  ...state(order),
  stopPrice: wire8(order.stopPrice),
  icebergQty: wire8(order.icebergQuantity),
  ...conditional(order),
  time: order.createdTime,
  updateTime: order.updatedTime,
  isWorking: order.isWorking,
  workingTime: order.workingTime ?? -1,
  selfTradePreventionMode: 'EXPIRE_MAKER',
})

/** Answer to a cancel. */
export const canceledShape = (order: Order, cancelId: string) => ({
  symbol: order.symbol,
  origClientOrderId: order.clientOrderId,
  orderId: order.id,
  orderListId: listIdOf(order),
  clientOrderId: cancelId,
  transactTime: order.updatedTime,
  ...state(order),
  ...conditional(order),
  selfTradePreventionMode: 'EXPIRE_MAKER',
})

/** Answer to an order made smaller in place; `list` with its `members` where it belongs to one. */
export const amendedShape = (order: Order, list: OrderList | undefined, members: Order[], time: number) => ({
  transactTime: time,
  executionId: executionIdOf(order, order.amendments.length),
  amendedOrder: {
    symbol: order.symbol,
    orderId: order.id,
    orderListId: listIdOf(order),
    origClientOrderId: order.amendments.at(-1)?.originalId ?? order.clientOrderId,
    clientOrderId: order.clientOrderId,
    price: wire8(order.limitPrice),
    qty: wire8(order.quantity),
    executedQty: wire8(order.filledQuantity),
    preventedQty: wire8(null),
    quoteOrderQty: wire8(order.quoteQuantity),
    cumulativeQuoteQty: wire8(order.filledQuoteQuantity),
    status: nativeStatusOf(order),
    timeInForce: timeInForceOf(order),
    type: nativeTypeOf(order),
    side: order.side,
    ...conditional(order),
    workingTime: order.workingTime ?? -1,
    selfTradePreventionMode: 'EXPIRE_MAKER',
  },
  ...(list === undefined ? {} : { listStatus: listShape(list, members, time) }),
})

const AMENDMENTS_AT_MOST = 100
const executionIdOf = (order: Order, nth: number): number => order.id * AMENDMENTS_AT_MOST + nth

export const amendmentShapes = (order: Order) =>
  order.amendments.map(({ time, originalId, newId, from, to }, at) => ({
    symbol: order.symbol,
    orderId: order.id,
    executionId: executionIdOf(order, at + 1),
    origClientOrderId: originalId,
    newClientOrderId: newId,
    origQty: wire8(from),
    newQty: wire8(to),
    time,
  }))

export const listShape = (list: OrderList, members: Order[], time: number) => ({
  orderListId: list.id,
  contingencyType: list.contingency,
  listStatusType: list.isDone ? 'ALL_DONE' : 'EXEC_STARTED',
  listOrderStatus: list.isDone ? 'ALL_DONE' : 'EXECUTING',
  listClientOrderId: list.clientListId,
  transactionTime: time,
  symbol: list.symbol,
  orders: members.map(({ symbol, id, clientOrderId }) => ({ symbol, orderId: id, clientOrderId })),
})

export const tradeShape = (fill: Execution) => ({
  symbol: fill.symbol,
  id: fill.id,
  orderId: fill.orderId,
  orderListId: listIdOf(fill),
  price: wire8(fill.price),
  qty: wire8(fill.quantity),
  quoteQty: wire8(fill.quoteQuantity),
  commission: wire8(fill.fee),
  commissionAsset: fill.feeAsset,
  time: fill.time,
  isBuyer: fill.side === 'BUY',
  isMaker: fill.isMaker,
  isBestMatch: true,
})

export function accountShape(account: Account, omitZero: boolean) {
  const { ledger, record } = account
  const balances = ledger
    .assets()
    .map((asset) => ({ asset, ...ledger.of(asset) }))
    .filter(({ free, locked }) => !omitZero || !free.isZero() || !locked.isZero())
    .map(({ asset, free, locked }) => ({ asset, free: wire8(free), locked: wire8(locked) }))
  return {
    makerCommission: 10,
    takerCommission: 10,
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: { maker: '0.00100000', taker: '0.00100000', buyer: '0.00000000', seller: '0.00000000' },
    canTrade: true,
    canWithdraw: false,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: account.updatedTime,
    accountType: 'SPOT',
    balances,
    permissions: ['SPOT'],
    uid: 354_937_000 + record.id,
  }
}

export function commissionShape(account: Account, symbol: string) {
  const none = { maker: '0.00000000', taker: '0.00000000', buyer: '0.00000000', seller: '0.00000000' }
  return {
    symbol,
    standardCommission: { ...none, maker: '0.00100000', taker: '0.00100000' },
    specialCommission: none,
    taxCommission: none,
    discount: {
      enabledForAccount: account.record.isBnbBurn,
      enabledForSymbol: true,
      discountAsset: 'BNB',
      discount: '0.75000000',
    },
  }
}
