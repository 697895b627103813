import { isBehind } from '@/lib/db/order-repository'
import { findPosition, type PositionRow } from '@/lib/db/position-repository'
import { claimWebhook, type WaitingWebhook, type WebhookBroker } from '@/lib/db/webhook-repository'
import { HUNDRED, min } from '@/lib/domain/money/decimal'
import { applyMarketRules } from '@/lib/domain/order/rules'
import { maxAgeMs, symbolOf, type WebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { sleep } from '@/lib/platform/clock'
import { newClientOrderId } from '@/lib/platform/ids'
import { checkExits } from '@/lib/use-cases/place-exits'
import { availableOf, type ExitEngine, exitOwnerOf } from '@/lib/use-cases/restore-exits'
import type { FundsBooks } from '@/lib/use-cases/shared-funds'
import { sizeOf } from '@/lib/use-cases/size-webhook-order'
import { advanceExits, wantExits, wantSale } from '@/lib/use-cases/update-exits'
import { Refusal } from '@/lib/use-cases/webhook-refusal'

interface ExitDesk extends ExitEngine {
  funds: FundsBooks
}

const LOOK_AGAIN_AFTER_MS = 20
const BEHIND_AT_MOST_MS = 5000

/** A position once the executions of its orders are recorded: an alert that follows its purchase at once finds it bought. */
async function settledPosition(positionId: string): Promise<PositionRow | null> {
  for (let waited = 0; await isBehind(positionId); waited += LOOK_AGAIN_AFTER_MS) {
    // It stands as it is: the sweep comes back to it.
    if (waited >= BEHIND_AT_MOST_MS) throw new Error(`position ${positionId} waits for its executions`)
    await sleep(LOOK_AGAIN_AFTER_MS)
  }
  return findPosition(positionId)
}

/** MAJ: stop and target of the account's position are exchanged. What could not stand is refused before the old ones go. */
export async function exitsOf(
  engine: ExitDesk,
  webhook: WaitingWebhook,
  broker: WebhookBroker,
  alert: WebhookAlert,
): Promise<() => Promise<boolean>> {
  const { stopLossPrice: stopLoss, takeProfitPrice: takeProfit } = alert
  const { instrument, positionId } = broker
  if (stopLoss === null && takeProfit === null)
    throw new Refusal('FAILED', 'PrixSL and PrixTP are missing: MAJ needs one of them.')
  if (instrument === null) throw new Refusal('FAILED', `The exchange does not list ${symbolOf(alert) ?? ''}.`)
  const position = positionId === null ? null : await settledPosition(positionId)
  if (position === null || position.quantity.isZero())
    throw new Refusal('FAILED', 'There is no open position whose stop and target could be changed.')
  const { lastPrice } = await engine.gateway.call(broker.id, 'get_ticker', { symbol: instrument.symbol })
  if (stopLoss?.gte(lastPrice))
    throw new Refusal(
      'FAILED',
      `PrixSL ${stopLoss.toFixed()} lies above the price, ${lastPrice.toFixed()}: left as it was.`,
    )
  if (takeProfit?.lte(lastPrice))
    throw new Refusal(
      'FAILED',
      `PrixTP ${takeProfit.toFixed()} lies below the price, ${lastPrice.toFixed()}: left as it was.`,
    )
  const sizePercent = alert.sizePercent === null || alert.sizePercent.isZero() ? HUNDRED : alert.sizePercent
  const available = await availableOf(engine, broker.id, instrument)
  const quantity = min(position.quantity, available).times(sizePercent).div(HUNDRED)
  const owner = exitOwnerOf(engine, position, webhook.id)
  await checkExits(engine, owner, instrument, { quantity, stopLoss, takeProfit })
  return async () => {
    if (!(await claimWebhook(webhook.id))) return false
    engine.funds.settled(webhook.id)
    engine.funds.forget(broker.id)
    await wantExits(position.id, webhook.id, { stopLoss, takeProfit, sizePercent }, engine.clock())
    await advanceExits(engine, position.id)
    return true
  }
}

/**
 * SellMarket of a position that is protected: its stop and target are canceled, the alert's share of what is free then is sold,
 * and what is left of the position gets them back. What could not be sold is refused before they go.
 */
export async function saleOf(
  engine: ExitDesk,
  webhook: WaitingWebhook,
  broker: WebhookBroker,
  alert: WebhookAlert,
): Promise<() => Promise<boolean>> {
  const { instrument, positionId } = broker
  const sizePercent = sizeOf(alert)
  if (instrument === null || positionId === null)
    throw new Refusal('FAILED', `The exchange does not list ${symbolOf(alert) ?? ''}.`)
  const available = await availableOf(engine, broker.id, instrument)
  if (available.isZero()) throw new Refusal('FAILED', `There is no free ${instrument.baseAsset} on the account.`)
  const request = {
    clientOrderId: newClientOrderId(),
    symbol: instrument.symbol,
    side: 'SELL',
    type: 'MARKET',
  } as const
  applyMarketRules({ ...request, quantity: available.times(sizePercent).div(HUNDRED) }, instrument)
  const placeBefore = webhook.receivedAt + maxAgeMs(alert.interval)
  return async () => {
    if (!(await claimWebhook(webhook.id))) return false
    engine.funds.forget(broker.id)
    await wantSale(positionId, webhook.id, { sizePercent, placeBefore }, engine.clock())
    await advanceExits(engine, positionId)
    return true
  }
}
