import { crashPoint } from '@/daemons/runtime/crash-point'
import { boot } from '@/daemons/runtime/boot'
import { every } from '@/lib/platform/every'
import { Reconciliations } from '@/daemons/tracker/reconciliations'
import { findActiveBrokers, recordBrokerSync } from '@/lib/db/broker-repository'
import { createGatewayCaller } from '@/lib/use-cases/call-gateway'
import { startAlertDesk } from '@/lib/use-cases/start-alert-desk'
import { trackBroker } from '@/lib/use-cases/track-broker'
import { createTrackerDesk } from '@/lib/use-cases/tracker-desk'

const TICK_MS = 10_000
/** Without a tick for this long the tracker goes by its own clock: the ledger does not wait for the market's stream. */
const OWN_TICK_AFTER_MS = 12_000
/** How soon a reconciliation that somebody asks for begins. */
const ASKED_EVERY_MS = 1000

boot('tracker', async ({ bus, clock, log, stopping, setError, env }) => {
  const desk = {
    ...createTrackerDesk({ bus, gateway: createGatewayCaller(bus, clock), clock, log }),
    stopping,
  }
  const reconciliations = new Reconciliations(desk)
  await reconciliations.start()
  let isRunning = false
  let lastRun = 0
  // Two reasons side by side: an exchange that cannot be read, and alerts that cannot be sent.
  const reasons: { broker: string | null; alerts: string | null } = { broker: null, alerts: null }
  const tell = (change: Partial<typeof reasons>): void => {
    Object.assign(reasons, change)
    setError(reasons.broker ?? reasons.alerts)
  }

  async function track(): Promise<void> {
    if (isRunning) return
    isRunning = true
    lastRun = clock()
    try {
      const failures = await Promise.all(
        (await findActiveBrokers()).map(async (broker) => {
          if (broker.marketsLoadedAt === null) return null
          // What happens from here on is the next look's to find.
          const lookedAt = clock()
          try {
            await trackBroker(desk, broker)
            await recordBrokerSync(broker.id, lookedAt, null)
            return null
          } catch (error) {
            const reason = error instanceof Error ? error.message : String(error)
            log.warn({ brokerId: broker.id, reason }, 'broker could not be followed')
            await recordBrokerSync(broker.id, clock(), reason).catch(() => undefined)
            return `${broker.name}: ${reason}`
          }
        }),
      )
      await reconciliations.askDue()
      tell({ broker: failures.find((failure) => failure !== null) ?? null })
    } finally {
      isRunning = false
    }
  }

  await bus.consume('heartbeat-tracker', { 'clock.tick': (tick) => (tick.isMinute ? Promise.resolve() : track()) })
  const loop = every(TICK_MS / 5, stopping, log, 'track', () =>
    clock() - lastRun > OWN_TICK_AFTER_MS ? track() : Promise.resolve(),
  )
  const asked = every(ASKED_EVERY_MS, stopping, log, 'reconcile', () => reconciliations.work())
  const alerts = startAlertDesk('tracker', {
    env,
    clock,
    log,
    stopping,
    crashPoint,
    setError: (reason) => tell({ alerts: reason }),
  })
  return async () => {
    await Promise.all([loop, asked, alerts])
    await reconciliations.ended()
  }
})
