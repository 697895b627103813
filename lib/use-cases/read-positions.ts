import { findBroker } from '@/lib/db/broker-repository'
import { toWire } from '@/lib/domain/money/decimal'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'
import type { PositionsQuery, PositionView } from '@/lib/view/positions'

const TIMEOUT_MS = 20_000

/** What an account holds now, valued. */
export async function readPositions(
  gateway: GatewayCaller,
  brokerId: string,
  { valuedIn }: PositionsQuery,
): Promise<PositionView[]> {
  const holdings = await gateway.call(brokerId, 'get_positions', { valuedIn }, TIMEOUT_MS)
  return holdings.map(({ asset, symbol, quantity, free, locked, price, value }) => ({
    asset,
    symbol,
    valuedIn,
    quantity: toWire(quantity),
    free: toWire(free),
    locked: toWire(locked),
    price: price && toWire(price),
    value: value && toWire(value),
  }))
}

/** The same for a signed-in user; null when the broker is not the user's. */
export async function readPositionsOfUser(
  gateway: GatewayCaller,
  userId: string,
  brokerId: string,
  query: PositionsQuery,
): Promise<PositionView[] | null> {
  const broker = await findBroker(brokerId)
  return broker?.userId === userId ? readPositions(gateway, brokerId, query) : null
}
