import { queueWebhookAlert } from '@/lib/db/alert-outbox-repository'
import { findBroker } from '@/lib/db/broker-repository'
import { findLastExits, findRestingSales } from '@/lib/db/exit-repository'
import { findLiveOfPosition } from '@/lib/db/order-repository'
import { lockPosition, type PositionRow, setExits } from '@/lib/db/position-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import { type PreviousExits, readWantedExits, setWantedExits } from '@/lib/db/wanted-exit-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { HUNDRED, ZERO } from '@/lib/domain/money/decimal'
import { isProtective, type JournaledOrder } from '@/lib/domain/order/journal'
import { confirmQuantity, confirmStill } from '@/lib/use-cases/advance-run'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { type ExitEngine, isKept, isPassed, NEW_WISH, standingExits, UNPROTECTED } from '@/lib/use-cases/restore-exits'

// What becomes of an alert's stop and target when nobody asks for a change of them: they end with their position, come back
// when they are lost, and shrink with what they protect.

/** A position of the account's own that was closed by somebody else: an alert's stop would sell the next one. */
export async function leaveFlat(engine: ExitEngine, position: PositionRow, live: JournaledOrder[]): Promise<void> {
  if (position.runId !== undefined) return
  for (const order of live.filter(
    ({ source, cancelRequestedAt }) => source === 'WEBHOOK' && cancelRequestedAt === undefined,
  ))
    await cancelOrder(engine.bus, order.clientOrderId, engine.clock(), (tx) => confirmQuantity(tx, position))
}

/** Ended by the exchange, and by nobody's wish. What fired and was executed in part is canceled by no person. */
const isLost = ({ status, cancelRequestedAt, filledQuantity }: JournaledOrder): boolean =>
  cancelRequestedAt === undefined &&
  (['REJECTED', 'DENIED', 'EXPIRED'].includes(status) || (status === 'CANCELED' && filledQuantity.gt(0)))

/** It fired, for which its stop was canceled, and was lost itself. */
const isLostTarget = (order: JournaledOrder): boolean =>
  order.purpose === 'TAKE_PROFIT' && order.triggeredAt !== undefined && isLost(order)

/** Ended at the exchange, for no wish that is known here: somebody canceled it there, or it fired in vain (KuCoin). */
const isWithdrawn = ({ status, cancelRequestedAt, filledQuantity }: JournaledOrder): boolean =>
  status === 'CANCELED' && cancelRequestedAt === undefined && filledQuantity.isZero()

/** So long after its end a stop may have fired in vain: the market is at its price. Later that says nothing. */
const FIRED_WITHIN_MS = 2000

/** What is lost so soon after it was placed, and sold nothing, would be lost again. */
const LOST_AT_ONCE_MS = 60_000

/**
 * A position of the account's own whose stop is gone: a stop that fired and failed, one that the exchange ended when the target
 * was executed in part, or one that was canceled for a target that failed. It is wanted again for what is left, once the other
 * leg has ended, too. Where it was executed or canceled from here it is over; where it was canceled elsewhere the user is told.
 */
export async function keepStop(engine: ExitEngine, position: PositionRow, live: JournaledOrder[]): Promise<void> {
  if (position.runId !== undefined || position.stopLoss === null) return
  if (live.some(({ purpose }) => purpose === 'STOP_LOSS')) return fitExits(engine, position, live)
  const { id, stopLoss, takeProfit } = position
  const last = await findLastExits(id)
  const stop = last.find(({ purpose }) => purpose === 'STOP_LOSS')
  const webhookId = webhookOf(stop)
  const left = last.reduce((rest, order) => rest.minus(order.filledQuantity), stop?.quantity ?? ZERO)
  if (stop === undefined || webhookId === undefined || left.lte(0)) return endExits(engine, position, null)
  const isReached = (exits: Pick<PreviousExits, 'stopLoss' | 'takeProfit'>): Promise<boolean> =>
    isPassed(engine, position, exits).catch((error: unknown) => {
      // A market that tells no price any more.
      if (error instanceof TradingError && !error.isRetryable) return false
      throw error
    })
  if (!isLost(stop) && !last.some(isLostTarget)) {
    if (!isWithdrawn(stop)) return endExits(engine, position, null)
    if (engine.clock() - (stop.closedAt ?? 0) > FIRED_WITHIN_MS) return endExits(engine, position, webhookId)
    if (!(await isReached({ stopLoss, takeProfit: null }))) return
  }
  const others = live.filter(({ groupId }) => stop.groupId !== undefined && groupId === stop.groupId)
  if (others.length > 0) {
    for (const order of others.filter(({ cancelRequestedAt }) => cancelRequestedAt === undefined))
      await cancelOrder(engine.bus, order.clientOrderId, engine.clock(), (tx) => confirmQuantity(tx, position))
    return
  }
  const hasSold = stop.quantity?.gt(left) === true
  const isTooSoon = !hasSold && engine.clock() - stop.createdAt < LOST_AT_ONCE_MS
  if (isTooSoon && !(await isReached(position))) return endExits(engine, position, webhookId)
  await inTransaction(async (tx) => {
    if (await isStillBare(tx, position)) await wantAgain(tx, id, webhookId, { stopLoss, takeProfit, quantity: left })
  })
  engine.log.warn({ positionId: id }, 'a stop was lost: it is placed again')
}

