import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import { askAbout } from '@/daemons/gateway/cancel-order.handler'
import { asTradingError, type Gateway, settleFailedSubmit, takeReport } from '@/daemons/gateway/commands'
import { referenceOf } from '@/daemons/gateway/look-up'
import { crashPoint } from '@/daemons/runtime/crash-point'
import {
  adoptTerms,
  claimChange,
  extendSending,
  findHeirsOfCanceled,
  insertReplacement,
  noteChangeRefused,
} from '@/lib/db/order-change-repository'
import { findOrder } from '@/lib/db/order-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, max } from '@/lib/domain/money/decimal'
import type { JournaledOrder, OrderDraft } from '@/lib/domain/order/journal'
import type { AmendRequest, ExchangeOrder } from '@/lib/domain/order/order'
import { isClosed } from '@/lib/domain/order/status'
import type { ReplaceResult } from '@/lib/exchanges/execution-client'
import { newClientOrderId } from '@/lib/platform/ids'
import { cancelOrder } from '@/lib/use-cases/cancel-order'

/** How long a new order may follow the end of the one that it replaces. */
const FOLLOW_WITHIN_MS = 30_000

/**
 * Changes a resting order: in place where the exchange can make this very change, else by an order of its own that is in
 * the journal before the old one is touched. Whatever is lost on the way, both are asked for by their ids afterwards.
 */
export async function changeAtExchange(gateway: Gateway, clientOrderId: string): Promise<void> {
  crashPoint('edit.taken')
  if (gateway.underWay.has(clientOrderId)) return
  gateway.underWay.add(clientOrderId)
  try {
    const claimed = await claimChange(clientOrderId, gateway.clock())
    if (claimed === null) return
    crashPoint('edit.claimed')
    await change(gateway, claimed.order, claimed.change)
    crashPoint('edit.recorded')
  } finally {
    gateway.underWay.delete(clientOrderId)
  }
}

async function change(gateway: Gateway, order: JournaledOrder, wanted: AmendRequest): Promise<void> {
  const { clientOrderId } = order
  const access = await gateway.desk.open(order.brokerId)
  const target = await access.client.getOrder(access.credentials, referenceOf(order)).catch((error: unknown) => {
    gateway.log.warn({ clientOrderId, reason: asTradingError(error).message }, 'change failed')
    return null
  })
  // Reconciliation finds the order PENDING_UPDATE and takes it from there.
  if (target === null) return
  const mode = access.credentials.accountMode ?? null
  if (isClosed(target.status)) await takeReport(gateway, access, order, target)
  else if (access.client.canAmend(mode, target, wanted)) await amend(gateway, access, order, target, wanted)
  else await replaceRest(gateway, access, order, target, wanted)
}

/** What was executed up to this look is not asked for again; what is executed after it, the exchange's client takes off. */
async function replaceRest(
  gateway: Gateway,
  access: BrokerAccess,
  order: JournaledOrder,
  target: ExchangeOrder,
  wanted: AmendRequest,
): Promise<void> {
  const executed = max(order.filledQuantity, target.filledQuantity)
  const left = (wanted.quantity ?? order.quantity)?.minus(executed)
  if (left?.gt(0)) return replace(gateway, access, order, { ...wanted, quantity: left }, executed)
  const why =
    order.quantity === undefined
      ? 'An order given as an amount to spend is not changed.'
      : 'As much as was asked for has been executed already.'
  await noteChangeRefused(order.clientOrderId, why, gateway.clock())
  await takeReport(gateway, access, order, target)
}

async function amend(
  gateway: Gateway,
  access: BrokerAccess,
  order: JournaledOrder,
  target: ExchangeOrder,
  wanted: AmendRequest,
): Promise<void> {
  try {
    const instrument = await gateway.desk.instrument(access, order.symbol)
    const report = await access.client.amendOrder(access.credentials, target, wanted, instrument)
    crashPoint('edit.sent')
    await adoptTerms(report, order.clientOrderId, gateway.clock())
    await takeReport(gateway, access, order, report)
  } catch (error) {
    await learnFate(gateway, access, [order], asTradingError(error))
  }
}

