import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { ExchangeOrder, OrderRequest } from '@/lib/domain/order/order'
import { applyReplacementRules, restOf, type SizedOrder } from '@/lib/domain/order/replacement'
import { isOpen } from '@/lib/domain/order/status'
import type { ExecutionClient, OrderReference, ReplaceResult, ReplaceSizing } from '@/lib/exchanges/execution-client'
import { sleep } from '@/lib/platform/clock'

/** An exchange may answer before it has acted: so often, and so long apart, is asked whether it has. */
const LOOKS = 5
const LOOK_MS = 100

type TwoCalls = Pick<ExecutionClient, 'cancelOrder' | 'getOrder' | 'createOrder'>

/**
 * Cancels and places in two calls, the second for what the ended order left. Exact at every exchange, because only an ended
 * order tells how much of it was executed. Nothing is placed unless the old order is certainly canceled.
 */
export async function replaceInTwo(
  client: TwoCalls,
  credentials: Credentials,
  target: OrderReference,
  replacement: OrderRequest,
  instrument: Instrument,
  sizing: ReplaceSizing,
): Promise<ReplaceResult> {
  applyReplacementRules(replacement, instrument)
  const canceled = await end(client, credentials, target)
  try {
    const rest = restOf(replacement, sizing.executed, canceled, instrument)
    await announce(replacement, rest, sizing)
    return { canceled, placed: await client.createOrder(credentials, rest, instrument) }
  } catch (error) {
    if (!(error instanceof TradingError)) throw error
    return { canceled, placed: null, placeError: error }
  }
}

/** Tells whoever keeps the journal when something else than the asked quantity is about to be sent. */
export async function announce(asked: OrderRequest, sent: SizedOrder, sizing: ReplaceSizing): Promise<void> {
  if (asked.quantity?.eq(sent.quantity) !== true) await sizing.onResize(sent.quantity)
}

/** Cancels the order and answers how it ended, also when it was executed whole before; open only where patience ran out. */
async function end(client: TwoCalls, credentials: Credentials, target: OrderReference): Promise<ExchangeOrder> {
  try {
    const canceled = await client.cancelOrder(credentials, target)
    return await settled(client, credentials, target, canceled)
  } catch (error) {
    if (!(error instanceof TradingError) || error.code !== 'UNKNOWN_ORDER') throw error
    // Nothing open to cancel: it never was there, somebody else ended it, or it was executed.
    const order = await client.getOrder(credentials, target).catch(() => null)
    if (order?.status !== 'FILLED') throw error
    return order
  }
}

async function settled(
  client: TwoCalls,
  credentials: Credentials,
  target: OrderReference,
  canceled: ExchangeOrder,
): Promise<ExchangeOrder> {
  let order = canceled
  for (let look = 1; look <= LOOKS && isOpen(order.status); look += 1) {
    await sleep(LOOK_MS)
    order = (await client.getOrder(credentials, target).catch(() => null)) ?? order
  }
  return order
}
