import type { Gateway } from '@/daemons/gateway/commands'
import { findActiveBrokers } from '@/lib/db/broker-repository'
import { findRecentSymbols } from '@/lib/db/order-repository'

/** More often than the desk forgets a broker. */
export const WARM_EVERY_MS = 4000
/** More often than an idle connection to an exchange is closed. */
const CONNECTION_MS = 20_000

/** The rules of markets that were traded within this are at hand. */
const TRADED_WITHIN_MS = 7 * 24 * 3_600_000

const warmedAt = new Map<string, number>()

/**
 * Keeps at hand what the next order will need: keys and clients of the brokers in use, the rules of the markets that they
 * trade, the exchange's clock and an open connection to it. The first order after a quiet hour is then as fast as the hundredth.
 */
export async function keepWarm(gateway: Gateway): Promise<void> {
  const now = gateway.clock()
  const isDue = (key: string): boolean => {
    if (now - (warmedAt.get(key) ?? 0) < CONNECTION_MS) return false
    warmedAt.set(key, now)
    return true
  }
  for (const broker of await findActiveBrokers()) {
    if (broker.tradingType === 'OFF') continue
    const access = await gateway.desk.refresh(broker.id)
    // An exchange that is away is no reason to forget the brokers.
    if (isDue(`${broker.exchangeId} ${broker.environment}`)) await access.client.warmUp().catch(() => undefined)
    if (!isDue(broker.id)) continue
    for (const symbol of await findRecentSymbols(broker.id, now - TRADED_WITHIN_MS))
      await gateway.desk.instrument(access, symbol).catch(() => undefined)
  }
}
