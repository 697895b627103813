import { createBus } from '@/lib/bus/bus'
import { keepRejectedMessage } from '@/lib/db/rejected-message-repository'
import { systemClock } from '@/lib/platform/clock'
import { env } from '@/lib/platform/env'
import { createLogger } from '@/lib/platform/logger'
import { createGatewayCaller, type GatewayCaller } from '@/lib/use-cases/call-gateway'

let caller: GatewayCaller | undefined

/** The web application's own line to the gateway: made at the first question, so that a build needs no queue. */
export function webGateway(): GatewayCaller {
  if (caller === undefined) {
    const log = createLogger('web', env().LOG_LEVEL)
    const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = env()
    const bus = createBus({ name: 'web', databaseUrl, redisUrl, log, onRejected: keepRejectedMessage })
    caller = createGatewayCaller(bus, systemClock)
  }
  return caller
}
