import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import { type Gateway, takeReport } from '@/daemons/gateway/commands'
import { allOpenOrders } from '@/daemons/gateway/open-orders'
import { findRecentSymbols, findSpokenOf } from '@/lib/db/order-repository'
import { isOpen } from '@/lib/domain/order/status'
import type { ExchangeOrder } from '@/lib/domain/order/order'

const RECENT_MS = 86_400_000

/**
 * Cancels whatever rests at the exchange, of one pair or of all, whoever placed it: one command a pair. Orders of the journal
 * that are among them are recorded; the journal asked for their end before.
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
  for (const each of symbols) canceled.push(...(await client.cancelAll(credentials, each)))
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
  return canceled
}
