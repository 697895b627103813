import { fillsOfPosition } from '@/lib/db/fill-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { setRealizedPnl } from '@/lib/db/order-repository'
import { type PositionOwner, replaceRoundTrips, savePosition } from '@/lib/db/position-repository'
import type { Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, ZERO } from '@/lib/domain/money/decimal'
import { type FoldedPosition, foldAll, type PositionMarket } from '@/lib/domain/position/fold'

/** The market of a position. Of one that the exchange no longer lists, the assets are in its name, the minimums with each fill. */
export async function marketOf({
  brokerId,
  symbol,
}: Pick<PositionOwner, 'brokerId' | 'symbol'>): Promise<PositionMarket> {
  const [baseAsset = '', quoteAsset = ''] = symbol.split('/')
  return (await findInstrument(brokerId, symbol)) ?? { baseAsset, quoteAsset, minQuantity: ZERO, minNotional: ZERO }
}

/** A position as its fills make it. `realizedByOrder` has every order that sold, in the quote asset. */
export interface RefoldedPosition extends Omit<FoldedPosition, 'realized'> {
  realizedByOrder: Map<string, Amount>
}

/** Computes a locked position from all its fills; writes nothing. */
export async function foldFromFills(
  tx: Queryable,
  positionId: string,
  market: PositionMarket,
): Promise<RefoldedPosition> {
  const fills = await fillsOfPosition(tx, positionId)
  const { state, roundTrips, realized } = foldAll(fills, market)
  const realizedByOrder = new Map<string, Amount>()
  for (const [index, { clientOrderId, side }] of fills.entries()) {
    if (side !== 'SELL') continue
    const before = realizedByOrder.get(clientOrderId) ?? ZERO
    realizedByOrder.set(clientOrderId, before.plus(realized[index] ?? ZERO))
  }
  return { state, roundTrips, realizedByOrder }
}

/** Computes a locked position anew from all its fills, and writes it with its round trips and what its orders realized. */
export async function refold(
  tx: Queryable,
  position: PositionOwner & { id: string },
  context: { instrument: PositionMarket; now: EpochMs },
): Promise<void> {
  const { state, roundTrips, realizedByOrder } = await foldFromFills(tx, position.id, context.instrument)
  await savePosition(tx, position.id, state, context.now)
  await replaceRoundTrips(tx, position, roundTrips)
  await setRealizedPnl(tx, position.id, realizedByOrder)
}
