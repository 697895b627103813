import { createBrokerDesk } from '@/daemons/gateway/broker-access'
import { cancelAtExchange } from '@/daemons/gateway/cancel-order.handler'
import { changeAtExchange } from '@/daemons/gateway/change-order.handler'
import { createReportLine, type Gateway } from '@/daemons/gateway/commands'
import { createFundsKeeper } from '@/daemons/gateway/keep-funds'
import { exposeLimits } from '@/daemons/gateway/figures'
import { followAccounts } from '@/daemons/gateway/follow-accounts'
import { loadMissingMarkets } from '@/daemons/gateway/load-missing-markets'
import { keepWarm, WARM_EVERY_MS } from '@/daemons/gateway/keep-warm'
import { reconcileInFlight, sweep } from '@/daemons/gateway/reconcile'
import { runCall } from '@/daemons/gateway/run-call.handler'
import { RecordedReports } from '@/daemons/gateway/recorded-reports'
import { rehearseSend } from '@/daemons/gateway/rehearse-send'
import { createClaimLine, submitOrder, submitOrderGroup } from '@/daemons/gateway/submit-order.handler'
import { takeWake } from '@/daemons/gateway/wakes'
import { boot } from '@/daemons/runtime/boot'
import { every } from '@/lib/platform/every'
import { SideBySide } from '@/lib/platform/side-by-side'
import { expireFunds } from '@/lib/db/account-funds-repository'
import { rehearseOrderPath } from '@/lib/db/rehearsal'
import { listenForWakes } from '@/lib/db/wake'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { sleep } from '@/lib/platform/clock'

const RECONCILE_EVERY_MS = 1000
const SWEEP_EVERY_MS = 2000
const MARKETS_EVERY_MS = 3000
const ACCOUNTS_EVERY_MS = 3000
/** An exchange that makes us wait does not hold up the start any longer than this. */
const START_WITHIN_MS = 3000
/** Commands at once: the exchange's rate limits are the bound that matters, and the governor keeps those. */
const CONCURRENCY = 24

boot('gateway', async ({ bus, env, clock, log, stopping }) => {
  const registry = new ExchangeRegistry({ clock, env })
  const gateway: Gateway = {
    bus,
    desk: createBrokerDesk(registry, clock),
    clock,
    log,
    underWay: new Set(),
    beside: new SideBySide((error, name) => log.warn({ error, name }, 'periodic work failed')),
    unknownSince: new Map(),
    funds: createFundsKeeper(clock, log),
    claims: createClaimLine(clock),
    reports: createReportLine(),
    recorded: new RecordedReports(),
    streamStateOf: (brokerId) => accounts.stateOf(brokerId),
  }
  const accounts = followAccounts(gateway)
  exposeLimits(registry, accounts)

  // What moved since an earlier process ended, nobody heard.
  await expireFunds()
  // What an earlier process left in flight is asked for before anything new is sent, when that goes quickly: it is not sent
  // again in any case.
  const first = reconcileInFlight(gateway, 0)
    .then(() => gateway.beside.settled())
    .catch((error: unknown) => log.warn({ error }, 'first reconciliation failed'))
  await Promise.race([first, sleep(START_WITHIN_MS, stopping)])

  await bus.consume(
    'exchange_requests',
    {
      'order.submit': ({ clientOrderId }) => submitOrder(gateway, clientOrderId),
      'order-group.submit': ({ groupId }) => submitOrderGroup(gateway, groupId),
      'order.change': ({ clientOrderId }) => changeAtExchange(gateway, clientOrderId),
      'order.cancel': ({ clientOrderId }) => cancelAtExchange(gateway, clientOrderId),
      'call.run': ({ callId }) => runCall(gateway, callId),
    },
    CONCURRENCY,
  )
  await rehearseOrderPath(clock()).catch((error: unknown) => log.warn({ error }, 'rehearsal failed'))
  const warm = keepWarm(gateway).catch((error: unknown) => log.warn({ error }, 'warm-up failed'))
  await Promise.race([warm, sleep(START_WITHIN_MS, stopping)])
  await rehearseSend(gateway, env).catch((error: unknown) => log.warn({ error }, 'rehearsal failed'))
  const work = new Set<Promise<void>>()
  const wakes = listenForWakes(
    {
      exchange_requests: (text) => {
        const job = takeWake(gateway, text)
          .catch((error: unknown) => log.error({ error, text: text.slice(0, 100) }, 'wake-up failed'))
          .finally(() => work.delete(job))
        work.add(job)
      },
    },
    () => void sweep(gateway).catch(() => undefined),
  )
  const loops = [
    every(WARM_EVERY_MS, stopping, log, 'warm-up', () => keepWarm(gateway)),
    every(RECONCILE_EVERY_MS, stopping, log, 'reconcile', () => reconcileInFlight(gateway)),
    every(SWEEP_EVERY_MS, stopping, log, 'sweep', () => sweep(gateway)),
    every(ACCOUNTS_EVERY_MS, stopping, log, 'accounts', () => accounts.refresh()),
    every(MARKETS_EVERY_MS, stopping, log, 'markets', () => loadMissingMarkets(gateway)),
  ]
  return async () => {
    await wakes.close()
    accounts.close()
    await Promise.all([...loops, ...work])
    await gateway.beside.settled()
    await registry.close()
  }
})
