import { queueWebhookAlert } from '@/lib/db/alert-outbox-repository'
import { findBroker } from '@/lib/db/broker-repository'
import { findLiveOfPosition, isBehind } from '@/lib/db/order-repository'
import { findPosition, lockPosition, type PositionRow, setExits } from '@/lib/db/position-repository'
import { inTransaction, refusedBy } from '@/lib/db/transaction'
import {
  clearWantedExits,
  readWantedExits,
  setPlacedExits,
  setWantedExits,
  type WantedExits,
} from '@/lib/db/wanted-exit-repository'
import { explainFailure, settleWebhook } from '@/lib/db/webhook-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { isProtective } from '@/lib/domain/order/journal'
import { confirmUnchanged, Overtaken } from '@/lib/use-cases/advance-run'
import { placeExits } from '@/lib/use-cases/place-exits'
import {
  cancelExits,
  type ExitEngine,
  exitOwnerOf,
  followExits,
  restoreExits,
  sellableOf,
  standingExits,
} from '@/lib/use-cases/restore-exits'

/** Notes which stop and target an alert (MAJ) wants for a position, and which it had; advanceExits does the rest. */
export async function wantExits(positionId: string, wanted: Omit<WantedExits, 'previous' | 'placed'>): Promise<void> {
  const standing = standingExits((await findLiveOfPosition(positionId)).filter(isProtective))
  await inTransaction(async (tx) => {
    await lockPosition(tx, positionId)
    // Where an earlier alert's exchange is under way, what stood before that.
    const previous = standing ?? (await readWantedExits(positionId, tx))?.previous ?? null
    await setWantedExits(tx, positionId, { ...wanted, previous, placed: null })
  })
}

/**
 * Takes the one next step of exchanging a position's stop and target for those that an alert (MAJ) asks for: the old ones are
 * canceled, and when they are gone the new ones are placed at once; should the exchange refuse these, the old ones are placed
 * again. Reads everything anew, so that it may be called at any time, any number of times.
 */
export async function advanceExits(engine: ExitEngine, positionId: string): Promise<void> {
  const [wanted, position] = await Promise.all([readWantedExits(positionId), findPosition(positionId)])
  if (wanted === null || position === null || (await isBehind(positionId))) return
  if (position.quantity.isZero()) {
    await giveUp(
      engine,
      position,
      wanted,
      'The position was closed before its stop and target could be changed.',
      false,
    )
    return
  }
  const live = (await findLiveOfPosition(positionId)).filter(isProtective)
  try {
    if (wanted.placed !== null) await followExits(engine, position, wanted, live)
    else if (live.length > 0) await cancelExits(engine, position, wanted, live)
    else await exchange(engine, position, wanted)
  } catch (error) {
    // Another process was first, or an order came in between: the next look sees that.
    if (error instanceof Overtaken || refusedBy(error) === 'trades_one_order_per_webhook') return
    if (!(error instanceof TradingError) || error.isRetryable) throw error
    engine.log.error({ positionId, webhookId: wanted.webhookId, reason: error.message }, 'the position is unprotected')
    await giveUp(engine, position, wanted, `The position has no stop and no target now. ${error.message}`, true)
  }
}

async function exchange(engine: ExitEngine, position: PositionRow, wanted: WantedExits): Promise<void> {
  const { webhookId, stopLoss, takeProfit, previous } = wanted
  const { instrument, quantity } = await sellableOf(engine, position)
  const terms = { quantity: quantity.times(wanted.sizePercent).div(100), stopLoss, takeProfit }
  const owner = { ...exitOwnerOf(engine, position, webhookId), webhookId }
  try {
    await placeExits(engine, owner, instrument, terms, async (tx, ids) => {
      await confirmUnchanged(tx, position, ids)
      if (!(await setPlacedExits(tx, position.id, webhookId, ids))) throw new Overtaken('another look was first')
      await setExits(tx, position.id, stopLoss, takeProfit)
      await settleWebhook(tx, webhookId, { status: 'EXECUTED', brokerId: position.brokerId })
    })
  } catch (error) {
    // Less is free than when the alert came: the market's rules refuse the new ones now.
    if (!(error instanceof TradingError) || error.isRetryable || previous === null) throw error
    await restoreExits(engine, position, wanted, previous, error.message)
  }
}

async function giveUp(
  engine: ExitEngine,
  position: PositionRow,
  wanted: WantedExits,
  reason: string,
  isUnprotected: boolean,
): Promise<void> {
  const { brokerId, symbol } = position
  const unprotected = isUnprotected ? { broker: (await findBroker(brokerId))?.name ?? '', symbol } : null
  await inTransaction(async (tx) => {
    if (!(await clearWantedExits(tx, position.id, wanted.webhookId))) return
    // Of those that were placed the webhook is settled; what became of them stands with their orders.
    const isNews = await settleWebhook(tx, wanted.webhookId, { status: 'FAILED', reason, brokerId })
    if (!isNews && isUnprotected) await explainFailure(tx, wanted.webhookId, reason)
    if (isNews || isUnprotected) await queueWebhookAlert(tx, wanted.webhookId, unprotected, engine.clock())
  })
}
