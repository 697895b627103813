import { type Bus, createBus } from '@/lib/bus/bus'
import { keepRejectedMessage } from '@/lib/db/rejected-message-repository'
import { env, queueSettings } from '@/lib/platform/env'
import { createLogger, type Logger } from '@/lib/platform/logger'

let own: { bus: Bus; log: Logger } | undefined

/** The web application's own bus and log: made at the first use, so that a build needs no queue. */
export function webBus(): { bus: Bus; log: Logger } {
  if (own === undefined) {
    const log = createLogger('web', env().LOG_LEVEL)
    own = { log, bus: createBus({ name: 'web', ...queueSettings(env()), log, onRejected: keepRejectedMessage }) }
  }
  return own
}
