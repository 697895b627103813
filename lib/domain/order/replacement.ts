import { TradingError, type TradingErrorDetails } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type Amount, toWire } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, OrderRequest } from '@/lib/domain/order/order'
import { applyMarketRules } from '@/lib/domain/order/rules'
import { isOpen } from '@/lib/domain/order/status'

// An order that takes another's place is sized when the other is looked at. What is executed of that one afterwards has been
// bought or sold already: it is not asked for again.

/** An order for a quantity of the base asset: of no other can be told what is left. */
export type SizedOrder = OrderRequest & { quantity: Amount }

const refuse = (message: string, more: Partial<TradingErrorDetails> = {}): TradingError =>
  new TradingError('INVALID_ORDER', message, { outcome: 'NOT_SENT', ...more })

const nothingLeft = (message: string, cause?: unknown): TradingError =>
  refuse(message, { rule: 'NOTHING_LEFT', ...(cause === undefined ? {} : { cause }) })

/**
 * The replacement as the market takes it. What is refused here must not cost the old order.
 * @throws TradingError INVALID_ORDER, NOT_SENT, as of any order, and where the replacement is given as an amount to spend.
 */
export function applyReplacementRules(replacement: OrderRequest, instrument: Instrument): SizedOrder {
  const rounded = applyMarketRules(replacement, instrument)
  const { quantity } = rounded
  if (quantity === undefined)
    throw refuse('An order given as an amount to spend cannot take the place of another.', { rule: 'QUANTITY' })
  return { ...rounded, quantity }
}

/**
 * What of a replacement is to be placed now that `old` has ended: its quantity less what was executed of the old order beyond
 * `executed`, which was known when the quantity was chosen. As the market takes it, so rounded down.
 * @throws TradingError NOT_SENT, not to be repeated, where nothing may be placed: nothing is left that the market would take
 * (INVALID_ORDER, rule NOTHING_LEFT), or how much is left is not certain (EXCHANGE_UNAVAILABLE).
 */
export function restOf(
  replacement: OrderRequest,
  executed: Amount,
  old: ExchangeOrder,
  instrument: Instrument,
): SizedOrder {
  const { symbol, baseAsset } = instrument
  const { status, filledQuantity } = old
  const filled = `${toWire(filledQuantity)} ${baseAsset}`
  if (isOpen(status)) throw unclear(`${symbol}: the exchange does not show the old order as ended; nothing was placed.`)
  if (filledQuantity.lt(executed))
    throw unclear(
      `${symbol}: the exchange tells ${filled} as executed, less than was known before; nothing was placed.`,
    )
  // It ended by itself: the change came too late.
  if (status === 'FILLED')
    throw nothingLeft(`${symbol}: the old order was executed whole before it could be replaced; nothing was placed.`)
  if (status !== 'CANCELED') throw nothingLeft(`${symbol}: the old order is ${status}; nothing was placed.`)
  const whole = applyReplacementRules(replacement, instrument)
  const quantity = (replacement.quantity ?? whole.quantity).minus(filledQuantity.minus(executed))
  const left = `${toWire(quantity)} ${baseAsset}`
  if (quantity.lte(0))
    throw nothingLeft(`${symbol}: ${filled} of the old order are executed; nothing is left to place.`)
  try {
    return applyReplacementRules({ ...replacement, quantity }, instrument)
  } catch (error) {
    // The whole passed: it is its size that the market does not take.
    const why = error instanceof Error ? ` ${error.message}` : ''
    throw nothingLeft(
      `${symbol}: ${filled} of the old order are executed; what is left, ${left}, is too little to place.${why}`,
      error,
    )
  }
}

const unclear = (message: string): TradingError =>
  new TradingError('EXCHANGE_UNAVAILABLE', message, { outcome: 'NOT_SENT' })
