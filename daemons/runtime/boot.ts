import { closePool } from '@/lib/db/pool'
import { disconnectPrisma } from '@/lib/db/client'
import { waitForDatabase, watchDatabase } from '@/lib/db/readiness'
import { keepRejectedMessage } from '@/lib/db/rejected-message-repository'
import { type Bus, createBus } from '@/lib/bus/bus'
import { type Clock, systemClock } from '@/lib/platform/clock'
import { type Env, env, queueSettings } from '@/lib/platform/env'
import { createLogger, type Logger } from '@/lib/platform/logger'
import { type DaemonName, healthPortOf } from '@/lib/platform/processes'
import { startHealthServer } from '@/daemons/runtime/health-server'

export interface DaemonContext {
  env: Env
  log: Logger
  clock: Clock
  /** Aborted when the daemon is told to stop. */
  stopping: AbortSignal
  /** What is wrong at the moment, shown by /health; null when all is well. */
  setError: (reason: string | null) => void
}

export interface BusContext extends DaemonContext {
  bus: Bus
}

/** Closes what the daemon opened: stop taking work, finish what runs, then let go. */
export type Stop = () => Promise<void>

const STOP_GRACE_MS = 8000

async function run(name: DaemonName, start: (context: DaemonContext) => Promise<Stop>): Promise<void> {
  const settings = env()
  const log = createLogger(name, settings.LOG_LEVEL)
  const abort = new AbortController()
  let error: string | null = null
  let state: 'starting' | 'up' = 'starting'
  const since = new Date(systemClock()).toISOString()
  const health = await startHealthServer(settings.HOST, healthPortOf(name, settings.HEALTH_PORT), () => ({
    name,
    state,
    since,
    error,
  }))

  const started: { stop?: Stop } = {}
  let isStopping = false
  const shutDown = async (reason: string): Promise<void> => {
    if (isStopping) return
    isStopping = true
    log.info({ reason }, 'stopping')
    abort.abort()
    setTimeout(() => {
      log.error('did not stop in time')
      process.exit(1)
    }, STOP_GRACE_MS).unref()
    await started.stop?.().catch((failure: unknown) => log.error({ failure }, 'stop failed'))
    await health.close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void shutDown(signal))
  // The launcher is gone (kill -9, power): nobody would stop us, and its next start would find our ports taken.
  process.on('disconnect', () => void shutDown('launcher is gone'))

  const context: DaemonContext = {
    env: settings,
    log,
    clock: systemClock,
    stopping: abort.signal,
    setError: (reason) => {
      error = reason
    },
  }
  started.stop = await start(context)
  state = 'up'
  log.info('up')
}

/** Runs a daemon that needs neither database nor queues. */
export function bootAlone(name: DaemonName, start: (context: DaemonContext) => Promise<Stop>): void {
  // What nobody caught leaves an unknown state behind: log it and let the supervisor start a fresh process.
  const die = (failure: unknown): void => {
    const text = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)
    process.stderr.write(`${JSON.stringify({ name, level: 'fatal', msg: text })}\n`)
    process.exit(1)
  }
  process.on('uncaughtException', die)
  process.on('unhandledRejection', die)
  run(name, start).catch(die)
}

/** Runs a daemon: settings, log, health and metrics at once, then database and queues as soon as they answer. */
export function boot(name: DaemonName, start: (context: BusContext) => Promise<Stop>): void {
  bootAlone(name, async (context) => {
    context.setError('waiting for the database')
    await waitForDatabase(context.stopping)
    context.setError(null)
    const bus = createBus({
      name,
      ...queueSettings(context.env),
      log: context.log,
      onRejected: keepRejectedMessage,
    })
    // Two reasons side by side: the database's comes and goes by itself and does not wipe out the daemon's own.
    const reasons: { database: string | null; own: string | null } = { database: null, own: null }
    const tell = (): void => context.setError(reasons.database ?? reasons.own)
    const setError = (reason: string | null): void => {
      reasons.own = reason
      tell()
    }
    const watching = watchDatabase(context.stopping, (isAway) => {
      reasons.database = isAway ? 'the database does not answer' : null
      tell()
    })
    const stop = await start({ ...context, bus, setError })
    return async () => {
      await watching
      await bus.drain()
      await stop()
      await bus.close()
      await disconnectPrisma()
      await closePool()
    }
  })
}
