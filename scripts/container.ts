// The process of one container (docker-compose.yml): setup | web | <daemon> | health <web or daemon>.
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { useInstallation } from '@/daemons/supervisor/data-folder'
import { createFirstUsers, provisionNewUsers } from '@/daemons/supervisor/first-run'
import { marketEnvironment, resolveMarket } from '@/daemons/supervisor/market'
import { migrateBus } from '@/lib/bus/backend'
import { disconnectPrisma } from '@/lib/db/client'
import { migrate } from '@/lib/db/migrate'
import { closePool } from '@/lib/db/pool'
import { resealAll } from '@/lib/db/reseal'
import { env, parseEnv, queueSettings } from '@/lib/platform/env'
import { DAEMON_NAMES, type DaemonName, healthUrlOf } from '@/lib/platform/processes'
import { sweepOldDust } from '@/lib/use-cases/rebuild-ledger'
import { resetDebugMode } from '@/lib/use-cases/set-debug-mode'

const isDaemon = (name: string): name is DaemonName => (DAEMON_NAMES as readonly string[]).includes(name)

/** Runs once, before everything but the paper exchange: schema, queues, and on an empty database the first users. */
async function setUp(): Promise<void> {
  const settings = env()
  const applied = await migrate(settings.DATABASE_URL)
  await sweepOldDust(Date.now())
  await migrateBus(queueSettings(settings))
  if (env().SECRET_KEY_PREVIOUS !== undefined)
    console.log(`${await resealAll(env())} stored secrets sealed with the new key`)
  await resetDebugMode()
  console.log(`the database is up to date (${applied.length} migrations applied)`)
  for (const { name, password } of await createFirstUsers())
    console.log(`user ${name}, password ${password}   (shown once)`)
  await provisionNewUsers()
  await disconnectPrisma()
  await closePool()
}

async function startWeb(): Promise<void> {
  const { HOST, PORT } = env()
  const next = resolve('node_modules/next/dist/bin/next')
  process.argv = [process.execPath, next, 'start', '-p', String(PORT), '-H', HOST]
  await import(pathToFileURL(next).href)
}

async function startDaemon(name: DaemonName): Promise<void> {
  const settings = parseEnv(process.env)
  Object.assign(process.env, marketEnvironment(await resolveMarket(settings), settings))
  await import(pathToFileURL(resolve(join('dist/daemons', name, 'main.mjs'))).href)
}

/** Asks the process of this same container. */
async function checkHealth(name: string): Promise<void> {
  const here = { ...env(), DAEMON_HOST: '127.0.0.1' }
  const url = isDaemon(name) ? healthUrlOf(name, here) : `http://127.0.0.1:${here.PORT}/api/health`
  const answer = await fetch(url, { signal: AbortSignal.timeout(3000) })
  if (!answer.ok) throw new Error(`${name} answers ${answer.status}`)
}

async function run(name: string, subject: string): Promise<void> {
  // The compose file passes what is not set on as empty text.
  for (const [variable, value] of Object.entries(process.env))
    if (value === '') Reflect.deleteProperty(process.env, variable)
  useInstallation()
  if (name === 'setup') await setUp()
  else if (name === 'web') await startWeb()
  else if (name === 'health') await checkHealth(subject)
  else if (isDaemon(name)) await startDaemon(name)
  else throw new Error(`usage: container setup | web | health <process> | ${DAEMON_NAMES.join(' | ')}`)
}

run(process.argv[2] ?? '', process.argv[3] ?? 'web').catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
