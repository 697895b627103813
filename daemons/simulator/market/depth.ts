import type { Amount } from '@/lib/domain/money/decimal'
import { fromInteger, parseDecimal } from '@/lib/domain/money/decimal'
import { roundToStep, roundToTick } from '@/lib/domain/money/rounding'
import type { Level } from '../matching/book'
import type { Rules } from '../matching/rules'
import { hashText, mix } from './noise'
import type { Depth, MarketTrade } from './source'

const LEVELS = 60
const SPREAD = parseDecimal('0.000001')
/** Value of an average level in the quote asset, before it grows with the distance. */
const LEVEL_VALUE: Record<string, string> = { BTC: '0.4', ETH: '8', BNB: '40' }
const UNIT = 1 / 0x1_0000_0000

/**
 * Order book around a print, made from nothing but it: the print was at the bid when the seller was the aggressor, at
 * the ask otherwise (unless the exchange followed says where they are). Levels grow and thin out with the distance, so that a large market order walks the book.
 */
export function depthAround(trade: MarketTrade, rules: Rules, quote?: { bid: Level; ask: Level }): Depth {
  const last = parseDecimal(trade.price)
  const spread = max1(roundToTick(last.times(SPREAD), rules.tickSize), rules.tickSize)
  const bid = quote?.bid.price ?? (trade.isBuyerMaker ? last : last.minus(spread))
  const ask = quote?.ask.price ?? (trade.isBuyerMaker ? last.plus(spread) : last)
  const key = mix(hashText(trade.symbol), trade.id)
  return { bids: side(bid, -1, key, rules), asks: side(ask, 1, mix(key, 1), rules) }
}

const max1 = (value: Amount, least: Amount): Amount => (value.gt(least) ? value : least)

function side(best: Amount, direction: 1 | -1, key: number, rules: Rules): Level[] {
  const levels: Level[] = []
  const value = parseDecimal(LEVEL_VALUE[rules.quoteAsset] ?? '20000')
  // A level every few ticks, and further apart for pairs with a fine tick: 60 levels span about 0.1 % of the price.
  const stride = max1(roundToTick(best.times(parseDecimal('0.000015')), rules.tickSize), rules.tickSize)
  let price = best
  for (let i = 0; i < LEVELS && price.gt(0); i += 1) {
    const h = mix(key, i)
    const share = fromInteger(Math.round((0.2 + 1.6 * h * UNIT) * (1 + i / 12) * 1000)).div(1000)
    const quantity = max1(roundToStep(value.times(share).div(best), rules.stepSize), rules.stepSize)
    levels.push({ price, quantity })
    const gap = i === 0 ? rules.tickSize : stride.times(1 + (h & 1))
    price = price.plus(gap.times(direction))
  }
  return levels
}