/** What an order becomes with the change: the same intent, new terms, for what is left of it. */
const draftOf = (order: JournaledOrder, terms: AmendRequest, now: EpochMs): OrderDraft => {
  const { status: _, filledQuantity: __, filledQuoteQuantity: ___, exchangeOrderId: ____, ...draft } = order
  return {
    ...draft,
    ...terms,
    clientOrderId: newClientOrderId(),
    replacesId: order.clientOrderId,
    // It is sent with the end of the other or, once that is certain, after it: before, it would be a second order.
    sendBefore: now,
  }
}

async function replace(
  gateway: Gateway,
  access: BrokerAccess,
  order: JournaledOrder,
  terms: AmendRequest,
  executed: Amount,
): Promise<void> {
  const now = gateway.clock()
  const replacement = await insertReplacement(draftOf(order, terms, now), now)
  gateway.underWay.add(replacement.clientOrderId)
  try {
    crashPoint('edit.journaled')
    const result = await sendReplacement(gateway, access, order, replacement, executed)
    crashPoint('edit.sent')
    if (result !== null) await recordReplacement(gateway, access, order, replacement, result)
  } finally {
    gateway.underWay.delete(replacement.clientOrderId)
  }
  await cancelHeirs(gateway)
}

/** Whoever asked for the end of an order while it was being changed meant the order that took its place, too. */
export async function cancelHeirs({ bus, clock }: Gateway): Promise<void> {
  for (const id of await findHeirsOfCanceled()) await cancelOrder(bus, id, clock())
}

/** What the exchange did; null when it refused, or nobody knows: that is settled then as far as it can be. */
async function sendReplacement(
  gateway: Gateway,
  access: BrokerAccess,
  order: JournaledOrder,
  replacement: JournaledOrder,
  executed: Amount,
): Promise<ReplaceResult | null> {
  const sizing = {
    executed,
    // The journal has what is sent before it is sent, also when that is less than was asked for.
    onResize: async (quantity: Amount) => {
      await adoptTerms({ quantity }, replacement.clientOrderId, gateway.clock())
      crashPoint('edit.resized')
    },
  }
  try {
    const instrument = await gateway.desk.instrument(access, order.symbol)
    return await access.client.replaceOrder(access.credentials, referenceOf(order), replacement, instrument, sizing)
  } catch (error) {
    const failure = asTradingError(error)
    await settleFailedSubmit(gateway, [replacement], failure)
    await learnFate(gateway, access, [order], failure)
    return null
  }
}

/**
 * Records both ends of what was done. That one of them cannot be recorded yet is no failure of either order: reconciliation
 * asks for both.
 */
async function recordReplacement(
  gateway: Gateway,
  access: BrokerAccess,
  order: JournaledOrder,
  replacement: JournaledOrder,
  { canceled, placed, placeError }: ReplaceResult,
): Promise<void> {
  const later = (error: unknown): void =>
    gateway.log.error(
      { error, orders: [order.clientOrderId, replacement.clientOrderId] },
      'the answer could not be recorded yet',
    )
  await takeReport(gateway, access, order, canceled).catch(later)
  if (placed !== null) await takeReport(gateway, access, replacement, placed).catch(later)
  else await settleUnplaced(gateway, replacement, placeError).catch(later)
}

/** The old order has ended: what is left of it and was certainly not placed may follow as an order of its own. */
async function settleUnplaced(
  gateway: Gateway,
  replacement: JournaledOrder,
  failure = new TradingError('UNKNOWN_OUTCOME', 'The new order was not confirmed.', { outcome: 'UNKNOWN' }),
): Promise<void> {
  if (!failure.isRetryable) return settleFailedSubmit(gateway, [replacement], failure)
  const sendBefore = gateway.clock() + FOLLOW_WITHIN_MS
  await extendSending(replacement.clientOrderId, sendBefore)
  await settleFailedSubmit(gateway, [{ ...replacement, sendBefore }], failure)
}

/** After a failure the exchange's own word decides; where it cannot be had, reconciliation asks again. */
async function learnFate(
  gateway: Gateway,
  access: BrokerAccess,
  orders: JournaledOrder[],
  failure: TradingError,
): Promise<void> {
  for (const { clientOrderId } of orders) {
    gateway.log.warn(
      { clientOrderId, code: failure.code, outcome: failure.outcome, reason: failure.message },
      'change failed',
    )
    const order = await findOrder(clientOrderId)
    if (order !== null) await askAbout(gateway, access, order).catch(() => undefined)
  }
}
