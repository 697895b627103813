import { queueWebhookAlert } from '@/lib/db/alert-outbox-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { findOrders } from '@/lib/db/order-repository'
import { lockPosition, type PositionRow, setExits } from '@/lib/db/position-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import {
  clearWantedExits,
  type PreviousExits,
  readWantedExits,
  type WantedExits,
} from '@/lib/db/wanted-exit-repository'
import { explainFailure } from '@/lib/db/webhook-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type Amount, max, min, ZERO } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import { isInFlight, isOpen } from '@/lib/domain/order/status'
import { confirmStill, Overtaken } from '@/lib/use-cases/advance-run'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { type ExitOwner, placeExits } from '@/lib/use-cases/place-exits'
import type { FundsReader } from '@/lib/use-cases/free-funds'
import type { RunEngine } from '@/lib/use-cases/run-engine'

export interface ExitEngine extends RunEngine {
  fundsOf: FundsReader
}

const SEND_WITHIN_MS = 30_000
const RESTORED = 'The new stop and target were refused, those of before stand again.'

/** What the exits of a position by an alert have in common. Those that are placed again are no order of the alert itself. */
export const exitOwnerOf = (
  engine: ExitEngine,
  position: PositionRow,
  webhookId: string,
): Omit<ExitOwner, 'webhookId'> => ({
  userId: position.userId,
  brokerId: position.brokerId,
  symbol: position.symbol,
  positionId: position.id,
  source: 'WEBHOOK',
  correlationId: `webhook-${webhookId}`,
  sendBefore: engine.clock() + SEND_WITHIN_MS,
})

/** The market of a position, and how much of the position may be sold now. */
export async function sellableOf(
  engine: ExitEngine,
  position: PositionRow,
): Promise<{ instrument: Instrument; quantity: Amount }> {
  const instrument = await findInstrument(position.brokerId, position.symbol)
  if (instrument === null)
    throw new TradingError('INVALID_ORDER', `The exchange does not list ${position.symbol}.`, { outcome: 'NOT_SENT' })
  const balances = await engine.fundsOf(position.brokerId)
  const free = balances.find(({ asset }) => asset === instrument.baseAsset)?.free ?? ZERO
  return { instrument, quantity: min(free, position.quantity) }
}

/** Cancels exits, unless what was wanted has moved on since the caller read it: what stands may be the new pair by then. */
export async function cancelExits(
  engine: ExitEngine,
  { id }: PositionRow,
  { webhookId, placed }: WantedExits,
  live: JournaledOrder[],
): Promise<void> {
  for (const order of live)
    await cancelOrder(engine.bus, order.clientOrderId, engine.clock(), async (tx) => {
      await lockPosition(tx, id)
      const now = await readWantedExits(id, tx)
      if (now?.webhookId !== webhookId || (now.placed === null) !== (placed === null))
        throw new Overtaken('what is wanted has moved on')
    })
}

const isKept = ({ status, isEmulated, releasedAt }: JournaledOrder): boolean =>
  status === 'INITIALIZED' && isEmulated === true && releasedAt === undefined
const stands = (order: JournaledOrder): boolean => isOpen(order.status) || isKept(order)
/** Refused by the exchange or by us, and not because somebody wanted it gone. */
const isRefused = ({ status, cancelRequestedAt }: JournaledOrder): boolean =>
  (status === 'REJECTED' || status === 'DENIED') && cancelRequestedAt === undefined

/** The stop and target among orders that protect a position, as far as they stand. */
export function standingExits(protective: JournaledOrder[]): PreviousExits | null {
  const standing = protective.filter(stands)
  const of = (purpose: JournaledOrder['purpose']): JournaledOrder | undefined =>
    standing.find((order) => order.purpose === purpose)
  const [stop, target] = [of('STOP_LOSS'), of('TAKE_PROFIT')]
  const prices = { stopLoss: stop?.stopPrice ?? null, takeProfit: target?.limitPrice ?? target?.stopPrice ?? null }
  if (prices.stopLoss === null && prices.takeProfit === null) return null
  const left = standing.map(({ quantity, filledQuantity }) => (quantity ?? ZERO).minus(filledQuantity))
  return { ...prices, quantity: left.reduce(max, ZERO) }
}

/**
 * Looks what became of the exits that were placed in the place of others. Once they stand there is nothing more to do; when the
 * exchange refuses one of them, those of before are placed again. `live` are the orders that protect the position now.
 */
export async function followExits(
  engine: ExitEngine,
  position: PositionRow,
  wanted: WantedExits,
  live: JournaledOrder[],
): Promise<void> {
  const { placed, previous, webhookId } = wanted
  const orders = await findOrders(placed ?? [])
  const refused = orders.find(isRefused)
  if (refused === undefined || previous === null) {
    const isUnanswered = orders.some(
      (order) => isInFlight(order.status) || (order.status === 'INITIALIZED' && !isKept(order)),
    )
    if (!isUnanswered) await inTransaction((tx) => clearWantedExits(tx, position.id, webhookId))
  } else if (live.length > 0) await cancelExits(engine, position, wanted, live)
  else await restoreExits(engine, position, wanted, previous)
}

/**
 * Places the exits of before again, at the prices that they had, for what may be sold now. `told` writes what the user hears of
 * it, in the same transaction.
 * @throws TradingError when the market's rules do not let them; then nothing is written.
 */
export async function placeAgain(
  engine: ExitEngine,
  position: PositionRow,
  webhookId: string,
  { stopLoss, takeProfit, quantity }: PreviousExits,
  told: (tx: Queryable) => Promise<void>,
): Promise<void> {
  const { instrument, quantity: sellable } = await sellableOf(engine, position)
  const terms = { quantity: min(sellable, quantity), stopLoss, takeProfit }
  await placeExits(engine, exitOwnerOf(engine, position, webhookId), instrument, terms, async (tx, ids) => {
    await confirmStill(tx, position, ids)
    if (!(await clearWantedExits(tx, position.id, webhookId))) throw new Overtaken('another look was first')
    await setExits(tx, position.id, stopLoss, takeProfit)
    await told(tx)
  })
}

/** Those of before, because the new ones were refused. */
export async function restoreExits(
  engine: ExitEngine,
  position: PositionRow,
  { webhookId }: WantedExits,
  previous: PreviousExits,
  reason?: string,
): Promise<void> {
  await placeAgain(engine, position, webhookId, previous, async (tx) => {
    await explainFailure(tx, webhookId, RESTORED, reason)
    await queueWebhookAlert(tx, webhookId, null, engine.clock())
  })
  engine.log.warn({ positionId: position.id, webhookId }, 'the stop and target of before were placed again')
}
