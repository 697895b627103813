import { queueWebhookAlert } from '@/lib/db/alert-outbox-repository'
import { findBroker } from '@/lib/db/broker-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { findLiveOfPosition, isBehind } from '@/lib/db/order-repository'
import { findPosition, lockPosition, type PositionRow, setExits } from '@/lib/db/position-repository'
import { inTransaction, refusedBy } from '@/lib/db/transaction'
import { clearWantedExits, readWantedExits, type WantedExits } from '@/lib/db/wanted-exit-repository'
import { settleWebhook } from '@/lib/db/webhook-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { min, ZERO } from '@/lib/domain/money/decimal'
import { confirmUnchanged, Overtaken } from '@/lib/use-cases/advance-run'
import type { RunEngine } from '@/lib/use-cases/run-engine'
import { isProtective, type JournaledOrder } from '@/lib/domain/order/journal'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import type { FundsReader } from '@/lib/use-cases/free-funds'
import { placeExits } from '@/lib/use-cases/place-exits'

export interface ExitEngine extends RunEngine {
  fundsOf: FundsReader
}

const SEND_WITHIN_MS = 30_000

/**
 * Takes the one next step of exchanging a position's stop and target for those that an alert (MAJ) asks for: the old ones are
 * canceled, and when they are gone the new ones are placed at once. Reads everything anew, so that it may be called at any
 * time, any number of times.
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
    if (live.length > 0) await cancelOld(engine, position, wanted, live)
    else await exchange(engine, position, wanted)
  } catch (error) {
    // Another process was first, or an order came in between: the next look sees that.
    if (error instanceof Overtaken || refusedBy(error) === 'trades_one_order_per_webhook') return
    if (!(error instanceof TradingError) || error.isRetryable) throw error
    engine.log.error({ positionId, webhookId: wanted.webhookId, reason: error.message }, 'the position is unprotected')
    await giveUp(engine, position, wanted, `The position has no stop and no target now. ${error.message}`, true)
  }
}

async function cancelOld(
  engine: ExitEngine,
  { id }: PositionRow,
  { webhookId }: WantedExits,
  live: JournaledOrder[],
): Promise<void> {
  for (const order of live)
    await cancelOrder(engine.bus, order.clientOrderId, engine.clock(), async (tx) => {
      await lockPosition(tx, id)
      // What stands may be the new pair already, placed by another look since this one read what is wanted.
      if ((await readWantedExits(id, tx))?.webhookId !== webhookId) throw new Overtaken('the new pair is placed')
    })
}

async function exchange(engine: ExitEngine, position: PositionRow, wanted: WantedExits): Promise<void> {
  const instrument = await findInstrument(position.brokerId, position.symbol)
  if (instrument === null)
    throw new TradingError('INVALID_ORDER', `The exchange does not list ${position.symbol}.`, { outcome: 'NOT_SENT' })
  const balances = await engine.fundsOf(position.brokerId)
  const free = balances.find(({ asset }) => asset === instrument.baseAsset)?.free ?? ZERO
  const { webhookId, stopLoss, takeProfit } = wanted
  const terms = { quantity: min(free, position.quantity).times(wanted.sizePercent).div(100), stopLoss, takeProfit }
  const owner = {
    userId: position.userId,
    brokerId: position.brokerId,
    symbol: position.symbol,
    positionId: position.id,
    source: 'WEBHOOK' as const,
    webhookId,
    correlationId: `webhook-${webhookId}`,
    sendBefore: engine.clock() + SEND_WITHIN_MS,
  }
  await placeExits(engine, owner, instrument, terms, async (tx, ids) => {
    await confirmUnchanged(tx, position, ids)
    if (!(await clearWantedExits(tx, position.id, webhookId))) throw new Overtaken('another look was first')
    await setExits(tx, position.id, stopLoss, takeProfit)
    await settleWebhook(tx, webhookId, { status: 'EXECUTED', brokerId: position.brokerId })
  })
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
    if (await settleWebhook(tx, wanted.webhookId, { status: 'FAILED', reason, brokerId }))
      await queueWebhookAlert(tx, wanted.webhookId, unprotected, engine.clock())
  })
}
