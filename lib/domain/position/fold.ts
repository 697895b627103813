import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, ZERO } from '@/lib/domain/money/decimal'
import type { OrderSide } from '@/lib/domain/order/order'

// A position is a fold over its fills, oldest first: the same fills always give the same position. Average-cost method;
// the cost of the open quantity includes the buying fees, so that the realized P&L of all sales of a round trip is what
// came in less what went out.

/** An execution as the fold sees it. `feeInQuote` is the fee valued at the time of the fill, 0 while unknown. */
export interface PositionFill {
  side: OrderSide
  quantity: Amount
  quoteQuantity: Amount
  fee: Amount
  feeAsset: string
  feeInQuote: Amount
  tradeTime: EpochMs
  /** The market's minimums when it was recorded: exchanges change them, and a past sale stays what it was. */
  minimums?: Pick<PositionMarket, 'minQuantity' | 'minNotional'>
}

/** Flat to flat. */
export interface RoundTripState {
  number: number
  openedAt: EpochMs
  closedAt: EpochMs | null
  bought: Amount
  sold: Amount
  cost: Amount
  proceeds: Amount
  realizedPnl: Amount
}

export interface PositionState {
  quantity: Amount
  cost: Amount
  realizedPnl: Amount
  openedAt: EpochMs | null
  roundTrip: RoundTripState | null
}

/** The market's terms that matter to a position. Less than these minimums cannot be sold and counts as nothing. */
export interface PositionMarket {
  baseAsset: string
  quoteAsset: string
  minQuantity: Amount
  minNotional: Amount
}

export const FLAT: PositionState = { quantity: ZERO, cost: ZERO, realizedPnl: ZERO, openedAt: null, roundTrip: null }

export const averageEntryPrice = (state: PositionState): Amount =>
  state.quantity.isZero() ? ZERO : state.cost.div(state.quantity)

export const unrealizedPnl = (state: Pick<PositionState, 'quantity' | 'cost'>, price: Amount): Amount =>
  state.quantity.times(price).minus(state.cost)

/** Quotients are cut to what the database holds, so that sums of them come out to the last digit. */
const toScale = (amount: Amount): Amount => amount.toDecimalPlaces(18)

function buy(state: PositionState, fill: PositionFill, market: PositionMarket): PositionState {
  // A fee taken in the bought asset makes the quantity smaller; any other is money spent on top.
  const isFeeInBase = fill.feeAsset === market.baseAsset
  const received = isFeeInBase ? fill.quantity.minus(fill.fee) : fill.quantity
  const spent = isFeeInBase ? fill.quoteQuantity : fill.quoteQuantity.plus(fill.feeInQuote)
  const before = state.roundTrip
  const current: RoundTripState =
    before !== null && before.closedAt === null
      ? before
      : {
          number: (before?.number ?? 0) + 1,
          openedAt: fill.tradeTime,
          closedAt: null,
          bought: ZERO,
          sold: ZERO,
          cost: ZERO,
          proceeds: ZERO,
          realizedPnl: ZERO,
        }
  return {
    ...state,
    quantity: state.quantity.plus(received),
    cost: state.cost.plus(spent),
    openedAt: state.openedAt ?? fill.tradeTime,
    roundTrip: { ...current, bought: current.bought.plus(received), cost: current.cost.plus(spent) },
  }
}

/** Whether so much, at the price of an execution, is worth less than an amount. Without a quotient: exact, and quick. */
const isWorthLess = (quantity: Amount, fill: PositionFill, amount: Amount): boolean =>
  quantity.times(fill.quoteQuantity).lt(amount.times(fill.quantity))

function sell(state: PositionState, fill: PositionFill, market: PositionMarket): PositionState {
  if (state.quantity.isZero()) return state
  const isFeeInBase = fill.feeAsset === market.baseAsset
  const given = isFeeInBase ? fill.quantity.plus(fill.fee) : fill.quantity
  // More sold than this position holds: the rest came from elsewhere and has no cost here.
  const ours = given.gt(state.quantity) ? state.quantity : given
  const fee = isFeeInBase ? ZERO : fill.feeInQuote
  const received = fill.quoteQuantity.minus(fee)
  const proceeds = ours.eq(given) ? received : toScale(received.times(ours).div(given))
  const rest = state.quantity.minus(ours)
  const isFlat = rest.isZero() || rest.lt(market.minQuantity) || isWorthLess(rest, fill, market.minNotional)
  const costOut = isFlat ? state.cost : toScale(state.cost.times(ours).div(state.quantity))
  const pnl = proceeds.minus(costOut)
  const trip = state.roundTrip
  return {
    quantity: isFlat ? ZERO : rest,
    cost: state.cost.minus(costOut),
    realizedPnl: state.realizedPnl.plus(pnl),
    openedAt: isFlat ? null : state.openedAt,
    roundTrip: trip && {
      ...trip,
      sold: trip.sold.plus(ours),
      proceeds: trip.proceeds.plus(proceeds),
      realizedPnl: trip.realizedPnl.plus(pnl),
      closedAt: isFlat ? fill.tradeTime : null,
    },
  }
}

/** The position after one more fill. */
export const applyFill = (state: PositionState, fill: PositionFill, market: PositionMarket): PositionState =>
  fill.side === 'BUY'
    ? buy(state, fill, market)
    : sell(state, fill, fill.minimums ? { ...market, ...fill.minimums } : market)

export interface FoldedPosition {
  state: PositionState
  roundTrips: RoundTripState[]
  /** What each fill realized, in their order. */
  realized: Amount[]
}

/** The position over all its fills, oldest first, with its whole history. */
export function foldAll(fills: readonly PositionFill[], market: PositionMarket): FoldedPosition {
  let state = FLAT
  const trips = new Map<number, RoundTripState>()
  const realized = fills.map((fill) => {
    const before = state.realizedPnl
    state = applyFill(state, fill, market)
    if (state.roundTrip !== null) trips.set(state.roundTrip.number, state.roundTrip)
    return state.realizedPnl === before ? ZERO : state.realizedPnl.minus(before)
  })
  return { state, roundTrips: [...trips.values()], realized }
}
