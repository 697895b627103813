import { crashPoint } from '@/daemons/runtime/crash-point'
import { boot } from '@/daemons/runtime/boot'
import { every } from '@/lib/platform/every'
import { SideBySide } from '@/lib/platform/side-by-side'
import { findRun, findSupervisedRuns } from '@/lib/db/due-run-repository'
import { findPosition } from '@/lib/db/position-repository'
import { rehearseOrderPath } from '@/lib/db/rehearsal'
import { listenForWakes } from '@/lib/db/wake'
import { findPositionsWantingExits } from '@/lib/db/exit-repository'
import { createStrategyHost } from '@/lib/strategy-runtime/host'
import { advanceRun, superviseRun } from '@/lib/use-cases/advance-run'
import { createGatewayCaller } from '@/lib/use-cases/call-gateway'
import { createHistoryReader } from '@/lib/use-cases/candle-history'
import { evaluateSignal } from '@/lib/use-cases/evaluate-signal'
import { auditWebhooks } from '@/lib/use-cases/audit-webhooks'
import { createCapabilityReader, createFeeReader } from '@/lib/use-cases/exchange-abilities'
import { createFundsReader } from '@/lib/use-cases/free-funds'
import { watchKeptOrders } from '@/lib/use-cases/keep-orders'
import { createFundsBooks } from '@/lib/use-cases/shared-funds'
import { rehearseDecision } from '@/lib/use-cases/rehearse-decision'
import { resumeDecisions } from '@/lib/use-cases/resume-decisions'
import { startAlertDesk } from '@/lib/use-cases/start-alert-desk'
import { advanceExits } from '@/lib/use-cases/update-exits'
import { createWaitingWebhooks } from '@/lib/use-cases/waiting-webhooks'
import { createWebhookStatements } from '@/lib/use-cases/webhook-statements'
import { createWebhookLines } from '@/lib/use-cases/webhook-line'

const ADVANCE_EVERY_MS = 3000
/** How late an emulated order may fire at most, its exchange answering at once. */
const KEPT_EVERY_MS = 1000
/** What is left of a position is without its stop for so long at most after a part of it was sold. */
const EXITS_EVERY_MS = 250
/** An exchange that fails is not asked again before. */
const EXITS_REST_MS = 1000
const RESUME_EVERY_MS = 5000
const SWEEP_EVERY_MS = 2000
const SUPERVISE_WITHOUT_TICK_MS = 75_000
const LOST_WAKE_MS = 3000

boot('engine', async ({ bus, clock, log, stopping, env }) => {
  const host = createStrategyHost()
  const gateway = createGatewayCaller(bus, clock)
  const fundsOf = createFundsReader(gateway)
  const capabilitiesOf = createCapabilityReader(gateway, clock)
  const engine = {
    bus,
    clock,
    log,
    host,
    gateway,
    fundsOf,
    funds: createFundsBooks(fundsOf),
    statements: createWebhookStatements(),
    historyOf: createHistoryReader(gateway),
    capabilitiesOf,
    feeOnTopOf: createFeeReader(gateway, capabilitiesOf, clock),
  }
  const line = createWebhookLines(engine)
  const waiting = createWaitingWebhooks(engine, line)
  const keptMarkets = new SideBySide((error, market) => log.warn({ error, market }, 'kept orders not looked at'))
  let supervisedAt = clock()
  const exitsRestUntil = new Map<string, number>()
  const exchanges = new SideBySide((error, positionId) => {
    exitsRestUntil.set(positionId, clock() + EXITS_REST_MS)
    log.warn({ positionId, reason: error instanceof Error ? error.message : String(error) }, 'exits wait')
  })

  async function eachRun(what: string, step: (runId: string) => Promise<void>): Promise<void> {
    await Promise.all(
      (await findSupervisedRuns()).map((run) =>
        step(run.id).catch((error: unknown) => {
          log.warn({ runId: run.id, reason: error instanceof Error ? error.message : String(error) }, `${what} failed`)
        }),
      ),
    )
  }

  async function supervise(): Promise<void> {
    supervisedAt = clock()
    await eachRun('supervision', async (runId) => {
      const run = await findRun(runId)
      if (run !== null) await superviseRun(engine, run)
    })
  }

  await bus.consume(
    'heartbeat-engine',
    {
      'candle.closed': (signal) => evaluateSignal(engine, signal),
      'clock.tick': async ({ isMinute, exchangeTime }) => {
        if (isMinute) await Promise.all([supervise(), auditWebhooks(engine, exchangeTime)])
      },
    },
    8,
  )
  await bus.consume('webhook_raw', { 'webhook.received': ({ webhookId }) => waiting.takeUpLineOf(webhookId) })
  await bus.consume(
    'positions',
    {
      'position.changed': async ({ positionId }) => {
        const position = await findPosition(positionId)
        if (position?.runId !== undefined) await advanceRun(engine, position.runId)
        else await advanceExits(engine, positionId)
      },
    },
    8,
  )
  await rehearseOrderPath(clock()).catch((error: unknown) => log.warn({ error }, 'rehearsal failed'))
  await rehearseDecision(engine)
  const wakes = listenForWakes({ webhook_raw: (text) => line.take(text) }, () => {
    waiting.takeUp(clock()).catch((error: unknown) => log.warn({ error }, 'webhooks could not be taken up yet'))
  })
  const loops = [
    // What a lost message or a restart left lying is taken up here.
    every(ADVANCE_EVERY_MS, stopping, log, 'advance', () => eachRun('advance', (runId) => advanceRun(engine, runId))),
    every(KEPT_EVERY_MS, stopping, log, 'kept orders', () => watchKeptOrders(engine, keptMarkets)),
    every(EXITS_EVERY_MS, stopping, log, 'wanted exits', async () => {
      // Side by side, and nobody waits for them: an account whose exchange does not answer keeps no other's stop away.
      for (const positionId of await findPositionsWantingExits()) {
        if ((exitsRestUntil.get(positionId) ?? 0) > clock()) continue
        exitsRestUntil.delete(positionId)
        exchanges.start(positionId, () => advanceExits(engine, positionId))
      }
    }),
    every(RESUME_EVERY_MS, stopping, log, 'resume', () => resumeDecisions(engine)),
    every(SWEEP_EVERY_MS, stopping, log, 'sweep', async () => {
      await waiting.takeUp(clock() - LOST_WAKE_MS)
      if (clock() - supervisedAt > SUPERVISE_WITHOUT_TICK_MS) await supervise()
    }),
    // Beside the tracker: each tells of the other's end.
    startAlertDesk('engine', { env, clock, log, stopping, crashPoint }),
  ]
  return async () => {
    await wakes.close()
    await Promise.all([line.settled(), waiting.stop(), ...loops])
    await Promise.all([keptMarkets.settled(), exchanges.settled()])
    await host.close()
  }
})
