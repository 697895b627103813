import { queueWebhookAlert } from '@/lib/db/alert-outbox-repository'
import { findBroker } from '@/lib/db/broker-repository'
import { findLiveOfPosition, isBehind } from '@/lib/db/order-repository'
import { findPosition, lockPosition, type PositionRow, setExits } from '@/lib/db/position-repository'
import { inTransaction, refusedBy } from '@/lib/db/transaction'
import {
  clearWantedExits,
  type PreviousExits,
  readWantedExits,
  setPlacedExits,
  setWantedExits,
  type WantedExits,
  type WantedSale,
} from '@/lib/db/wanted-exit-repository'
import { explainFailure, holdWebhook, settleWebhook } from '@/lib/db/webhook-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { HUNDRED } from '@/lib/domain/money/decimal'
import { isProtective } from '@/lib/domain/order/journal'
import { confirmStill, Overtaken } from '@/lib/use-cases/advance-run'
import { keepStop, leaveFlat } from '@/lib/use-cases/keep-exits'
import { placeExits } from '@/lib/use-cases/place-exits'
import {
  cancelExits,
  type ExitEngine,
  exitOwnerOf,
  followExits,
  NEW_WISH,
  placeAgain,
  placeLost,
  restoreExits,
  sellableOf,
  standingExits,
  UNPROTECTED,
} from '@/lib/use-cases/restore-exits'
import { advanceSale } from '@/lib/use-cases/sell-protected'

const CLOSED = 'The position was closed before its stop and target could be changed.'
const CLOSED_UNSOLD = 'The position was closed before it could be sold.'
const OVERTAKEN = 'A later alert took its place before it was carried out.'

/** Notes what an alert wants for a position, from what protects it now; advanceExits does the rest. */
async function want(
  positionId: string,
  webhookId: string,
  wanted: (previous: PreviousExits | null) => Pick<WantedExits, 'stopLoss' | 'takeProfit' | 'sizePercent' | 'sale'>,
  now: EpochMs,
): Promise<void> {
  await inTransaction(async (tx) => {
    await lockPosition(tx, positionId)
    // Given back meanwhile, because this process stood still: another one works on it, or has done so.
    if (!(await holdWebhook(tx, webhookId))) return
    const standing = standingExits((await findLiveOfPosition(positionId, tx)).filter(isProtective))
    const earlier = await readWantedExits(positionId, tx)
    // Where an earlier alert's exchange is under way, what stood before that.
    const previous = standing ?? earlier?.previous ?? null
    // Its exchange did not answer for so long that those behind it did not wait any more.
    if (
      earlier !== null &&
      earlier.webhookId !== webhookId &&
      (await settleWebhook(tx, earlier.webhookId, { status: 'FAILED', reason: OVERTAKEN }))
    )
      await queueWebhookAlert(tx, earlier.webhookId, null, now)
    await setWantedExits(tx, positionId, { ...NEW_WISH, ...wanted(previous), webhookId, previous })
  })
}

/** Notes which stop and target an alert (MAJ) wants for a position, and which it had. */
export const wantExits = (
  positionId: string,
  webhookId: string,
  terms: Pick<WantedExits, 'stopLoss' | 'takeProfit' | 'sizePercent'>,
  now: EpochMs,
): Promise<void> => want(positionId, webhookId, () => ({ ...terms, sale: null }), now)

/** Notes that an alert wants to sell of a position that is protected: the stop and target go first, and come back for the rest. */
export const wantSale = (
  positionId: string,
  webhookId: string,
  sale: Pick<WantedSale, 'sizePercent' | 'placeBefore'>,
  now: EpochMs,
): Promise<void> =>
  want(
    positionId,
    webhookId,
    (previous) => ({
      stopLoss: previous?.stopLoss ?? null,
      takeProfit: previous?.takeProfit ?? null,
      sizePercent: HUNDRED,
      sale: { ...sale, placed: null },
    }),
    now,
  )

/**
 * Takes the one next step of exchanging a position's stop and target for those that an alert (MAJ) asks for: the old ones are
 * canceled, and when they are gone the new ones are placed at once; should the exchange refuse these, the old ones are placed
 * again. A sale of a protected position goes the same way, between the two. What a closed position has left is canceled. Reads
 * everything anew, so that it may be called at any time, any number of times.
 */
