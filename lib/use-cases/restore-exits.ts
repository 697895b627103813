import { queueWebhookAlert } from '@/lib/db/alert-outbox-repository'
import { findRestingSales } from '@/lib/db/exit-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { findOrders } from '@/lib/db/order-repository'
import { lockPosition, type PositionRow, setExits } from '@/lib/db/position-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import {
  clearWantedExits,
  type PreviousExits,
  readWantedExits,
  setPlacedExits,
  setWantedExits,
  type WantedExits,
} from '@/lib/db/wanted-exit-repository'
import { explainFailure } from '@/lib/db/webhook-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, HUNDRED, max, min, ZERO } from '@/lib/domain/money/decimal'
import type { JournaledOrder, OrderDraft } from '@/lib/domain/order/journal'
import { applyMarketRules } from '@/lib/domain/order/rules'
import { isInFlight } from '@/lib/domain/order/status'
import { newClientOrderId } from '@/lib/platform/ids'
import { confirmQuantity, confirmStill, Overtaken } from '@/lib/use-cases/advance-run'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { type ExitOwner, placeExits } from '@/lib/use-cases/place-exits'
import type { FundsReader } from '@/lib/use-cases/free-funds'
import { placeOrder } from '@/lib/use-cases/place-order'
import type { RunEngine } from '@/lib/use-cases/run-engine'

export interface ExitEngine extends RunEngine {
  fundsOf: FundsReader
}

const SEND_WITHIN_MS = 30_000
export const UNPROTECTED = 'The position has no stop and no target now.'
const RESTORED = 'The new stop and target were refused, those of before stand again.'

/** What is wanted, of which nothing is done yet. */
export const NEW_WISH = { placed: null, isRestored: false, isKept: false, attempts: 0 }

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

/** The market of a position, and how much of its base asset the account has. */
async function coinsOf(
  engine: ExitEngine,
  { brokerId, symbol }: PositionRow,
): Promise<{ instrument: Instrument; free: Amount; total: Amount }> {
  const instrument = await findInstrument(brokerId, symbol)
  if (instrument === null)
    throw new TradingError('INVALID_ORDER', `The exchange does not list ${symbol}.`, { outcome: 'NOT_SENT' })
  const balance = (await engine.fundsOf(brokerId)).find(({ asset }) => asset === instrument.baseAsset)
  return { instrument, free: balance?.free ?? ZERO, total: balance?.total ?? ZERO }
}

/** The market of a position, and how much of the position may be sold now. */
export async function sellableOf(
  engine: ExitEngine,
  position: PositionRow,
): Promise<{ instrument: Instrument; quantity: Amount }> {
  const { instrument, free } = await coinsOf(engine, position)
  return { instrument, quantity: min(free, position.quantity) }
}

const leftOf = ({ quantity, filledQuantity }: JournaledOrder): Amount => (quantity ?? ZERO).minus(filledQuantity)

/**
 * How much of the base asset of a market could be sold if the stop and target of the account's position were gone: they hold it
 * at some exchanges, and not at others; sales that wait for their price hold it everywhere.
 */
export async function availableOf(engine: ExitEngine, brokerId: string, instrument: Instrument): Promise<Amount> {
  const [balances, resting] = await Promise.all([
    engine.fundsOf(brokerId),
    findRestingSales(brokerId, instrument.symbol),
  ])
  const held = balances.find(({ asset }) => asset === instrument.baseAsset)?.total ?? ZERO
  return resting.reduce((rest, order) => max(ZERO, rest.minus(leftOf(order))), held)
}

/**
 * Cancels exits, unless what was wanted has moved on since the caller read it: what stands may be the new pair by then. Asked
 * once: the gateway repeats it.
 */
export async function cancelExits(
  engine: ExitEngine,
  { id }: PositionRow,
  { webhookId, placed }: WantedExits,
  live: JournaledOrder[],
): Promise<void> {
  for (const order of live.filter(({ cancelRequestedAt }) => cancelRequestedAt === undefined))
    await cancelOrder(engine.bus, order.clientOrderId, engine.clock(), async (tx) => {
      await lockPosition(tx, id)
      const now = await readWantedExits(id, tx)
      if (now?.webhookId !== webhookId || JSON.stringify(now.placed) !== JSON.stringify(placed))
        throw new Overtaken('what is wanted has moved on')
    })
}

