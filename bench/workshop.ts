import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Door, openDoor } from '@/bench/door/arrivals'
import { monotonicMs } from '@/bench/distribution'
import { migrateBus } from '@/lib/bus/backend'
import { disconnectPrisma } from '@/lib/db/client'
import { startEmbedded } from '@/lib/db/embedded'
import { migrate } from '@/lib/db/migrate'
import { closePool } from '@/lib/db/pool'
import { type DaemonName, healthPortOf } from '@/lib/platform/processes'

/** First of the ports that a run of the benchmarks uses. */
const PORTS = 25_000

/** An installation for measuring: a PostgreSQL of its own, the daemons as they are shipped, an exchange's door. */
export interface Workshop {
  databaseUrl: string
  /** Of the database for the queues. */
  queueUrl: string
  door: Door
  receiverUrl: string
  /** Where the heartbeat looks for the market's stream. */
  marketPort: number
  isQuick: boolean
  /** A port for a benchmark's own processes, 0 to 99. */
  port(index: number): number
  /** Starts a daemon and returns the milliseconds until it says that it is up. One that runs is left alone (0). */
  start(name: DaemonName, extra?: Record<string, string>): Promise<number>
  stop(name: DaemonName): Promise<void>
  isRunning(name: DaemonName): boolean
  /** A value of the daemon's own metrics. */
  metric(name: DaemonName, metric: string): Promise<number>
  close(): Promise<void>
}

const settings = (dataDir: string): Record<string, string> => ({
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  DATA_DIR: dataDir,
  SECRET_KEY: 'a secret key for measuring only, of sufficient length',
  MARKET_SOURCE: 'synthetic',
  HOST: '127.0.0.1',
  PORT: String(PORTS),
  LIVE_PORT: String(PORTS + 1),
  RECEIVER_PORT: String(PORTS + 2),
  SIMULATOR_PORT: String(PORTS + 3),
  // More comes in than a trader's alerts.
  WEBHOOK_BURST: '1000000',
  WEBHOOK_PER_MINUTE: '1000000',
  DB_PORT: String(PORTS + 4),
  HEALTH_PORT: String(PORTS + 10),
  BINANCE_REST_URL: `http://127.0.0.1:${PORTS + 5}`,
  BINANCE_WS_API_URL: `ws://127.0.0.1:${PORTS + 5}`,
  BINANCE_MARKET_REST_URL: `http://127.0.0.1:${PORTS + 5}`,
  BINANCE_MARKET_WS_URL: `ws://127.0.0.1:${PORTS + 6}`,
})

const endOf = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()))

export async function openWorkshop(isQuick: boolean): Promise<Workshop> {
  const dataDir = mkdtempSync(join(tmpdir(), 'aristobot-bench-'))
  const env = settings(dataDir)
  // What runs in this process (accounts, the hand-made comparisons) works on the same installation.
  Object.assign(process.env, env)
  const build = spawnSync(process.execPath, ['scripts/build-daemons.mjs'], { encoding: 'utf8' })
  if (build.status !== 0) throw new Error(`the daemons could not be bundled: ${build.stderr}`)
  const database = await startEmbedded({ dataDir, port: PORTS + 4, password: 'bench' })
  process.env['DATABASE_URL'] = database.url
  env['DATABASE_URL'] = database.url
  env['QUEUE_DATABASE_URL'] = database.queueUrl
  process.env['QUEUE_DATABASE_URL'] = database.queueUrl
  const door = await (async () => {
    await migrate(database.url)
    await migrateBus({ databaseUrl: database.queueUrl })
    return openDoor(PORTS + 5)
  })().catch(async (error: unknown) => {
    await database.stop()
    throw error
  })
  const running = new Map<DaemonName, ChildProcess>()
  const addressOf = (name: DaemonName): string => `http://127.0.0.1:${healthPortOf(name, PORTS + 10)}`

  async function stop(name: DaemonName): Promise<void> {
    const child = running.get(name)
    if (child === undefined) return
    running.delete(name)
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await endOf(child)
    clearTimeout(late)
  }

  return {
    databaseUrl: database.url,
    queueUrl: database.queueUrl,
    door,
    receiverUrl: `http://127.0.0.1:${PORTS + 2}`,
    marketPort: PORTS + 6,
    isQuick,
    port: (index) => PORTS + 100 + index,

    async start(name, extra = {}) {
      if (running.has(name)) return 0
      const logFile = join(dataDir, `${name}.log`)
      const log = openSync(logFile, 'a')
      const startedAt = monotonicMs()
      const child = spawn(process.execPath, [`dist/daemons/${name}/main.mjs`], {
        env: { ...process.env, ...env, ...extra },
        // With a channel a daemon ends by itself when this program is gone.
        stdio: ['ignore', log, log, 'ipc'],
      })
      closeSync(log)
      running.set(name, child)
      for (;;) {
        const isUp = await fetch(`${addressOf(name)}/health`).then(
          (answer) => answer.ok,
          () => false,
        )
        if (isUp) return monotonicMs() - startedAt
        if (child.exitCode !== null || monotonicMs() - startedAt > 20_000)
          throw new Error(`${name} did not come up: ${readFileSync(logFile, 'utf8').slice(-2000)}`)
        await sleep(5)
      }
    },

    stop,
    isRunning: (name) => running.has(name),

    async metric(name, metric) {
      const text = await (await fetch(`${addressOf(name)}/metrics`)).text()
      const line = text.split('\n').find((each) => each.startsWith(`${metric} `) || each.startsWith(`${metric}{`))
      return line === undefined ? Number.NaN : +(line.split(' ').at(-1) ?? '')
    },

    async close() {
      await Promise.all([...running.keys()].map(stop))
      await door.role.stop()
      await disconnectPrisma()
      await closePool()
      await database.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
