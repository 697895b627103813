import { type Amount, ZERO } from '@/lib/domain/money/decimal'
import { applyFill, FLAT, type PositionFill, type PositionMarket } from '@/lib/domain/position/fold'

/**
 * What each execution brought for coins that no purchase of the position paid for (a deposit that is sold): it is no gain, but
 * the funds are there. Oldest first, as the fold takes them.
 */
export function costlessProceeds(fills: readonly PositionFill[], market: PositionMarket): Amount[] {
  let state = FLAT
  return fills.map((fill) => {
    const before = state
    state = applyFill(state, fill, market)
    if (fill.side === 'BUY') return ZERO
    const received = fill.feeAsset === market.baseAsset ? fill.quoteQuantity : fill.quoteQuantity.minus(fill.feeInQuote)
    const cost = before.cost.plus(before.dust.cost).minus(state.cost).minus(state.dust.cost)
    return received.minus(cost).minus(state.realizedPnl.minus(before.realizedPnl))
  })
}
