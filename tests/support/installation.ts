import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { migrateBus } from '@/lib/bus/backend'
import { migrate } from '@/lib/db/migrate'
import { type DaemonName, healthPortOf } from '@/lib/platform/processes'
import { testEnvironment } from './environment'
import { type InstallationName, portsOf } from './ports'
import { until } from './until'

export { until } from './until'

/** Real daemons as processes of their own, on a database of their own, for tests that start, kill and question them. */
export interface Installation {
  env: Record<string, string>
  databaseUrl: string
  start(name: DaemonName, extra?: Record<string, string>): Promise<void>
  /** kill -9, and waits for the end. */
  kill(name: DaemonName): Promise<void>
  /** Waits for a process that ends by itself. */
  ended(name: DaemonName): Promise<void>
  isRunning(name: DaemonName): boolean
  /** The end of what a process wrote. */
  logOf(name: DaemonName): Promise<string>
  query<R extends pg.QueryResultRow = Record<string, string>>(sql: string, values?: unknown[]): Promise<R[]>
  /** The paper exchange's control interface. */
  control<T = unknown>(method: string, path: string, body?: unknown): Promise<T>
  /** Ends everything. Throws when transactions of the processes blocked each other: somebody locks in another order. */
  close(): Promise<void>
}

async function createDatabase(name: string): Promise<string> {
  const url = new URL(process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL'] ?? '')
  process.env['TEST_DATABASE_URL'] = url.href
  const admin = new pg.Client(url.href)
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.end()
  url.pathname = `/${name}`
  await migrate(url.href)
  await migrateBus({ databaseUrl: url.href })
  return url.href
}

/** `extra` are further settings for every process. */
export async function openInstallation(
  name: InstallationName,
  extra: Record<string, string> = {},
): Promise<Installation> {
  const databaseUrl = await createDatabase(`${name}_${process.pid}`)
  const env: Record<string, string> = { ...testEnvironment(portsOf(name)), DATABASE_URL: databaseUrl, ...extra }
  // What the test itself calls of the project works on the same installation.
  Object.assign(process.env, env)
  const db = new pg.Pool({ connectionString: databaseUrl, max: 3 })
  db.on('error', () => undefined)
  const running = new Map<DaemonName, ChildProcess>()
  // A test that fails while it opens an installation never closes it.
  process.once('exit', () => {
    for (const child of running.values()) child.kill('SIGKILL')
  })

  const exit = (child: ChildProcess): Promise<void> =>
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise((resolve) => child.once('exit', () => resolve()))

  const logOf = async (daemon: DaemonName): Promise<string> =>
    (await readFile(join(env['DATA_DIR'] ?? '', `${daemon}.log`), 'utf8')).slice(-1500)

  return {
    env,
    databaseUrl,
    logOf,
    async start(daemon, more = {}) {
      const child = spawn(process.execPath, ['--enable-source-maps', `dist/daemons/${daemon}/main.mjs`], {
        env: { ...process.env, ...env, ...more },
        // With a channel it hears of the end of a test that was killed, and ends as well.
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      })
      const log = createWriteStream(join(env['DATA_DIR'] ?? '', `${daemon}.log`), { flags: 'a' })
      child.stdout?.pipe(log)
      child.stderr?.pipe(log)
      running.set(daemon, child)
      const url = `http://127.0.0.1:${healthPortOf(daemon, Number(env['HEALTH_PORT']))}/health`
      await until(
        async () => {
          if (child.exitCode !== null || child.signalCode !== null) return true
          return (await fetch(url).catch(() => null))?.ok
        },
        20_000,
        `${daemon} up`,
        () => logOf(daemon),
      )
    },
    async kill(daemon) {
      const child = running.get(daemon)
      if (child === undefined) return
      child.kill('SIGKILL')
      await exit(child)
      running.delete(daemon)
    },
    async ended(daemon) {
      const child = running.get(daemon)
      if (child !== undefined) await exit(child)
      running.delete(daemon)
    },
    isRunning(daemon) {
      const child = running.get(daemon)
      return child !== undefined && child.exitCode === null && child.signalCode === null
    },
    async query(sql, values = []) {
      return (await db.query<never>(sql, values)).rows
    },
    async control(method, path, body) {
      const answer = await fetch(`http://127.0.0.1:${env['SIMULATOR_PORT'] ?? ''}/_control/${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`control ${path}: ${answer.status} ${text}`)
      return JSON.parse(text) as never
    },
    async close() {
      await Promise.all(
        [...running.values()].map(async (child) => {
          child.kill('SIGTERM')
          const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
          await exit(child)
          clearTimeout(late)
        }),
      )
      const { rows } = await db.query<{ deadlocks: string }>(
        'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
      )
      await db.end()
      rmSync(env['DATA_DIR'] ?? '', { recursive: true, force: true })
      if (rows[0]?.deadlocks !== '0') throw new Error(`${rows[0]?.deadlocks ?? 'unknown'} deadlocks in ${name}`)
    },
  }
}
