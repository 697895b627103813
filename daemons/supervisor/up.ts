import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFolder, fillEnvironment, forgetPreviousKey } from '@/daemons/supervisor/data-folder'
import { openDatabase } from '@/daemons/supervisor/database'
import { createFirstUsers, provisionNewUsers } from '@/daemons/supervisor/first-run'
import { describeMarket, marketEnvironment, resolveMarket } from '@/daemons/supervisor/market'
import { takenPorts } from '@/daemons/supervisor/ports'
import { removePid, runningPid, writePid } from '@/daemons/supervisor/single-instance'
import { type Service, supervise, type Supervision } from '@/daemons/supervisor/supervise'
import { migrateBus } from '@/lib/bus/backend'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { resealAll } from '@/lib/db/reseal'
import { type Env, parseEnv, queueSettings } from '@/lib/platform/env'
import { DAEMON_NAMES, type DaemonName, healthPortOf, type ProcessName } from '@/lib/platform/processes'
import { sweepOldDust } from '@/lib/use-cases/rebuild-ledger'
import { resetDebugMode } from '@/lib/use-cases/set-debug-mode'

const say = (line: string): void => console.log(line)

// Loaded into the web server, which is not ours: when this process is gone (kill -9, power) the channel closes and it
// ends. Only in our own child, not in what that one forks in turn.
const LEAVE_WITH_LAUNCHER = `data:text/javascript,${encodeURIComponent(
  `if (process.ppid === ${process.pid}) { process.channel?.unref(); process.on('disconnect', () => process.exit(1)) }`,
)}`

function serviceOf(name: ProcessName, env: Env, isDev: boolean): Service {
  const node = process.execPath
  if (name === 'web') {
    const mode = isDev ? 'dev' : 'start'
    return {
      name,
      command: [
        node,
        '--import',
        LEAVE_WITH_LAUNCHER,
        'node_modules/next/dist/bin/next',
        mode,
        '-p',
        String(env.PORT),
        '-H',
        env.HOST,
      ],
      env: { NODE_ENV: isDev ? 'development' : 'production', NEXT_TELEMETRY_DISABLED: '1' },
    }
  }
  return isDev
    ? { name, command: [node, '--import', 'tsx', `daemons/${name}/main.ts`] }
    : { name, command: [node, '--enable-source-maps', `dist/daemons/${name}/main.mjs`] }
}

async function isUp(name: ProcessName, env: Env): Promise<boolean> {
  const url =
    name === 'web'
      ? `http://${env.HOST}:${env.PORT}/api/health`
      : `http://${env.HOST}:${healthPortOf(name, env.HEALTH_PORT)}/health`
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok
  } catch {
    return false
  }
}

/** Waits for processes to be up, and names those that are not when the time is over. */
async function waitFor(names: ProcessName[], env: Env, limitMs: number): Promise<ProcessName[]> {
  const until = performance.now() + limitMs
  let missing = names
  while (missing.length > 0 && performance.now() < until) {
    const states = await Promise.all(missing.map(async (name) => ({ name, ok: await isUp(name, env) })))
    missing = states.filter(({ ok }) => !ok).map(({ name }) => name)
    if (missing.length > 0) await sleep(150)
  }
  return missing
}

/** From sources: the launcher has not read .env, the database client is generated, strategies run in a bundle of their own. */
function prepareSources(): void {
  if (existsSync('.env')) process.loadEnvFile('.env')
  for (const args of [['node_modules/prisma/build/index.js', 'generate'], ['scripts/build-daemons.mjs']]) {
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`)
  }
}

/** Starts the whole installation and keeps it running until SIGTERM, SIGINT or SIGHUP. */
export async function up(isDev: boolean): Promise<void> {
  if (isDev) prepareSources()
  fillEnvironment()
  const pidFile = join(dataFolder(), 'aristobot.pid')
  // The database's address is known only once it runs; everything else is checked now.
  const checked = parseEnv({ ...process.env, DATABASE_URL: process.env['DATABASE_URL'] || 'postgresql://embedded' })
  const address = `http://${checked.HOST === '0.0.0.0' ? 'localhost' : checked.HOST}:${checked.PORT}`

  const other = runningPid(pidFile)
  if (other !== null) {
    say(`Aristobot is running already (process ${other}): ${address}`)
    return
  }
  const taken = await takenPorts(checked, 6000)
  if (taken.length > 0)
    throw new Error(
      taken
        .map(({ port, variable, purpose }) => `Port ${port} for ${purpose} is taken. Set ${variable} to a free port.`)
        .join('\n'),
    )
  writePid(pidFile)

  const opened: { supervisions: Supervision[]; stopDatabase?: () => Promise<void> } = { supervisions: [] }
  let isStopping = false
  const stop = async (): Promise<void> => {
    if (isStopping) return
    isStopping = true
    say('stopping')
    await Promise.all(opened.supervisions.map((supervision) => supervision.stop()))
    await disconnectPrisma().catch(() => undefined)
    await opened.stopDatabase?.()
    removePid(pidFile)
    say('stopped')
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop())

  try {
    const database = await openDatabase(checked.DB_PORT, say)
    opened.stopDatabase = () => database.stop()
    process.env['DATABASE_URL'] = database.url
    process.env['QUEUE_DATABASE_URL'] ||= database.queueUrl
    const env = parseEnv(process.env)
    const swept = await sweepOldDust(Date.now())
    if (swept > 0) say(`${swept} positions recomputed from their executions`)
    await migrateBus(queueSettings(env))
    if (env.SECRET_KEY_PREVIOUS !== undefined) {
      say(`new secret key: ${await resealAll(env)} stored secrets sealed anew`)
      await closePool()
      forgetPreviousKey()
    }
    await resetDebugMode()

    const source = await resolveMarket(env)
    Object.assign(process.env, marketEnvironment(source, env))
    say(`market: ${describeMarket(source, env)}`)

    const logs = join(dataFolder(), 'logs')
    const start = (names: ProcessName[]) =>
      opened.supervisions.push(
        supervise(
          names.map((name) => serviceOf(name, env, isDev)),
          logs,
          say,
        ),
      )
    start(['simulator'])
    await waitFor(['simulator'], env, 20_000)
    const credentials = await createFirstUsers()
    await provisionNewUsers()
    const rest: DaemonName[] = DAEMON_NAMES.filter((name) => name !== 'simulator')
    start([...rest, 'web'])
    say('starting the processes')
    const missing = await waitFor([...rest, 'web'], env, isDev ? 90_000 : 60_000)
    for (const name of missing) say(`${name} is not up yet; see ${join(logs, `${name}.log`)}`)

    say('')
    say(`Aristobot is ready: ${address}`)
    for (const { name, password } of credentials) say(`  user ${name}, password ${password}   (shown once)`)
    say(`  market: ${describeMarket(source, env)}`)
    say(`  webhooks: http://${env.HOST}:${env.RECEIVER_PORT}/webhooks/<token>`)
    say('')
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    await Promise.all(opened.supervisions.map((supervision) => supervision.stop()))
    await opened.stopDatabase?.()
    removePid(pidFile)
    process.exit(1)
  }
}