/** The alert whose stop or target this is. */
const webhookOf = (order: JournaledOrder | undefined): string | undefined =>
  /^webhook-(\d+)$/.exec(order?.correlationId ?? '')?.[1]

/** Wants these again, at the prices that they have, or had. */
const wantAgain = (tx: Queryable, positionId: string, webhookId: string, previous: PreviousExits): Promise<void> => {
  const { stopLoss, takeProfit } = previous
  const terms = { stopLoss, takeProfit, sizePercent: HUNDRED, previous, sale: null }
  return setWantedExits(tx, positionId, { ...NEW_WISH, ...terms, webhookId, isRestored: true, isKept: true })
}

/** Waits for its price, untouched and wanted by its user. */
const isWaiting = (order: JournaledOrder): boolean =>
  (order.status === 'ACCEPTED' || isKept(order)) &&
  order.filledQuantity.isZero() &&
  order.cancelRequestedAt === undefined

/**
 * A position of which somebody else has sold a part: an exchange that holds no coins for a stop lets it stand for more than is
 * left, and would refuse it when it fires. Stop and target are exchanged for those of what is left. One that is being executed
 * is not touched.
 */
async function fitExits(engine: ExitEngine, position: PositionRow, live: JournaledOrder[]): Promise<void> {
  const stop = live.find(({ purpose }) => purpose === 'STOP_LOSS')
  const webhookId = webhookOf(stop)
  if (stop?.source !== 'WEBHOOK' || webhookId === undefined || stop.quantity?.gt(position.quantity) !== true) return
  const [pair, resting] = await Promise.all([
    findLastExits(position.id),
    findRestingSales(position.brokerId, position.symbol),
  ])
  // What they hold could not be protected anew. When they have ended it is looked at again.
  if (resting.length > 0) return
  const standing = standingExits(live)
  if (standing === null || !live.every(isWaiting) || !pair.every(({ filledQuantity }) => filledQuantity.isZero()))
    return
  const isWanted = await inTransaction(async (tx) => {
    const all = await findLiveOfPosition(position.id, tx)
    // A sale at market that is under way sells more of it in a moment.
    if (all.some(({ type }) => type === 'MARKET') || !all.filter(isProtective).every(isWaiting)) return false
    await confirmStill(
      tx,
      position,
      live.map(({ clientOrderId }) => clientOrderId),
    )
    if ((await readWantedExits(position.id, tx)) !== null) return false
    await wantAgain(tx, position.id, webhookId, { ...standing, quantity: position.quantity })
    return true
  })
  if (isWanted) engine.log.info({ positionId: position.id }, 'a part of the position was sold: stop and target follow')
}

/** Nobody has wanted or placed anything since the position was read. Holds it still. */
async function isStillBare(tx: Queryable, { id, stopLoss, quantity }: PositionRow): Promise<boolean> {
  const now = await lockPosition(tx, id)
  if (stopLoss === null || now?.stopLoss?.eq(stopLoss) !== true || !now.quantity.eq(quantity)) return false
  return (await readWantedExits(id, tx)) === null && !(await findLiveOfPosition(id, tx)).some(isProtective)
}

/** The stop of a position is over; told of where it was lost (then by the alert that had placed it). */
async function endExits(engine: ExitEngine, position: PositionRow, lostOf: string | null): Promise<void> {
  const { id, brokerId, symbol } = position
  const broker = lostOf === null ? '' : ((await findBroker(brokerId))?.name ?? '')
  await inTransaction(async (tx) => {
    if (!(await isStillBare(tx, position))) return
    await setExits(tx, id, null, null)
    if (lostOf !== null) await queueWebhookAlert(tx, lostOf, { broker, symbol, reason: UNPROTECTED }, engine.clock())
  })
}
