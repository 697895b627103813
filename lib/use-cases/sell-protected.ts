import { queueWebhookAlert } from '@/lib/db/alert-outbox-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { findOrders } from '@/lib/db/order-repository'
import type { PositionRow } from '@/lib/db/position-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import { clearWantedExits, setPlacedSale, type WantedExits, type WantedSale } from '@/lib/db/wanted-exit-repository'
import { explainFailure, settleWebhook } from '@/lib/db/webhook-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { HUNDRED, ZERO } from '@/lib/domain/money/decimal'
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
  if (sale.clientOrderId === null) return place(engine, position, wanted, sale)
  const [order] = await findOrders([sale.clientOrderId])
  if (order !== undefined && !isClosed(order.status)) return
  const isRefused = order === undefined || order.filledQuantity.isZero()
  await giveBack(engine, position, wanted, async (tx) => {
    if (isRefused) await explainFailure(tx, wanted.webhookId, REFUSED)
  })
}

/** The position gets its stop and target back, for what it holds. */
async function giveBack(
  engine: ExitEngine,
  position: PositionRow,
  { webhookId, previous }: WantedExits,
  told: (tx: Queryable) => Promise<void>,
): Promise<void> {
  if (previous !== null) return placeAgain(engine, position, webhookId, previous, told)
  await inTransaction(async (tx) => {
    if (await clearWantedExits(tx, position.id, webhookId)) await told(tx)
  })
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
    return giveBack(engine, position, wanted, async (tx) => {
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
      if (!(await setPlacedSale(tx, position.id, webhookId, draft.clientOrderId)))
        throw new Overtaken('another look was first')
      await settleWebhook(tx, webhookId, { status: 'EXECUTED', brokerId: position.brokerId })
    })
  } catch (error) {
    if (!(error instanceof TradingError) || error.isRetryable) throw error
    await giveBack(engine, position, wanted, async (tx) => {
      await explainFailure(tx, webhookId, REFUSED, error.message)
      await queueWebhookAlert(tx, webhookId, null, engine.clock())
    })
  }
}