export async function advanceExits(engine: ExitEngine, positionId: string): Promise<void> {
  const [wanted, position] = await Promise.all([readWantedExits(positionId), findPosition(positionId)])
  if (position === null || (await isBehind(positionId))) return
  const live = (await findLiveOfPosition(positionId)).filter(isProtective)
  try {
    if (wanted === null) await (position.quantity.isZero() ? leaveFlat : keepStop)(engine, position, live)
    else if (position.quantity.isZero()) await endFlat(engine, position, wanted)
    // It was closed and bought anew since: what was lost is none of this one's.
    else if (wanted.isKept && position.stopLoss === null)
      await inTransaction((tx) => clearWantedExits(tx, position.id, wanted))
    else if (wanted.placed !== null) await followExits(engine, position, wanted, live)
    else if (live.length > 0) await cancelExits(engine, position, wanted, live)
    else if (wanted.sale !== null) await advanceSale(engine, position, wanted, wanted.sale)
    else if (wanted.isRestored && wanted.previous !== null)
      await (wanted.isKept ? placeLost : placeAgain)(engine, position, wanted, wanted.previous)
    else await exchange(engine, position, wanted)
  } catch (error) {
    // Another process was first, or an order came in between: the next look sees that.
    if (error instanceof Overtaken || refusedBy(error) === 'trades_one_order_per_webhook') return
    if (!(error instanceof TradingError) || error.isRetryable || wanted === null) throw error
    engine.log.error({ positionId, webhookId: wanted.webhookId, reason: error.message }, 'the position is unprotected')
    await giveUp(engine, position, wanted, `${UNPROTECTED} ${error.message}`, true).catch((failure: unknown) => {
      if (!(failure instanceof Overtaken)) throw failure
    })
  }
}

/** Nothing is left to be protected; what an alert still wanted is settled. Exits that are left are canceled at the next look. */
async function endFlat(engine: ExitEngine, position: PositionRow, wanted: WantedExits): Promise<void> {
  if (wanted.sale?.placed != null) await inTransaction((tx) => clearWantedExits(tx, position.id, wanted))
  else await giveUp(engine, position, wanted, wanted.sale === null ? CLOSED : CLOSED_UNSOLD, false)
}

async function exchange(engine: ExitEngine, position: PositionRow, wanted: WantedExits): Promise<void> {
  const { webhookId, stopLoss, takeProfit, previous } = wanted
  const { instrument, quantity } = await sellableOf(engine, position)
  const terms = { quantity: quantity.times(wanted.sizePercent).div(HUNDRED), stopLoss, takeProfit }
  const owner = { ...exitOwnerOf(engine, position, webhookId), webhookId }
  try {
    await placeExits(engine, owner, instrument, terms, async (tx, ids) => {
      await confirmStill(tx, position, ids)
      if (!(await setPlacedExits(tx, position.id, wanted, ids, false))) throw new Overtaken('another look was first')
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
  const unprotected = isUnprotected ? { broker: (await findBroker(brokerId))?.name ?? '', symbol, reason } : null
  await inTransaction(async (tx) => {
    await lockPosition(tx, position.id)
    if (!(await clearWantedExits(tx, position.id, wanted))) return
    // Another look has placed them meanwhile, and this one did not see the coins that they hold.
    if (isUnprotected && (await findLiveOfPosition(position.id, tx)).some(isProtective))
      throw new Overtaken('another look was first')
    if (isUnprotected) await setExits(tx, position.id, null, null)
    // Of those that were placed the webhook is settled; what became of them stands with their orders. So is a sale.
    const isNews = await settleWebhook(tx, wanted.webhookId, { status: 'FAILED', reason, brokerId })
    if (!isNews && isUnprotected && wanted.sale === null && !wanted.isKept)
      await explainFailure(tx, wanted.webhookId, reason)
    if (isNews || isUnprotected) await queueWebhookAlert(tx, wanted.webhookId, unprotected, engine.clock())
  })
}
