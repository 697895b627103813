import type { Bus } from '@/lib/bus/bus'
import type { ExchangeCapabilities } from '@/lib/domain/account/capabilities'
import type { Clock } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'

/** What the engine's steps work with. */
export interface RunEngine {
  bus: Bus
  gateway: GatewayCaller
  /** What the exchange of a broker can do. */
  capabilitiesOf: (brokerId: string) => Promise<ExchangeCapabilities>
  clock: Clock
  log: Logger
}
