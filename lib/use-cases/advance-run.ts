import { readEntryTerms } from '@/lib/db/decision-repository'
import { clearExit, type EngineRun, findRun, requestExit } from '@/lib/db/due-run-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { findLiveOfPosition, hasOtherLive, hasOtherUnderWay, isBehind, lastRefusal } from '@/lib/db/order-repository'
import { findPositionOfRun, lockPosition, type PositionRow, setExits } from '@/lib/db/position-repository'
import { inTransaction, type Queryable, refusedBy } from '@/lib/db/transaction'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type Amount, ONE } from '@/lib/domain/money/decimal'
import { roundToTick } from '@/lib/domain/money/rounding'
import { isProtective, type JournaledOrder, type OrderDraft } from '@/lib/domain/order/journal'
import type { OrderPurpose } from '@/lib/domain/order/order'
import { applyMarketRules } from '@/lib/domain/order/rules'
import { newClientOrderId } from '@/lib/platform/ids'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import type { RunEngine } from '@/lib/use-cases/run-engine'
import { pairingOf, placeExits } from '@/lib/use-cases/place-exits'
import { placeOrder } from '@/lib/use-cases/place-order'

const SEND_WITHIN_MS = 30_000
/** What the exchange refused is not tried again at once: it would be refused again, a hundred times a minute. */
const PROTECT_AGAIN_AFTER_MS = 60_000
const LEAVE_AGAIN_AFTER_MS = 10_000
const PROTECTIVE: OrderPurpose[] = ['STOP_LOSS', 'TAKE_PROFIT']
/** The position is not any more what the step was chosen for. */
export class Overtaken extends Error {}

type Seen = Pick<PositionRow, 'id' | 'quantity'>

/** Holds the position still and makes sure that it is as it was seen. Otherwise what was sold a moment ago is sold again. */
export const confirmUnchanged = (tx: Queryable, seen: Seen, ours: string[]): Promise<void> =>
  confirm(tx, seen, () => hasOtherLive(tx, seen.id, ours))

/** The same for a position that others trade as well: their orders may rest there. */
export const confirmStill = (tx: Queryable, seen: Seen, ours: string[]): Promise<void> =>
  confirm(tx, seen, () => hasOtherUnderWay(tx, seen.id, ours))

async function confirm(tx: Queryable, seen: Seen, isInTheWay: () => Promise<boolean>): Promise<void> {
  await confirmQuantity(tx, seen)
  if ((await isBehind(seen.id, tx)) || (await isInTheWay())) throw new Overtaken('the position changed')
}

/** Holds the position still and makes sure that as much is held as was seen. */
export async function confirmQuantity(tx: Queryable, seen: Seen): Promise<void> {
  const position = await lockPosition(tx, seen.id)
  if (!position?.quantity.eq(seen.quantity)) throw new Overtaken('the position changed')
}

/** What the run's orders have in common. */
const ownerOf = (run: EngineRun, position: PositionRow, now: number) => ({
  userId: run.userId,
  brokerId: run.brokerId,
  symbol: run.symbol,
  runId: run.id,
  strategyId: run.strategyId,
  positionId: position.id,
  source: 'STRATEGY' as const,
  sendBefore: now + SEND_WITHIN_MS,
})

/**
 * Looks where a run stands and takes the one next step towards where it should be: an open position has its stop and its
 * target at the exchange; one that is to be left has them canceled and is then sold; a flat one has no orders left over.
 * It reads everything anew and may be called at any time, any number of times: after a crash it simply goes on.
 */
export async function advanceRun(engine: RunEngine, runId: string): Promise<void> {
  const run = await findRun(runId)
  const position = run && (await findPositionOfRun(runId))
  if (run === null || position === null) return
  const instrument = await findInstrument(run.brokerId, run.symbol)
  if (instrument === null) return
  const live = await findLiveOfPosition(position.id)
  // Executions on their way change what is held; their arrival calls this again.
  if (await isBehind(position.id)) return
  try {
    if (position.quantity.isZero()) await leaveFlat(engine, run, position, live)
    else if (run.exitRequestedAt !== null) await leave(engine, run, position, instrument, live)
    else await protect(engine, run, position, instrument, live)
  } catch (error) {
    // Another process took the same step first, or the position changed under this look: the next look sees that.
    if (!(error instanceof Overtaken) && refusedBy(error) !== 'trades_one_live_purpose') throw error
    engine.log.debug({ runId, reason: String(error) }, 'step taken elsewhere')
  }
}

async function leaveFlat(
  engine: RunEngine,
  run: EngineRun,
  position: PositionRow,
  live: JournaledOrder[],
): Promise<void> {
  for (const order of live.filter(isProtective))
    await cancelOrder(engine.bus, order.clientOrderId, engine.clock(), (tx) => confirmQuantity(tx, position))
  if (run.exitRequestedAt !== null && live.length === 0) await clearExit(run.id)
}