/** Kept here until its price comes. */
export const isKept = ({ status, isEmulated, releasedAt }: JournaledOrder): boolean =>
  status === 'INITIALIZED' && isEmulated === true && releasedAt === undefined
/** Refused by the exchange or by us, and not because somebody wanted it gone. */
const isRefused = ({ status, cancelRequestedAt }: JournaledOrder): boolean =>
  (status === 'REJECTED' || status === 'DENIED') && cancelRequestedAt === undefined

/** The stop and target among live orders that protect a position, as far as nobody wants them gone. */
export function standingExits(protective: JournaledOrder[]): PreviousExits | null {
  const standing = protective.filter(({ cancelRequestedAt }) => cancelRequestedAt === undefined)
  const of = (purpose: JournaledOrder['purpose']): JournaledOrder | undefined =>
    standing.find((order) => order.purpose === purpose)
  const [stop, target] = [of('STOP_LOSS'), of('TAKE_PROFIT')]
  const prices = { stopLoss: stop?.stopPrice ?? null, takeProfit: target?.limitPrice ?? target?.stopPrice ?? null }
  if (prices.stopLoss === null && prices.takeProfit === null) return null
  return { ...prices, quantity: standing.map(leftOf).reduce(max, ZERO) }
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
  const { placed, previous, isRestored } = wanted
  const orders = await findOrders(placed ?? [])
  const refused = orders.find(isRefused)
  if (refused === undefined || previous === null) {
    const isUnanswered = orders.some(
      (order) => isInFlight(order.status) || (order.status === 'INITIALIZED' && !isKept(order)),
    )
    if (!isUnanswered) await inTransaction((tx) => clearWantedExits(tx, position.id, wanted))
  } else if (live.length > 0) await cancelExits(engine, position, wanted, live)
  else if (isRestored) await keepExits(engine, position, wanted, previous, refused)
  else await restoreExits(engine, position, wanted, previous)
}

/** Sales of ours of a position that hold its coins, other than its stop and target. */
const ownRestingSales = async ({ id, brokerId, symbol }: PositionRow): Promise<JournaledOrder[]> =>
  (await findRestingSales(brokerId, symbol)).filter(
    ({ positionId, source }) => positionId === id && source !== 'EXTERNAL',
  )

const MAKES_ROOM_WITHIN_MS = 60_000

/** Is one of them being canceled? What it holds is free in a moment. */
const isMakingRoom = (resting: JournaledOrder[], now: EpochMs): boolean =>
  resting.some(({ cancelRequestedAt = 0 }) => now - cancelRequestedAt < MAKES_ROOM_WITHIN_MS)

/**
 * Places the exits of before again, at the prices that they had, for so much of the position as may have them now. `told` writes
 * what the user hears of it, in the same transaction. They are followed until they stand. False while a sale of ours that
 * holds coins of the position is being canceled.
 * @throws TradingError when the market's rules do not let them; then nothing is written.
 */
export async function placeAgain(
  engine: ExitEngine,
  position: PositionRow,
  wanted: WantedExits,
  { stopLoss, takeProfit, quantity }: PreviousExits,
  told: (tx: Queryable) => Promise<void> = () => Promise.resolve(),
): Promise<boolean> {
  if (isMakingRoom(await ownRestingSales(position), engine.clock())) return false
  const { stopFunds } = await engine.capabilitiesOf(position.brokerId)
  const { instrument, free, total } = await coinsOf(engine, position)
  const coins = stopFunds === 'FREE' && stopLoss !== null ? total : free
  const owner = exitOwnerOf(engine, position, wanted.webhookId)
  const terms = { quantity: min(min(coins, position.quantity), quantity), stopLoss, takeProfit }
  await placeExits(engine, owner, instrument, terms, async (tx, ids) => {
    await confirmStill(tx, position, ids)
    if (!(await setPlacedExits(tx, position.id, wanted, ids, true))) throw new Overtaken('another look was first')
    await setExits(tx, position.id, stopLoss, takeProfit)
    await told(tx)
  })
  return true
}

/** Those of before, because the new ones were refused. */
export async function restoreExits(
  engine: ExitEngine,
  position: PositionRow,
  wanted: WantedExits,
  previous: PreviousExits,
  reason?: string,
): Promise<void> {
  const { webhookId } = wanted
  const isPlaced = await placeAgain(engine, position, wanted, previous, async (tx) => {
    await explainFailure(tx, webhookId, RESTORED, reason)
    await queueWebhookAlert(tx, webhookId, null, engine.clock())
  })
  if (isPlaced)
    engine.log.warn({ positionId: position.id, webhookId }, 'the stop and target of before were placed again')
}

