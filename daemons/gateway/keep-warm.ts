import type { Gateway } from '@/daemons/gateway/commands'
import { findActiveBrokers } from '@/lib/db/broker-repository'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'

/** More often than the desk forgets a broker. */
export const WARM_EVERY_MS = 4000
/** More often than an idle connection to an exchange is closed. */
const CONNECTION_MS = 20_000

const warmedAt = new WeakMap<ExecutionClient, number>()

/**
 * Keeps at hand what the next order will need: keys and clients of the brokers in use, the
 * exchange's clock and an open connection to it. The first order after a quiet hour is then as fast as the hundredth.
 */
export async function keepWarm(gateway: Gateway): Promise<void> {
  for (const broker of await findActiveBrokers()) {
    if (broker.tradingType === 'OFF') continue
    const { client } = await gateway.desk.refresh(broker.id)
    const now = gateway.clock()
    if (now - (warmedAt.get(client) ?? 0) < CONNECTION_MS) continue
    warmedAt.set(client, now)
    // An exchange that is away is no reason to forget the brokers.
    await client.warmUp().catch(() => undefined)
  }
}
