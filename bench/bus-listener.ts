import { monotonicMs } from '@/bench/distribution'
import { setting, tell } from '@/bench/role'
import { createBus } from '@/lib/bus/bus'
import { listenForWakes } from '@/lib/db/wake'
import { createLogger } from '@/lib/platform/logger'

// The receiving end of the bus and of the database's wake-ups: tells when something arrived.

const redisUrl = process.env['BENCH_REDIS_URL']
const bus = createBus({
  name: 'bench-listener',
  databaseUrl: setting('QUEUE_DATABASE_URL'),
  ...(redisUrl === undefined ? {} : { redisUrl }),
  log: createLogger('bench', 'error'),
  onRejected: () => Promise.resolve(),
})
await bus.consume('webhook_raw', {
  'webhook.received': ({ webhookId }) => {
    tell({ id: webhookId, at: monotonicMs() })
    return Promise.resolve()
  },
})
await new Promise<void>((resolve) =>
  listenForWakes({ webhook_raw: (id) => tell({ id, at: monotonicMs() }) }, () => resolve()),
)
tell({ ready: true })
process.on('disconnect', () => process.exit(0))
