import { queueWebhookAlert } from '@/lib/db/alert-outbox-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { findOrders } from '@/lib/db/order-repository'
import { type PositionRow, setExits } from '@/lib/db/position-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import { clearWantedExits, setPlacedSale, type WantedExits, type WantedSale } from '@/lib/db/wanted-exit-repository'
import { explainFailure, settleWebhook } from '@/lib/db/webhook-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type Amount, HUNDRED, min, ZERO } from '@/lib/domain/money/decimal'
import { meetsMinNotional } from '@/lib/domain/money/rounding'
import type { OrderDraft } from '@/lib/domain/order/journal'
import { applyMarketRules } from '@/lib/domain/order/rules'
import { isClosed } from '@/lib/domain/order/status'
import { newClientOrderId } from '@/lib/platform/ids'
import { confirmStill, Overtaken } from '@/lib/use-cases/advance-run'
import { placeOrder } from '@/lib/use-cases/place-order'
import { type ExitEngine, exitOwnerOf, placeAgain } from '@/lib/use-cases/restore-exits'

// An alert sells at market of a position whose stop and target are live. Where the exchange holds them, they hold the coins,
// too; where it does not, they would outlive what they protect. So they are canceled, the sale is placed, and what it leaves
// gets them back at their prices. advanceExits takes these steps one by one.

const REFUSED = 'The sale was refused, stop and target stand again.'
const TOO_LATE = 'Stop and target could not be canceled in time for the sale: they stand again.'

/** The step after the stop and target are gone: the sale, or once that is done, the exits of what is left. */
export async function advanceSale(
  engine: ExitEngine,
  position: PositionRow,
  wanted: WantedExits,
  sale: WantedSale,
): Promise<void> {
  if (sale.placed === null) return place(engine, position, wanted, sale)
  const [order] = await findOrders([sale.placed.clientOrderId])
  if (order !== undefined && !isClosed(order.status)) return
  const sold = order?.filledQuantity ?? ZERO
  // What was bought since is none of theirs.
  const left = sale.placed.held.minus(sold)
  const price = sold.isZero() ? null : (order?.filledQuoteQuantity ?? ZERO).div(sold)
  const instrument = await findInstrument(position.brokerId, position.symbol)
  // A stop or target that was sold in place of being placed is over; what it did not cover stays as it is.
  const isInPlace = wanted.attempts > 0
  if (price !== null && instrument !== null && isRemainder(left, price, instrument))
    await endWanted(position, wanted, async (tx) => {
      if (isInPlace) await setExits(tx, position.id, null, null)
    })
  else
    await giveBack(engine, position, wanted, left, async (tx) => {
      if (sold.isZero() && !isInPlace) await explainFailure(tx, wanted.webhookId, REFUSED)
    })
}

/** Is it no more than what a sale of the whole leaves? */
const isRemainder = (quantity: Amount, price: Amount, { minQuantity, minNotional }: Instrument): boolean =>
  quantity.lte(0) || quantity.lt(minQuantity) || !meetsMinNotional(quantity, price, minNotional)

/** Nothing more is wanted; what is told is told in the same transaction. */
const endWanted = (position: PositionRow, wanted: WantedExits, told: (tx: Queryable) => Promise<void>): Promise<void> =>
  inTransaction(async (tx) => {
    if (await clearWantedExits(tx, position.id, wanted)) await told(tx)
  })

/** The position gets its stop and target back, for at most so much of it. */
async function giveBack(
  engine: ExitEngine,
  position: PositionRow,
  wanted: WantedExits,
  quantity: Amount,
  told: (tx: Queryable) => Promise<void>,
): Promise<void> {
  const { previous } = wanted
  if (previous === null) await endWanted(position, wanted, told)
  else await placeAgain(engine, position, wanted, { ...previous, quantity: min(previous.quantity, quantity) }, told)
}

/** Sells the alert's share of what is free now; one that cannot be placed gives the position its stop and target back. */
async function place(
  engine: ExitEngine,
  position: PositionRow,
  wanted: WantedExits,
  { sizePercent, placeBefore }: WantedSale,
): Promise<void> {
  const { webhookId } = wanted
  const now = engine.clock()
  if (now > placeBefore)
    return giveBack(engine, position, wanted, position.quantity, async (tx) => {
      await settleWebhook(tx, webhookId, { status: 'LATE', reason: TOO_LATE, brokerId: position.brokerId })
      await queueWebhookAlert(tx, webhookId, null, now)
    })
  const instrument = await findInstrument(position.brokerId, position.symbol)
  if (instrument === null)
    throw new TradingError('INVALID_ORDER', `The exchange does not list ${position.symbol}.`, { outcome: 'NOT_SENT' })
  const balances = await engine.fundsOf(position.brokerId)
  const free = balances.find(({ asset }) => asset === instrument.baseAsset)?.free ?? ZERO
  const request = {
    clientOrderId: newClientOrderId(),
    symbol: position.symbol,
    side: 'SELL',
    type: 'MARKET',
    quantity: free.times(sizePercent).div(HUNDRED),
  } as const
  try {
    const draft: OrderDraft = {
      ...applyMarketRules(request, instrument),
      ...exitOwnerOf(engine, position, webhookId),
      purpose: 'EXIT',
      webhookId,
    }
    await placeOrder({ bus: engine.bus, now }, draft, async (tx) => {
      await confirmStill(tx, position, [draft.clientOrderId])
      const placed = { clientOrderId: draft.clientOrderId, held: position.quantity }
      if (!(await setPlacedSale(tx, position.id, webhookId, placed))) throw new Overtaken('another look was first')
      await settleWebhook(tx, webhookId, { status: 'EXECUTED', brokerId: position.brokerId })
    })
  } catch (error) {
    if (!(error instanceof TradingError) || error.isRetryable) throw error
    await giveBack(engine, position, wanted, position.quantity, async (tx) => {
      await explainFailure(tx, webhookId, REFUSED, error.message)
      await queueWebhookAlert(tx, webhookId, null, engine.clock())
    })
  }
}
