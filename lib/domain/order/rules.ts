import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type Amount, max, toWire } from '@/lib/domain/money/decimal'
import { meetsMinNotional, roundToStep, roundToTick, roundUpToStep } from '@/lib/domain/money/rounding'
import type { AmendRequest, ExchangeOrder, OcoRequest, OrderRequest, OtoRequest } from '@/lib/domain/order/order'

// The market's rules, applied before anything is sent (GW-6). Prices go to the nearest tick, quantities down to the step;
// what still breaks a rule is refused with the rule's name and the nearest value that would pass.

const refuse = (rule: string, message: string, nearest?: Amount): TradingError =>
  new TradingError('INVALID_ORDER', message, {
    outcome: 'NOT_SENT',
    rule,
    ...(nearest === undefined ? {} : { nearest: toWire(nearest) }),
  })

const acceptablePrice = (price: Amount, instrument: Instrument): Amount => {
  const rounded = roundToTick(price, instrument.tickSize)
  if (rounded.lte(0)) {
    throw refuse('TICK_SIZE', `${instrument.symbol}: the price is below one tick.`, instrument.tickSize)
  }
  return rounded
}

const acceptableQuantity = (quantity: Amount, instrument: Instrument, isMarket: boolean): Amount => {
  const stepSize = isMarket ? instrument.marketStepSize : instrument.stepSize
  const marketMax = instrument.marketMaxQuantity
  const maxQuantity = isMarket && !marketMax.isZero() ? marketMax : instrument.maxQuantity
  const rounded = roundToStep(quantity, stepSize)
  const smallest = roundUpToStep(instrument.minQuantity, stepSize)
  if (rounded.lte(0) || rounded.lt(instrument.minQuantity)) {
    const nearest = smallest.isZero() ? stepSize : smallest
    throw refuse('MIN_QUANTITY', `${instrument.symbol}: the smallest quantity is ${toWire(nearest)}.`, nearest)
  }
  if (!maxQuantity.isZero() && rounded.gt(maxQuantity)) {
    const nearest = roundToStep(maxQuantity, stepSize)
    throw refuse('MAX_QUANTITY', `${instrument.symbol}: the largest quantity is ${toWire(nearest)}.`, nearest)
  }
  return rounded
}

const checkNotional = (quantity: Amount, price: Amount, instrument: Instrument): void => {
  if (meetsMinNotional(quantity, price, instrument.minNotional)) return
  const needed = roundUpToStep(instrument.minNotional.div(price), instrument.stepSize)
  const nearest = max(needed, instrument.minQuantity)
  throw refuse(
    'MIN_NOTIONAL',
    `${instrument.symbol}: an order must be worth at least ${toWire(instrument.minNotional)} ${instrument.quoteAsset}; ` +
      `at this price that is ${toWire(nearest)} ${instrument.baseAsset}.`,
    nearest,
  )
}

const checkTradable = (instrument: Instrument): void => {
  if (!instrument.isTrading) throw refuse('NOT_TRADING', `${instrument.symbol} is not trading at the exchange.`)
}

/** Order types with a stop price, and those with a limit price. */
const needsStop = (request: OrderRequest): boolean => /^(STOP|TAKE_PROFIT)_/.test(request.type)
const needsLimit = (request: OrderRequest): boolean => request.type.endsWith('LIMIT')

/** A hundred percent, in basis points. */
const WHOLE = 10_000

const checkTrailing = ({ type, trailingDelta }: OrderRequest): void => {
  const isTrailing = type === 'TRAILING_STOP'
  if (isTrailing !== (trailingDelta !== undefined)) {
    throw refuse(
      'TRAILING_DELTA',
      isTrailing ? 'A trailing stop needs its distance in basis points.' : `An order of type ${type} has no distance.`,
    )
  }
  if (trailingDelta === undefined) return
  if (!Number.isInteger(trailingDelta) || trailingDelta < 1 || trailingDelta >= WHOLE)
    throw refuse('TRAILING_DELTA', 'The distance of a trailing stop is a whole number of basis points, 1 to 9999.')
}

/**
 * The request as the market takes it. `marketPrice`, where known, lets the value of a market order be checked too.
 * @throws TradingError INVALID_ORDER, NOT_SENT, with `rule` and `nearest`.
 */