async function leave(
  engine: RunEngine,
  run: EngineRun,
  position: PositionRow,
  instrument: Instrument,
  live: JournaledOrder[],
): Promise<void> {
  // The coins are locked in the protective orders until those are gone.
  const protective = live.filter(isProtective)
  for (const order of protective)
    await cancelOrder(engine.bus, order.clientOrderId, engine.clock(), (tx) => confirmQuantity(tx, position))
  if (live.length > 0 || (await wasRefused(engine, position, ['EXIT'], LEAVE_AGAIN_AFTER_MS))) return
  const now = engine.clock()
  const draft: OrderDraft = {
    ...ownerOf(run, position, now),
    clientOrderId: newClientOrderId(),
    side: 'SELL',
    type: 'MARKET',
    purpose: 'EXIT',
    quantity: position.quantity,
  }
  const ours = [draft.clientOrderId]
  await placeOrder({ bus: engine.bus, now }, { ...draft, ...applyMarketRules(draft, instrument) }, async (tx) => {
    await confirmUnchanged(tx, position, ours)
    await confirmNotRefused(engine, tx, position, ['EXIT'], LEAVE_AGAIN_AFTER_MS, ours)
  })
  engine.log.info({ runId: run.id, reason: run.exitReason }, 'position is being sold')
}

async function protect(
  engine: RunEngine,
  run: EngineRun,
  position: PositionRow,
  instrument: Instrument,
  live: JournaledOrder[],
): Promise<void> {
  if (live.length > 0) return
  const entry = await readEntryTerms(run.id)
  if (entry === null) return
  const { stopLoss, takeProfit } =
    position.stopLoss !== null && position.takeProfit !== null
      ? { stopLoss: position.stopLoss, takeProfit: position.takeProfit }
      : exitPrices(position.averageEntryPrice, entry, instrument)
  const now = engine.clock()
  if (position.stopLoss === null || position.takeProfit === null) {
    await inTransaction((tx) => setExits(tx, position.id, stopLoss, takeProfit))
    void engine.bus.announce('websockets', {
      userId: run.userId,
      event: 'position.changed',
      payload: { positionId: position.id, runId: run.id },
    })
  }
  const pairing = await pairingOf(engine, run.brokerId, instrument)
  if (pairing === 'NONE' || (await wasRefused(engine, position, PROTECTIVE, PROTECT_AGAIN_AFTER_MS))) {
    await watch(engine, run, { ...position, stopLoss, takeProfit })
    return
  }
  const terms = { quantity: position.quantity, stopLoss, takeProfit }
  try {
    await placeExits(engine, ownerOf(run, position, now), instrument, terms, async (tx, ours) => {
      await confirmUnchanged(tx, position, ours)
      await confirmNotRefused(engine, tx, position, PROTECTIVE, PROTECT_AGAIN_AFTER_MS, ours)
      // Its last pair may have been canceled for the way out since the run was read.
      if ((await findRun(run.id, tx))?.exitRequestedAt !== null) throw new Overtaken('the position is to be left')
    })
  } catch (error) {
    if (!(error instanceof TradingError)) throw error
    engine.log.debug(
      { runId: run.id, reason: error.message },
      'the exchange cannot hold the stop: the engine watches it',
    )
    await watch(engine, run, { ...position, stopLoss, takeProfit })
  }
}

async function wasRefused(
  engine: RunEngine,
  position: PositionRow,
  purposes: OrderPurpose[],
  withinMs: number,
  ours?: string[],
  tx?: Queryable,
): Promise<boolean> {
  const at = await lastRefusal(position.id, purposes, ours, tx)
  return at !== null && engine.clock() - at < withinMs
}

/** Another look may have placed the same since the last refusal was looked up, and may have been refused, too. */
async function confirmNotRefused(
  engine: RunEngine,
  tx: Queryable,
  position: PositionRow,
  purposes: OrderPurpose[],
  withinMs: number,
  ours: string[],
): Promise<void> {
  if (await wasRefused(engine, position, purposes, withinMs, ours, tx)) throw new Overtaken('refused a moment ago')
}

/** Asks for the way out when the price is at or through the stop or the target. */
async function watch(engine: RunEngine, run: EngineRun, position: PositionRow): Promise<void> {
  const { stopLoss, takeProfit } = position
  if (stopLoss === null || takeProfit === null) return
  const { lastPrice } = await engine.gateway.call(run.brokerId, 'get_ticker', { symbol: run.symbol })
  const reason = lastPrice.lte(stopLoss)
    ? `Stop loss ${stopLoss.toFixed()} reached at ${lastPrice.toFixed()}`
    : lastPrice.gte(takeProfit)
      ? `Take profit ${takeProfit.toFixed()} reached at ${lastPrice.toFixed()}`
      : null
  if (reason === null) return
  engine.log.info({ runId: run.id, reason }, 'the engine leaves')
  await inTransaction((tx) => requestExit(tx, run.id, reason, engine.clock()))
}

function exitPrices(entry: Amount, terms: { stopLoss: Amount; takeProfit: Amount }, instrument: Instrument) {
  return {
    stopLoss: roundToTick(entry.times(ONE.minus(terms.stopLoss)), instrument.tickSize),
    takeProfit: roundToTick(entry.times(ONE.plus(terms.takeProfit)), instrument.tickSize),
  }
}

/**
 * Compares an open position with its stop and target, independent of signals: what the exchange could not hold, or holds
 * and has not executed although the price is through it, is sold at market.
 */
export async function superviseRun(engine: RunEngine, run: EngineRun): Promise<void> {
  const position = await findPositionOfRun(run.id)
  if (position !== null && position.quantity.gt(0) && run.exitRequestedAt === null) await watch(engine, run, position)
  await advanceRun(engine, run.id)
}
