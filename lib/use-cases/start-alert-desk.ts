import type { Clock } from '@/lib/platform/clock'
import type { Env } from '@/lib/platform/env'
import { every } from '@/lib/platform/every'
import type { Logger } from '@/lib/platform/logger'
import type { DaemonName } from '@/lib/platform/processes'
import { createAlertSender, servicesOf, watchAlerts } from '@/lib/use-cases/deliver-alerts'
import { createProcessWatch } from '@/lib/use-cases/watch-processes'

const DELIVER_EVERY_MS = 1000
const LOOK_EVERY_MS = 3000
const WATCH_EVERY_MS = 30_000

interface AlertDeskHost {
  env: Env
  clock: Clock
  log: Logger
  stopping: AbortSignal
  crashPoint: (name: string) => void
  /** What is wrong with the delivery itself, or null. */
  setError?: (reason: string | null) => void
}

/**
 * Sends alerts, watches the other processes and the delivery itself, until `stopping`. It may run in any number of
 * daemons: what one does, another does not do again.
 */
export async function startAlertDesk(own: DaemonName, host: AlertDeskHost): Promise<void> {
  const { env, clock, log, stopping } = host
  const desk = {
    services: servicesOf(env),
    publicAddress: env.NEXTAUTH_URL?.replace(/\/+$/, '') ?? null,
    clock,
    log,
    crashPoint: host.crashPoint,
  }
  const sender = createAlertSender(desk)
  const watch = createProcessWatch(own, env, clock)
  await Promise.all([
    every(DELIVER_EVERY_MS, stopping, log, 'alerts', () => sender.sendDue()),
    every(LOOK_EVERY_MS, stopping, log, 'processes', () => watch.look()),
    every(WATCH_EVERY_MS, stopping, log, 'alert watch', async () => {
      const trouble = await watchAlerts(desk)
      host.setError?.(trouble)
    }),
  ])
  await sender.settled()
}
