import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import { asTradingError, type Gateway, takeReport } from '@/daemons/gateway/commands'
import { allOpenOrders } from '@/daemons/gateway/open-orders'
import { findRecentSymbols, findSpokenOf } from '@/lib/db/order-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { isOpen } from '@/lib/domain/order/status'
import type { ExchangeOrder } from '@/lib/domain/order/order'

const RECENT_MS = 86_400_000

/**
 * Cancels whatever rests at the exchange, of one pair or of all, whoever placed it: one command a pair. A pair that fails stops
 * no other. Orders of the journal that are among them are recorded; the journal asked for their end before.
 */
export async function cancelAllAtExchange(
  gateway: Gateway,
  access: BrokerAccess,
  symbol: string | undefined,
): Promise<ExchangeOrder[]> {
  const { client, credentials, brokerId } = access
  const recent = () => findRecentSymbols(brokerId, gateway.clock() - RECENT_MS)
  const symbols =
    symbol === undefined
      ? new Set((await allOpenOrders(client, credentials, recent)).map((order) => order.symbol))
      : new Set([symbol])
  const canceled: ExchangeOrder[] = []
  const failures: { symbol: string; failure: TradingError }[] = []
  for (const each of symbols)
    try {
      canceled.push(...(await client.cancelAll(credentials, each)))
    } catch (error) {
      failures.push({ symbol: each, failure: asTradingError(error) })
    }
  const known = await findSpokenOf(brokerId, canceled)
  for (const report of canceled) {
    const order = known.get(report)
    // What came in between (a fill, a cancel of our own) is told by the next look.
    if (order !== undefined && !isOpen(report.status))
      await takeReport(gateway, access, order, report, true).catch((error: unknown) =>
        gateway.log.warn(
          { clientOrderId: order.clientOrderId, reason: error instanceof Error ? error.message : String(error) },
          'cancel of all not recorded yet',
        ),
      )
  }
  throwCollected(failures)
  return canceled
}

/** What was canceled is recorded by now: that something else was not is for whoever asked. */
function throwCollected(failures: { symbol: string; failure: TradingError }[]): void {
  const [first] = failures
  if (first === undefined) return
  const message = failures.map(({ symbol, failure }) => `${symbol}: ${failure.message}`).join(' ')
  const { code, outcome, isRetryable, retryAfterMs } = first.failure
  const pause = retryAfterMs === undefined ? {} : { retryAfterMs }
  throw new TradingError(code, message, { outcome, isRetryable, ...pause, cause: first.failure })
}
