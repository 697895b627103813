import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, min, ZERO } from '@/lib/domain/money/decimal'
import type { OrderSide } from '@/lib/domain/order/order'

// A position is a fold over its fills, oldest first: the same fills always give the same position. Average-cost method;
// the cost of the open quantity includes the buying fees, so that the realized P&L of all sales of a round trip is what
// came in less what went out. What a sale leaves below the market's minimums ends the round trip and is set aside as dust, at
// its cost; a later sale of more than is held takes it along, and it realizes then what it brings.

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

/** Flat to flat. Once closed it is what was sold and what that cost: dust goes out of it and, when sold, into the newest. */
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

/** What round trips left over: too little to be sold alone. It is not held any more, but still the account's. */
export interface Dust {
  quantity: Amount
  cost: Amount
}

export interface PositionState {
  quantity: Amount
  cost: Amount
  dust: Dust
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

const NO_DUST: Dust = { quantity: ZERO, cost: ZERO }
export const FLAT: PositionState = {
  quantity: ZERO,
  cost: ZERO,
  dust: NO_DUST,
  realizedPnl: ZERO,
  openedAt: null,
  roundTrip: null,
}

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

/** The cost of a part of something, at its average. */
const costOfPart = (part: Amount, whole: Dust): Amount =>
  part.eq(whole.quantity) ? whole.cost : toScale(whole.cost.times(part).div(whole.quantity))

function sell(state: PositionState, fill: PositionFill, market: PositionMarket): PositionState {
  const { dust } = state
  const sellable = state.quantity.plus(dust.quantity)
  if (sellable.isZero()) return state
  const isFeeInBase = fill.feeAsset === market.baseAsset
  const given = isFeeInBase ? fill.quantity.plus(fill.fee) : fill.quantity
  // More sold than was ever bought here: the rest came from elsewhere and has no cost.
  const ours = min(given, sellable)
  const held = min(ours, state.quantity)
  const swept = ours.minus(held)
  const received = fill.quoteQuantity.minus(isFeeInBase ? ZERO : fill.feeInQuote)
  const proceeds = ours.eq(given) ? received : toScale(received.times(ours).div(given))
  const heldCost = held.isZero() ? ZERO : costOfPart(held, state)
  const sweptCost = swept.isZero() ? ZERO : costOfPart(swept, dust)
  const pnl = proceeds.minus(heldCost).minus(sweptCost)
  const rest = { quantity: state.quantity.minus(held), cost: state.cost.minus(heldCost) }
  const isFlat =
    rest.quantity.isZero() ||
    rest.quantity.lt(market.minQuantity) ||
    isWorthLess(rest.quantity, fill, market.minNotional)
  const left = isFlat ? rest : NO_DUST
  const trip = state.roundTrip
  return {
    ...(isFlat ? NO_DUST : rest),
    dust: {
      quantity: dust.quantity.minus(swept).plus(left.quantity),
      cost: dust.cost.minus(sweptCost).plus(left.cost),
    },
    realizedPnl: state.realizedPnl.plus(pnl),
    openedAt: isFlat ? null : state.openedAt,
    roundTrip: trip && {
      ...trip,
      bought: trip.bought.plus(swept).minus(left.quantity),
      cost: trip.cost.plus(sweptCost).minus(left.cost),
      sold: trip.sold.plus(ours),
      proceeds: trip.proceeds.plus(proceeds),
      realizedPnl: trip.realizedPnl.plus(pnl),
      // Dust that is sold alone changes what its round trip brought, not when it ended.
      closedAt: isFlat ? (trip.closedAt ?? fill.tradeTime) : null,
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