/** Has the market come to the price of the stop or the target? */
export async function isPassed(
  engine: ExitEngine,
  { brokerId, symbol }: PositionRow,
  { stopLoss, takeProfit }: Pick<PreviousExits, 'stopLoss' | 'takeProfit'>,
): Promise<boolean> {
  const { lastPrice } = await engine.gateway.call(brokerId, 'get_ticker', { symbol })
  return stopLoss?.gte(lastPrice) === true || takeProfit?.lte(lastPrice) === true
}

/**
 * What protected a position was lost: it is placed again. Where the market has come to its prices meanwhile, it has come to what
 * it was for: the position is sold.
 * @throws TradingError when the market's rules let neither.
 */
export async function placeLost(
  engine: ExitEngine,
  position: PositionRow,
  wanted: WantedExits,
  previous: PreviousExits,
): Promise<void> {
  if (await isPassed(engine, position, previous)) await sellPassed(engine, position, wanted, previous)
  else await placeAgain(engine, position, wanted, previous)
}

/**
 * What protected a position was refused when it was placed again. Where the market has passed its prices meanwhile, it has come to
 * what it was for: the position is sold. What could not be sent in time is placed once more.
 * @throws TradingError when neither is the reason: the position has no stop and no target then.
 */
async function keepExits(
  engine: ExitEngine,
  position: PositionRow,
  wanted: WantedExits,
  previous: PreviousExits,
  refused: JournaledOrder,
): Promise<void> {
  if (await isPassed(engine, position, previous)) return sellPassed(engine, position, wanted, previous)
  if (engine.clock() - refused.createdAt < SEND_WITHIN_MS)
    throw new TradingError('INVALID_ORDER', 'The exchange refused those of before, too.', { outcome: 'REFUSED' })
  await placeAgain(engine, position, wanted, previous)
}

/** A market that takes so little so often takes no more. */
const MOST_ATTEMPTS = 5

/**
 * Sells what a stop or a target was to sell. Sales of ours that wait for a better price and hold its coins are canceled first. What
 * the market does not take of it is looked at again, as after any sale.
 */
async function sellPassed(
  engine: ExitEngine,
  position: PositionRow,
  wanted: WantedExits,
  previous: PreviousExits,
): Promise<void> {
  if (wanted.attempts >= MOST_ATTEMPTS)
    throw new TradingError('INVALID_ORDER', 'The market did not take what they were to sell.', { outcome: 'REFUSED' })
  const resting = await ownRestingSales(position)
  if (isMakingRoom(resting, engine.clock())) return
  const { instrument, quantity: sellable } = await sellableOf(engine, position)
  const quantity = min(sellable, previous.quantity)
  const holding = resting.filter(({ type, cancelRequestedAt }) => type !== 'MARKET' && cancelRequestedAt === undefined)
  if (quantity.lt(previous.quantity) && holding.length > 0) {
    for (const order of holding)
      await cancelOrder(engine.bus, order.clientOrderId, engine.clock(), (tx) => confirmQuantity(tx, position))
    return
  }
  const request = { clientOrderId: newClientOrderId(), symbol: position.symbol, side: 'SELL', type: 'MARKET' } as const
  const draft: OrderDraft = {
    ...applyMarketRules({ ...request, quantity }, instrument),
    ...exitOwnerOf(engine, position, wanted.webhookId),
    purpose: 'EXIT',
  }
  const now = engine.clock()
  await placeOrder({ bus: engine.bus, now }, draft, async (tx) => {
    await confirmStill(tx, position, [draft.clientOrderId])
    if (!(await clearWantedExits(tx, position.id, wanted))) throw new Overtaken('another look was first')
    // What others hold of it is left, too.
    const placed = { clientOrderId: draft.clientOrderId, held: min(position.quantity, previous.quantity) }
    const sale = { sizePercent: HUNDRED, placeBefore: now, placed }
    await setWantedExits(tx, position.id, { ...wanted, placed: null, attempts: wanted.attempts + 1, previous, sale })
  })
  engine.log.warn({ positionId: position.id }, 'the price has passed a stop or a target that could not be placed: sold')
}
