import { toWire, ZERO } from '@/lib/domain/money/decimal'
import type { Exchange } from '../exchange'
import type { BalanceChange } from '../matching/changes'
import type { Execution, Order } from '../matching/order'
import { isOpen, remainingOf } from '../matching/order'
import type { Condition } from '../store/condition'
import { bigNumber, nameOfPair, nanosOf, tradeIdOf, unifiedOrderIdOf, unifiedStopIdOf, wire } from './native'
import { canceledOf } from './order-shapes'
import type { OrderEvent } from './user-events'
import { unifiedStatusOf, unifiedStopStatusOf } from './unified-shapes'

// Messages of a unified account's channels, with the short names that KuCoin gives their fields.

const EVENTS = {
  received: 'NEW',
  open: 'NEW',
  match: 'TRADE',
  update: 'UPDATE',
  filled: 'TRADE',
  canceled: 'CANCEL',
} as const

const averageOf = (order: Order): string =>
  order.filledQuantity.isZero() ? '0' : wire(order.filledQuoteQuantity.div(order.filledQuantity).toDecimalPlaces(12))

const common = {
  tT: 'SPOT',
  oS: 'USER',
  t: '0',
  tPT: '',
  pP: '',
  pPT: '',
  lP: '',
  lPT: '',
  stp: '',
  rO: false,
}

export function unifiedOrderData(exchange: Exchange, { order, type, fill }: OrderEvent) {
  const isByFunds = order.quoteQuantity !== null
  return {
    ...common,
    oi: unifiedOrderIdOf(order.id),
    ci: order.clientOrderId,
    os: unifiedStatusOf(order),
    eT: EVENTS[type],
    s: nameOfPair(exchange, order.symbol),
    S: order.side,
    oT: order.limitPrice === null ? 'MARKET' : 'LIMIT',
    lR: fill === undefined ? '' : fill.isMaker ? 'MAKER' : 'TAKER',
    p: order.limitPrice === null ? '' : wire(order.limitPrice),
    ti: fill === undefined ? '' : tradeIdOf(fill.id),
    q: wire(order.quoteQuantity ?? order.quantity),
    qU: isByFunds ? 'QUOTECCY' : 'BASECCY',
    fS: wire(isByFunds ? order.filledQuoteQuantity : order.filledQuantity),
    lS: wire(fill?.quantity ?? null),
    ls: wire(fill?.price ?? null),
    aP: averageOf(order),
    f: wire(fill?.fee ?? ZERO),
    fC: exchange.rulesOf(order.symbol)?.quoteAsset ?? '',
    cR: order.status === 'CANCELED' ? 'USER' : '',
    cS: isByFunds ? '0' : wire(canceledOf(order)),
    rS: isOpen(order) && !isByFunds ? wire(remainingOf(order)) : '0',
    tD: '',
    tP: '',
    toi: order.echo['triggerOrderId'] ?? '',
    tIF: order.echo['timeInForce'] ?? order.timeInForce,
    pO: order.isPostOnly,
    O: nanosOf(order.createdTime),
    U: bigNumber(nanosOf(order.updatedTime)),
  }
}

export function unifiedStopData(exchange: Exchange, condition: Condition) {
  const isByFunds = condition.quoteQuantity !== null
  return {
    ...common,
    oi: unifiedStopIdOf(condition.id),
    ci: condition.clientOrderId,
    os: unifiedStopStatusOf(condition),
    eT: condition.status === 'WAITING' ? 'NEW' : condition.status === 'TRIGGERED' ? 'TRIGGER' : 'CANCEL',
    s: nameOfPair(exchange, condition.symbol),
    S: condition.side,
    oT: condition.limitPrice === null ? 'MARKET' : 'LIMIT',
    lR: '',
    p: condition.limitPrice === null ? '' : wire(condition.limitPrice),
    ti: '',
    q: wire(condition.quoteQuantity ?? condition.quantity),
    qU: isByFunds ? 'QUOTECCY' : 'BASECCY',
    fS: '0',
    lS: '0',
    ls: '0',
    aP: '0',
    f: '0',
    fC: exchange.rulesOf(condition.symbol)?.quoteAsset ?? '',
    cR: condition.status === 'CANCELED' ? 'USER' : '',
    cS: condition.status === 'CANCELED' ? wire(condition.quantity) : '0',
    rS: condition.status === 'WAITING' ? wire(condition.quantity) : '0',
    tD: condition.firesAbove ? 'UP' : 'DOWN',
    tP: toWire(condition.stopPrice),
    toi: '',
    tIF: condition.echo['timeInForce'] ?? condition.timeInForce,
    pO: condition.isPostOnly,
    O: nanosOf(condition.createdTime),
    U: bigNumber(nanosOf(condition.updatedTime)),
  }
}

export const unifiedFillData = (exchange: Exchange, fill: Execution, order: Order) => ({
  E: nanosOf(fill.time),
  S: fill.side,
  p: wire(fill.price),
  q: wire(fill.quantity),
  s: nameOfPair(exchange, fill.symbol),
  lR: fill.isMaker ? 'MAKER' : 'TAKER',
  oT: order.limitPrice === null ? 'MARKET' : 'LIMIT',
  oi: unifiedOrderIdOf(fill.orderId),
  ti: bigNumber(tradeIdOf(fill.id)),
  f: wire(fill.fee),
  fC: fill.feeAsset,
})

export const unifiedBalanceData = ({ asset, free, locked }: BalanceChange, now: number) => ({
  c: asset,
  e: toWire(free.plus(locked)),
  b: toWire(free.plus(locked)),
  a: toWire(free),
  h: toWire(locked),
  U: nanosOf(now),
  l: '0',
})