export function applyMarketRules(request: OrderRequest, instrument: Instrument, marketPrice?: Amount): OrderRequest {
  checkTradable(instrument)
  if ((request.quantity === undefined) === (request.quoteQuantity === undefined)) {
    throw refuse('QUANTITY', 'An order needs either a quantity or an amount to spend.')
  }
  if (request.quoteQuantity !== undefined && request.type !== 'MARKET') {
    throw refuse('QUANTITY', 'Only a market order can be given as an amount to spend.')
  }
  if (needsLimit(request) !== (request.limitPrice !== undefined)) {
    throw refuse(
      'LIMIT_PRICE',
      `An order of type ${request.type} ${needsLimit(request) ? 'needs a' : 'has no'} limit price.`,
    )
  }
  if (needsStop(request) && request.stopPrice === undefined) {
    throw refuse('STOP_PRICE', `An order of type ${request.type} needs a trigger price.`)
  }
  checkTrailing(request)
  const rounded = { ...request }
  if (request.limitPrice !== undefined) rounded.limitPrice = acceptablePrice(request.limitPrice, instrument)
  if (request.stopPrice !== undefined) rounded.stopPrice = acceptablePrice(request.stopPrice, instrument)
  if (request.quoteQuantity !== undefined) {
    if (request.quoteQuantity.lt(instrument.minNotional) || request.quoteQuantity.lte(0)) {
      const least = `${toWire(instrument.minNotional)} ${instrument.quoteAsset}`
      throw refuse(
        'MIN_NOTIONAL',
        `${instrument.symbol}: an order must be worth at least ${least}.`,
        instrument.minNotional,
      )
    }
    rounded.quoteQuantity = roundToStep(request.quoteQuantity, instrument.quoteStepSize)
    return rounded
  }
  if (request.quantity === undefined) return rounded
  rounded.quantity = acceptableQuantity(request.quantity, instrument, request.type === 'MARKET')
  const price = rounded.limitPrice ?? rounded.stopPrice ?? marketPrice
  if (price !== undefined) checkNotional(rounded.quantity, price, instrument)
  return rounded
}

/**
 * The same for a pair of which one order cancels the other.
 * @throws TradingError INVALID_ORDER, NOT_SENT, with `rule` and `nearest`.
 */
export function applyOcoRules(request: OcoRequest, instrument: Instrument): OcoRequest {
  checkTradable(instrument)
  if (!instrument.isOcoAllowed) throw refuse('OCO', `${instrument.symbol} takes no OCO orders.`)
  const quantity = acceptableQuantity(request.quantity, instrument, false)
  const profitPrice = acceptablePrice(request.takeProfit.limitPrice, instrument)
  const stopPrice = acceptablePrice(request.stopLoss.stopPrice, instrument)
  if (request.side === 'SELL' ? profitPrice.lte(stopPrice) : profitPrice.gte(stopPrice)) {
    const where = request.side === 'SELL' ? 'above' : 'below'
    throw refuse('OCO_PRICES', `The take-profit price must lie ${where} the stop price.`)
  }
  const stopLoss = { ...request.stopLoss, stopPrice }
  if (request.stopLoss.limitPrice !== undefined) {
    stopLoss.limitPrice = acceptablePrice(request.stopLoss.limitPrice, instrument)
  }
  checkNotional(quantity, profitPrice, instrument)
  checkNotional(quantity, stopLoss.limitPrice ?? stopPrice, instrument)
  return { ...request, quantity, takeProfit: { ...request.takeProfit, limitPrice: profitPrice }, stopLoss }
}

/**
 * The same for an order that places another, or a pair, once it is filled.
 * @throws TradingError INVALID_ORDER, NOT_SENT, with `rule` and `nearest`.
 */
export function applyOtoRules(request: OtoRequest, instrument: Instrument): OtoRequest {
  const { working, pending, clientOrderListId } = request
  const { symbol } = working
  if (working.type !== 'LIMIT') throw refuse('OTO', 'What places another order once it is filled is a limit order.')
  const first = applyMarketRules(working, instrument)
  if (!('type' in pending)) {
    const { side, quantity, takeProfit, stopLoss } = applyOcoRules(
      { ...pending, clientOrderListId, symbol },
      instrument,
    )
    return { clientOrderListId, working: first, pending: { side, quantity, takeProfit, stopLoss } }
  }
  if (pending.symbol !== symbol) throw refuse('OTO', 'Both orders are for the same pair.')
  if (pending.quantity === undefined) throw refuse('QUANTITY', 'The order that follows needs a quantity.')
  return { clientOrderListId, working: first, pending: applyMarketRules(pending, instrument) }
}

/**
 * A change of the resting order `target`, rounded and checked as the order that it would become.
 * @throws TradingError INVALID_ORDER, NOT_SENT, with `rule` and `nearest`.
 */
export function applyAmendRules(target: ExchangeOrder, request: AmendRequest, instrument: Instrument): AmendRequest {
  checkTradable(instrument)
  const rounded: AmendRequest = {}
  if (request.limitPrice !== undefined) rounded.limitPrice = acceptablePrice(request.limitPrice, instrument)
  if (request.stopPrice !== undefined) rounded.stopPrice = acceptablePrice(request.stopPrice, instrument)
  if (request.quantity !== undefined) rounded.quantity = acceptableQuantity(request.quantity, instrument, false)
  const quantity = rounded.quantity ?? target.quantity
  if (quantity.lte(target.filledQuantity))
    throw refuse('QUANTITY', `${toWire(target.filledQuantity)} of the order are filled already.`)
  const price = rounded.limitPrice ?? target.limitPrice ?? rounded.stopPrice ?? target.stopPrice
  if (price !== undefined) checkNotional(quantity, price, instrument)
  return rounded
}
