import type { Amount } from '@/lib/domain/money/decimal'
import type { MarketView } from './book'
import type { OrderCommand } from './order'
import { isConditional } from './order'
import type { FilterName } from './rejection'
import type { Rules } from './rules'

const isMultiple = (value: Amount, unit: Amount): boolean => value.mod(unit).isZero()

const priceFits = (price: Amount, rules: Rules): boolean =>
  price.gte(rules.minPrice) && price.lte(rules.maxPrice) && isMultiple(price, rules.tickSize)

const lotFits = (quantity: Amount, rules: Rules, maxQuantity: Amount): boolean =>
  quantity.gte(rules.minQuantity) && quantity.lte(maxQuantity) && isMultiple(quantity, rules.stepSize)

function percentPriceFits(command: OrderCommand, price: Amount, rules: Rules, average: Amount): boolean {
  const [up, down] =
    command.side === 'BUY'
      ? [rules.bidMultiplierUp, rules.bidMultiplierDown]
      : [rules.askMultiplierUp, rules.askMultiplierDown]
  return price.lte(average.times(up)) && price.gte(average.times(down))
}

/** Price that an order's value is judged by: its limit, else its trigger, else the average of the last minutes. */
const referencePrice = (command: OrderCommand, view: MarketView): Amount =>
  command.limitPrice ?? command.stopPrice ?? view.average

function notionalFits(command: OrderCommand, rules: Rules, view: MarketView): boolean {
  const notional = command.quoteQuantity ?? command.quantity?.times(referencePrice(command, view))
  return notional !== undefined && notional.gte(rules.minNotional) && notional.lte(rules.maxNotional)
}

export const MAX_ICEBERG_PARTS = 10

function icebergFits({ quantity, icebergQuantity }: OrderCommand, rules: Rules): boolean {
  if (quantity === null || icebergQuantity === undefined || icebergQuantity === null) return true
  return isMultiple(icebergQuantity, rules.stepSize) && quantity.div(icebergQuantity).ceil().lte(MAX_ICEBERG_PARTS)
}

const TRAILING_MIN = 10
const TRAILING_MAX = 2000

/** First market rule that the order breaks, or null. Source: Binance filters.md; the order of the checks is ours. */
export function brokenFilter(command: OrderCommand, rules: Rules, view: MarketView): FilterName | null {
  for (const price of [command.limitPrice, command.stopPrice])
    if (price !== null && !priceFits(price, rules)) return 'PRICE_FILTER'
  if (command.limitPrice !== null && !percentPriceFits(command, command.limitPrice, rules, view.average))
    return 'PERCENT_PRICE_BY_SIDE'
  if (command.quantity !== null) {
    if (!lotFits(command.quantity, rules, rules.maxQuantity)) return 'LOT_SIZE'
    if (command.type === 'MARKET' && !lotFits(command.quantity, rules, rules.marketMaxQuantity))
      return 'MARKET_LOT_SIZE'
  }
  if (!notionalFits(command, rules, view)) return 'NOTIONAL'
  if (!icebergFits(command, rules)) return 'ICEBERG_PARTS'
  const delta = command.trailingDelta
  if (delta !== null && (delta < TRAILING_MIN || delta > TRAILING_MAX)) return 'TRAILING_DELTA'
  return null
}

/** Would one account have too many open orders on the pair after adding `adding` of them? */
export function brokenCount(
  adding: OrderCommand[],
  open: { all: number; algo: number },
  rules: Rules,
): FilterName | null {
  if (open.all + adding.length > rules.maxNumOrders) return 'MAX_NUM_ORDERS'
  const algo = adding.filter((command) => isConditional(command.type)).length
  return algo > 0 && open.algo + algo > rules.maxNumAlgoOrders ? 'MAX_NUM_ALGO_ORDERS' : null
}
