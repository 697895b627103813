import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import { asTradingError, type Gateway } from '@/daemons/gateway/commands'
import { createProgress } from '@/daemons/gateway/progress'
import { recordBrokerSync } from '@/lib/db/broker-repository'
import type { LivePayload } from '@/lib/realtime/events'

/** Reading is this much of the work; the rest is storing. */
const READING_PERCENT = 95

/** Loads the pairs of a broker; its user's screens see how far it is, and how it ended. */
export async function loadMarkets(gateway: Gateway, access: BrokerAccess): Promise<number> {
  const { bus, clock, desk, log } = gateway
  const { brokerId, userId } = access
  // One after the other: the end must not overtake the progress.
  let told = Promise.resolve()
  const tell = (payload: LivePayload<'markets.progress'>): void => {
    told = told.then(() => bus.announce('websockets', { userId, event: 'markets.progress', payload }))
  }
  const report = createProgress((percent) => tell({ state: 'LOADING', brokerId, percent }), clock)
  report(0)
  try {
    const count = await desk.loadMarkets(access, (done, total) => report((READING_PERCENT * done) / Math.max(total, 1)))
    log.info({ brokerId, count }, 'markets loaded')
    tell({ state: 'LOADED', brokerId, count })
    return count
  } catch (error) {
    const failure = asTradingError(error)
    await recordBrokerSync(brokerId, clock(), failure.message)
    tell({ state: 'FAILED', brokerId, code: failure.code })
    throw failure
  } finally {
    void told.then(() => bus.announce('websockets', { userId, event: 'status.changed', payload: { brokerId } }))
  }
}
