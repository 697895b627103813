import { Gauge } from 'prom-client'
import type { ExchangeRegistry } from '@/lib/exchanges/registry'
import type { RateState } from '@/lib/exchanges/execution-client'
import type { AccountStreams } from '@/daemons/gateway/follow-accounts'

/** Shows how far each exchange's limits are used under /metrics, read when asked (GW-9). */
export function exposeLimits(registry: ExchangeRegistry, accounts: AccountStreams): void {
  const gauge = (name: string, help: string, labelNames: string[], read: (gauge: Gauge) => void) =>
    new Gauge({
      name: `aristobot_gateway_${name}`,
      help,
      labelNames,
      collect() {
        this.reset()
        read(this)
      },
    })
  const eachClient = (visit: (exchange: string, state: RateState) => void): void => {
    for (const [exchange, client] of registry.clients()) visit(exchange, client.rateState())
  }
  const perBucket = (name: string, help: string, value: (bucket: RateState['buckets'][number]) => number) =>
    gauge(name, help, ['exchange', 'limit'], (metric) =>
      eachClient((exchange, { buckets }) => {
        for (const bucket of buckets) metric.set({ exchange, limit: bucket.id }, value(bucket))
      }),
    )
  perBucket('limit_used', "Use of an exchange's limit in its present window", (bucket) => bucket.used)
  perBucket('limit_allowed', 'What an exchange allows in a window', (bucket) => bucket.limit)
  gauge('paused_until_seconds', 'Time until which an exchange asked us to wait; 0 for none', ['exchange'], (metric) =>
    eachClient((exchange, { pausedUntil }) => metric.set({ exchange }, pausedUntil / 1000)),
  )
  gauge(
    'orders_held_until_seconds',
    'Time until which new orders of some account wait; 0 for none',
    ['exchange'],
    (metric) => eachClient((exchange, { ordersHeldUntil }) => metric.set({ exchange }, ordersHeldUntil / 1000)),
  )
  gauge('requests_waiting', 'Requests that wait for room in a limit', ['exchange', 'lane'], (metric) =>
    eachClient((exchange, { waiting }) => {
      for (const [lane, count] of Object.entries(waiting)) metric.set({ exchange, lane }, count)
    }),
  )
  gauge('account_streams', 'Private streams by state', ['state'], (metric) => {
    for (const [state, count] of accounts.counts()) metric.set({ state }, count)
  })
}
