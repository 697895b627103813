import { TradingError } from '@/lib/domain/errors/trading-error'
import { type Amount, parseDecimal, toWire, ZERO } from '@/lib/domain/money/decimal'
import type { OrderRequest, OrderSide, OrderType, TimeInForce } from '@/lib/domain/order/order'
import type { OrderStatus } from '@/lib/domain/order/status'

// Words that Bitget's two account systems share, from and to ours.

const STATUSES: Record<string, OrderStatus> = {
  init: 'ACCEPTED',
  new: 'ACCEPTED',
  live: 'ACCEPTED',
  partially_filled: 'PARTIALLY_FILLED',
  partial_fill: 'PARTIALLY_FILLED',
  partially_fill: 'PARTIALLY_FILLED',
  filled: 'FILLED',
  full_fill: 'FILLED',
  cancelled: 'CANCELED',
  canceled: 'CANCELED',
  cancel: 'CANCELED',
}

/** Of plan and strategy orders, which end with the order that they place. */
const PLAN_STATUSES: Record<string, OrderStatus> = {
  live: 'ACCEPTED',
  not_trigger: 'ACCEPTED',
  pending: 'ACCEPTED',
  executing: 'TRIGGERED',
  submitting: 'TRIGGERED',
  triggered: 'TRIGGERED',
  executed: 'TRIGGERED',
  success: 'TRIGGERED',
  fail_trigger: 'REJECTED',
  fail_execute: 'REJECTED',
  failed: 'REJECTED',
  cancelled: 'CANCELED',
  canceled: 'CANCELED',
  cancel: 'CANCELED',
}

/** Guessing what is not known could place an order twice. */
const unknown = (what: string, word: string): TradingError =>
  new TradingError('UNKNOWN_OUTCOME', `Bitget reports ${what} ${JSON.stringify(word)}, which is not known.`, {
    outcome: 'UNKNOWN',
    nativeMessage: word,
  })

const look = <T>(words: Record<string, T>, what: string, word: string): T => {
  const ours = words[word.toLowerCase()]
  if (ours === undefined) throw unknown(what, word)
  return ours
}

/** @throws TradingError UNKNOWN_OUTCOME for a word that is not known; so do the others. */
export const mapStatus = (native: string): OrderStatus => look(STATUSES, 'order status', native)
export const mapPlanStatus = (native: string): OrderStatus => look(PLAN_STATUSES, 'plan order status', native)
export const mapSide = (native: string): OrderSide => look<OrderSide>({ buy: 'BUY', sell: 'SELL' }, 'side', native)
export const mapType = (native: string): 'LIMIT' | 'MARKET' =>
  look<'LIMIT' | 'MARKET'>({ limit: 'LIMIT', market: 'MARKET' }, 'order type', native)

/** `post_only` is a limit order that rests until canceled. */
export const mapForce = (native: string | null | undefined): TimeInForce | undefined => {
  const force = native?.toUpperCase()
  return force === 'GTC' || force === 'IOC' || force === 'FOK' ? force : force === 'POST_ONLY' ? 'GTC' : undefined
}

/** An amount, zero where there is none. */
export const amountOf = (text: string | null | undefined): Amount =>
  text === undefined || text === null || text === '' ? ZERO : parseDecimal(text)

/** A price; zero and nothing stand for "none". */
export const priceOf = (text: string | null | undefined): Amount | undefined => {
  const price = amountOf(text)
  return price.isZero() ? undefined : price
}

/**
 * The type of a conditional order. Bitget does not tell it: the order waits for its trigger from whichever side the price
 * was on. A trigger above the last price is a stop for a purchase and a target for a sale. Without a price it is taken for a stop.
 */
export function conditionalType(
  side: OrderSide,
  isLimit: boolean,
  trigger: Amount,
  lastPrice: Amount | undefined,
): OrderType {
  const isStop = lastPrice === undefined || trigger.gte(lastPrice) === (side === 'BUY')
  if (isStop) return isLimit ? 'STOP_LIMIT' : 'STOP_MARKET'
  return isLimit ? 'TAKE_PROFIT_LIMIT' : 'TAKE_PROFIT_MARKET'
}

export const isConditional = (type: OrderType): boolean => type !== 'MARKET' && type !== 'LIMIT'

export const wire = (amount: Amount | undefined): string | undefined =>
  amount === undefined ? undefined : toWire(amount)

export const forceOf = (request: OrderRequest): string =>
  request.isPostOnly === true ? 'post_only' : (request.timeInForce ?? 'GTC').toLowerCase()

type Params = Record<string, string | undefined>

/**
 * Our parameters with the native ones beside them.
 * @throws TradingError NOT_SENT when a native parameter would replace one of ours, or would make the order one that cannot be
 * found again by its client id.
 */
export function withNative(ours: Params, native: Record<string, string> = {}): Params {
  const taken = Object.keys(native).find((name) => ours[name] !== undefined)
  if (taken !== undefined)
    throw new TradingError('BAD_REQUEST', `The native parameter ${taken} is set by the bot.`, { outcome: 'NOT_SENT' })
  if (native['tpslType'] === 'tpsl')
    throw new TradingError('NOT_SUPPORTED', 'Bitget ignores the client id of orders with tpslType.', {
      outcome: 'NOT_SENT',
    })
  return { ...ours, ...native }
}
