import { createReportLine, type Gateway } from '@/daemons/gateway/commands'
import { createFundsKeeper } from '@/daemons/gateway/keep-funds'
import { RecordedReports } from '@/daemons/gateway/recorded-reports'
import { createClaimLine } from '@/daemons/gateway/submit-order.handler'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { createLogger } from '@/lib/platform/logger'
import { SideBySide } from '@/lib/platform/side-by-side'
import { pairOf } from './stand-in-exchange'
import type { Tracked } from './tracked'

/** The gateway's own code in this process, on the tracked account's journal and an exchange that a test plays. */
export function gatewayOn(t: Tracked, client: Partial<ExecutionClient>): Gateway {
  const clock = () => t.now
  const log = createLogger('test', 'silent')
  const played = { myFills: () => Promise.resolve([]), arrivesWithinMs: () => 15_000, ...client } as ExecutionClient
  const access = (brokerId: string) =>
    Promise.resolve({ brokerId, userId: t.userId, client: played, credentials: { apiKey: 'k', apiSecret: 's' } })
  return {
    bus: t.trading.bus,
    desk: {
      open: access,
      openCandidate: access,
      refresh: access,
      instrument: (_, symbol) => Promise.resolve(pairOf(symbol)),
      loadMarkets: () => Promise.resolve(0),
      priceOf: () => Promise.resolve(null),
    },
    clock,
    log,
    underWay: new Set(),
    unknownSince: new Map(),
    funds: createFundsKeeper(clock, log),
    claims: createClaimLine(clock),
    reports: createReportLine(),
    recorded: new RecordedReports(),
    streamStateOf: () => null,
    beside: new SideBySide(() => undefined),
  }
}
