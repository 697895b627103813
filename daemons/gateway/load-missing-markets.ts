import type { Gateway } from '@/daemons/gateway/commands'
import { loadMarkets } from '@/daemons/gateway/load-markets'
import { findActiveBrokers, recordBrokerSync } from '@/lib/db/broker-repository'

/** Loads the pairs of every broker that has none yet: a new broker can trade a few seconds after it was saved. */
export async function loadMissingMarkets(gateway: Gateway): Promise<void> {
  for (const broker of await findActiveBrokers()) {
    if (broker.marketsLoadedAt !== null) continue
    try {
      await loadMarkets(gateway, await gateway.desk.open(broker.id))
    } catch (error) {
      await recordBrokerSync(broker.id, gateway.clock(), error instanceof Error ? error.message : String(error))
      throw error
    }
  }
}
