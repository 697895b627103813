import type { OrderGroup } from '@/lib/db/order-group-repository'
import type { Queryable } from '@/lib/db/transaction'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { Amount } from '@/lib/domain/money/decimal'
import { roundToStep } from '@/lib/domain/money/rounding'
import type { OrderDraft } from '@/lib/domain/order/journal'
import { applyMarketRules, applyOcoRules } from '@/lib/domain/order/rules'
import { newClientOrderId } from '@/lib/platform/ids'
import type { RunEngine } from '@/lib/use-cases/run-engine'
import { placeOrder, placeOrderGroup } from '@/lib/use-cases/place-order'

/** What the exits of one position have in common. */
export type ExitOwner = Pick<
  OrderDraft,
  | 'userId'
  | 'brokerId'
  | 'symbol'
  | 'positionId'
  | 'source'
  | 'sendBefore'
  | 'runId'
  | 'strategyId'
  | 'webhookId'
  | 'correlationId'
>

export interface ExitTerms {
  quantity: Amount
  stopLoss: Amount | null
  takeProfit: Amount | null
}

/**
 * How a stop and a target are held: both by the exchange; or the stop there and the target here (EMULATED), where it knows no
 * such pair, or only one whose stop may miss its limit; or both here (NONE).
 */
export async function pairingOf(
  engine: RunEngine,
  brokerId: string,
  instrument: Instrument,
): Promise<'NATIVE' | 'EMULATED' | 'NONE'> {
  const { oco, ocoStopNeedsLimit, orderTypes } = await engine.capabilitiesOf(brokerId)
  if (oco.level === 'NATIVE' && !ocoStopNeedsLimit && instrument.isOcoAllowed) return 'NATIVE'
  return orderTypes.STOP_MARKET.level === 'NATIVE' ? 'EMULATED' : 'NONE'
}

/** One order, or two of a group; none where neither a stop nor a target is asked for. */
interface ExitPlan {
  group: OrderGroup | null
  drafts: OrderDraft[]
}

/**
 * The orders of a stop, a target, or both as a pair, as the market takes them.
 * @throws TradingError INVALID_ORDER, NOT_SENT, when the market's rules forbid them.
 */
function planExits(
  owner: ExitOwner,
  instrument: Instrument,
  { stopLoss, takeProfit, ...terms }: ExitTerms,
  pairing: Awaited<ReturnType<typeof pairingOf>>,
): ExitPlan {
  const quantity = roundToStep(terms.quantity, instrument.stepSize)
  const leg = { ...owner, side: 'SELL' as const, quantity }
  const stop = (stopPrice: Amount): OrderDraft => ({
    ...leg,
    clientOrderId: newClientOrderId(),
    type: 'STOP_MARKET',
    purpose: 'STOP_LOSS',
    stopPrice,
    ...(pairing === 'NONE' ? { isEmulated: true } : {}),
  })
  const target = (price: Amount, isKept: boolean): OrderDraft => ({
    ...leg,
    clientOrderId: newClientOrderId(),
    purpose: 'TAKE_PROFIT',
    ...(isKept
      ? { type: 'TAKE_PROFIT_MARKET', stopPrice: price, isEmulated: true }
      : { type: 'LIMIT', limitPrice: price }),
  })
  if (stopLoss === null || takeProfit === null) {
    const alone = stopLoss !== null ? stop(stopLoss) : takeProfit !== null ? target(takeProfit, false) : null
    return { group: null, drafts: alone === null ? [] : [{ ...alone, ...applyMarketRules(alone, instrument) }] }
  }
  const group = { id: newClientOrderId(), kind: 'OCO', isEmulated: pairing !== 'NATIVE' } as const
  const legs = [target(takeProfit, group.isEmulated), stop(stopLoss)] as const
  const oco = applyOcoRules(
    {
      clientOrderListId: group.id,
      symbol: owner.symbol,
      side: 'SELL',
      quantity,
      takeProfit: { clientOrderId: legs[0].clientOrderId, limitPrice: takeProfit },
      stopLoss: { clientOrderId: legs[1].clientOrderId, stopPrice: stopLoss },
    },
    { ...instrument, isOcoAllowed: true },
  )
  const shared = { groupId: group.id, quantity: oco.quantity }
  const [first, second] = legs
  const price = oco.takeProfit.limitPrice
  const drafts: OrderDraft[] = [
    { ...first, ...shared, ...(group.isEmulated ? { stopPrice: price } : { limitPrice: price }) },
    { ...second, ...shared, stopPrice: oco.stopLoss.stopPrice },
  ]
  return { group, drafts }
}

/**
 * Would the market's rules let these exits be placed?
 * @throws TradingError INVALID_ORDER, NOT_SENT, when they would not.
 */
export async function checkExits(
  engine: RunEngine,
  owner: ExitOwner,
  instrument: Instrument,
  terms: ExitTerms,
): Promise<void> {
  planExits(owner, instrument, terms, await pairingOf(engine, owner.brokerId, instrument))
}

/**
 * Places a stop, a target, or both as a pair, for a sale of the quantity. `alongside` is written in the same transaction and
 * may refuse; it is told the ids of the orders.
 * @throws TradingError INVALID_ORDER, NOT_SENT, when the market's rules forbid them; then nothing is written.
 */
export async function placeExits(
  engine: RunEngine,
  owner: ExitOwner,
  instrument: Instrument,
  terms: ExitTerms,
  alongside: (tx: Queryable, ids: string[]) => Promise<void>,
): Promise<void> {
  const pairing = await pairingOf(engine, owner.brokerId, instrument)
  const { group, drafts } = planExits(owner, instrument, terms, pairing)
  const context = { bus: engine.bus, now: engine.clock() }
  const ids = drafts.map((draft) => draft.clientOrderId)
  const [alone] = drafts
  if (group !== null) await placeOrderGroup(context, group, drafts, (tx) => alongside(tx, ids))
  else if (alone !== undefined) await placeOrder(context, alone, (tx) => alongside(tx, ids))
}
