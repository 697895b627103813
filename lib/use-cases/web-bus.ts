import { type Bus, createBus } from '@/lib/bus/bus'
import { keepRejectedMessage } from '@/lib/db/rejected-message-repository'
import { env } from '@/lib/platform/env'
import { createLogger, type Logger } from '@/lib/platform/logger'

let own: { bus: Bus; log: Logger } | undefined

/** The web application's own bus and log: made at the first use, so that a build needs no queue. */
export function webBus(): { bus: Bus; log: Logger } {
  if (own === undefined) {
    const log = createLogger('web', env().LOG_LEVEL)
    const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = env()
    own = { log, bus: createBus({ name: 'web', databaseUrl, redisUrl, log, onRejected: keepRejectedMessage }) }
  }
  return own
}
