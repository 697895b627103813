import type { ExchangeCapabilities } from '@/lib/domain/account/capabilities'
import { type Amount, max, ZERO } from '@/lib/domain/money/decimal'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'
import type { Clock } from '@/lib/platform/clock'

/** They change with an update of ours only, and with the keys of a broker. */
const KEEP_MS = 60_000

/** Reads what the exchange of a broker can do, and keeps it for a minute. */
export function createCapabilityReader(gateway: GatewayCaller, clock: Clock) {
  const known = new Map<string, { value: ExchangeCapabilities; until: number }>()
  return async (brokerId: string): Promise<ExchangeCapabilities> => {
    const kept = known.get(brokerId)
    if (kept !== undefined && kept.until > clock()) return kept.value
    const value = await gateway.call(brokerId, 'capabilities', {}).catch((error: unknown) => {
      // A gateway that restarts is no reason to forget them.
      if (kept !== undefined) return kept.value
      throw error
    })
    known.set(brokerId, { value, until: clock() + KEEP_MS })
    return value
  }
}

const KEEP_FEES_MS = 600_000

/** Reads the rate of the fee that a purchase takes of the funds beside its price, and keeps it for ten minutes. */
export function createFeeReader(
  gateway: GatewayCaller,
  capabilitiesOf: (brokerId: string) => Promise<ExchangeCapabilities>,
  clock: Clock,
) {
  const known = new Map<string, { value: Amount; until: number }>()
  return async (brokerId: string, symbol: string): Promise<Amount> => {
    if ((await capabilitiesOf(brokerId)).purchaseFee === 'OF_BOUGHT') return ZERO
    const key = `${brokerId} ${symbol}`
    const kept = known.get(key)
    if (kept !== undefined && kept.until > clock()) return kept.value
    const { maker, taker } = await gateway.call(brokerId, 'get_fees', { symbol })
    const value = max(maker, taker)
    known.set(key, { value, until: clock() + KEEP_FEES_MS })
    return value
  }
}
