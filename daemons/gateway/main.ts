import { createBrokerDesk } from '@/daemons/gateway/broker-access'
import { cancelAtExchange } from '@/daemons/gateway/cancel-order.handler'
import type { Gateway } from '@/daemons/gateway/commands'
import { loadMissingMarkets } from '@/daemons/gateway/load-missing-markets'
import { reconcileInFlight, sweep } from '@/daemons/gateway/reconcile'
import { runCall } from '@/daemons/gateway/run-call.handler'
import { submitOrder, submitOrderGroup } from '@/daemons/gateway/submit-order.handler'
import { boot } from '@/daemons/runtime/boot'
import { every } from '@/daemons/runtime/every'
import { ExchangeRegistry } from '@/lib/exchanges/registry'

const RECONCILE_EVERY_MS = 1000
const SWEEP_EVERY_MS = 2000
const MARKETS_EVERY_MS = 3000
/** Commands at once: the exchange's rate limits are the bound that matters, and the governor keeps those. */
const CONCURRENCY = 24

boot('gateway', async ({ bus, env, clock, log, stopping }) => {
  const registry = new ExchangeRegistry({ clock, env })
  const gateway: Gateway = { bus, desk: createBrokerDesk(registry, clock), clock, log, underWay: new Set() }

  // What an earlier process left in flight is asked for before anything new is sent.
  await reconcileInFlight(gateway, 0).catch((error: unknown) => log.warn({ error }, 'first reconciliation failed'))

  await bus.consume(
    'exchange_requests',
    {
      'order.submit': ({ clientOrderId }) => submitOrder(gateway, clientOrderId),
      'order-group.submit': ({ groupId }) => submitOrderGroup(gateway, groupId),
      'order.cancel': ({ clientOrderId }) => cancelAtExchange(gateway, clientOrderId),
      'call.run': ({ callId }) => runCall(gateway, callId),
    },
    CONCURRENCY,
  )
  const loops = [
    every(RECONCILE_EVERY_MS, stopping, log, 'reconcile', () => reconcileInFlight(gateway)),
    every(SWEEP_EVERY_MS, stopping, log, 'sweep', () => sweep(gateway)),
    every(MARKETS_EVERY_MS, stopping, log, 'markets', () => loadMissingMarkets(gateway)),
  ]
  return async () => {
    await Promise.all(loops)
    await registry.close()
  }
})
