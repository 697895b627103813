import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { ExchangeOrder, OrderRequest } from '@/lib/domain/order/order'
import { applyMarketRules } from '@/lib/domain/order/rules'
import { isOpen } from '@/lib/domain/order/status'
import type { OrderReference, ReplaceResult } from '@/lib/exchanges/execution-client'
import { accepted } from '@/lib/exchanges/bitget/accepted'
import type { BitgetOrders } from '@/lib/exchanges/bitget/orders'
import type { BitgetRawClient } from '@/lib/exchanges/bitget/raw-client'
import { wire } from '@/lib/exchanges/bitget/words'

const refused = (message: string): TradingError => new TradingError('UNKNOWN_ORDER', message, { outcome: 'REFUSED' })

/** Cancels and places in two calls. Nothing is placed unless the old order is certainly canceled. */
export async function replaceInTwo(
  orders: BitgetOrders,
  credentials: Credentials,
  target: OrderReference,
  replacement: OrderRequest,
  instrument: Instrument,
): Promise<ReplaceResult> {
  // A replacement that the market's rules refuse must not cost the old order.
  applyMarketRules(replacement, instrument)
  const canceled = await orders.cancel(credentials, target)
  if (canceled.status !== 'CANCELED') throw refused(`The old order is ${canceled.status}; nothing was placed.`)
  try {
    return { canceled, placed: await orders.create(credentials, replacement, instrument) }
  } catch (error) {
    if (error instanceof TradingError && (error.outcome === 'REFUSED' || error.outcome === 'NOT_SENT'))
      return { canceled, placed: null, placeError: error }
    throw error
  }
}

/** Whether cancel-replace-order can do it: it keeps the old order's direction and places a plain limit order. */
export const fitsNativeReplace = (old: ExchangeOrder, replacement: OrderRequest): boolean =>
  old.type === 'LIMIT' &&
  isOpen(old.status) &&
  replacement.type === 'LIMIT' &&
  replacement.side === old.side &&
  replacement.symbol === old.symbol &&
  (replacement.timeInForce ?? 'GTC') === 'GTC' &&
  (old.timeInForce ?? 'GTC') === 'GTC' &&
  replacement.isPostOnly !== true &&
  replacement.nativeParams === undefined

/**
 * POST /api/v2/spot/trade/cancel-replace-order. Its cancel stands when the new order is refused (a client id used before is
 * enough for that), so a failure is looked into before it is told.
 */
export async function replaceNatively(
  raw: BitgetRawClient,
  orders: BitgetOrders,
  credentials: Credentials,
  old: ExchangeOrder,
  replacement: OrderRequest,
  instrument: Instrument,
): Promise<ReplaceResult> {
  const rounded = applyMarketRules(replacement, instrument)
  const { symbol, exchangeOrderId } = old
  const answer = await raw.cancelReplaceOrder(credentials, {
    symbol: instrument.exchangeSymbol,
    orderId: exchangeOrderId,
    newClientOid: rounded.clientOrderId,
    price: wire(rounded.limitPrice),
    size: wire(rounded.quantity),
  })
  // The commands are done: reading what became of them is safe.
  const canceled = await orders.closed(credentials, { symbol, exchangeOrderId })
  const msg = answer.msg ?? ''
  if (answer.success === 'success') {
    const placed = await orders.find(credentials, { symbol, clientOrderId: rounded.clientOrderId }).catch(() => null)
    return { canceled, placed: placed ?? accepted(rounded, answer.orderId ?? '', canceled.updatedTime) }
  }
  // Its word alone is not enough: the new order must be nowhere.
  const placed = await orders.find(credentials, { symbol, clientOrderId: rounded.clientOrderId }).catch(unseen)
  if (placed !== null) return { canceled, placed }
  if (canceled.status !== 'CANCELED') throw refused(`The old order is ${canceled.status}; nothing was placed. ${msg}`)
  const placeError = new TradingError('INVALID_ORDER', `Bitget refused the new order: ${msg}`, {
    outcome: 'REFUSED',
    nativeMessage: msg,
    rule: 'REPLACED_BY_NOTHING',
  })
  return { canceled, placed: null, placeError }
}

const unseen = (cause: unknown): never => {
  throw new TradingError('UNKNOWN_OUTCOME', 'It cannot be seen whether Bitget placed the new order.', {
    outcome: 'UNKNOWN',
    cause,
  })
}
