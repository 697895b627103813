import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { migrateBus } from '../../lib/bus/backend'
import { startEmbedded } from '../../lib/db/embedded'
import { migrate } from '../../lib/db/migrate'
import { testEnvironment } from '../support/environment'
import { portsOf } from '../support/ports'

/** One real PostgreSQL for all integration tests, with its schema, and the strategy runner's bundle. */
export default async function setup(): Promise<() => Promise<void>> {
  // First: what fails here leaves no server behind.
  const build = spawnSync(process.execPath, ['scripts/build-daemons.mjs'], { encoding: 'utf8' })
  if (build.status !== 0) throw new Error(`the daemons could not be bundled: ${build.stderr}`)
  const env = testEnvironment(portsOf('shared'))
  Object.assign(process.env, env)
  const database = await startEmbedded({
    dataDir: env['DATA_DIR'] ?? '',
    port: Number(env['DB_PORT']),
    password: 'test',
    // Which statements wait for each other stands nowhere else.
    onLog: (line) => {
      if (/deadlock detected|Process \d+(:| waits)/.test(line)) process.stderr.write(`${line}\n`)
    },
  })
  process.env['DATABASE_URL'] = database.url
  await migrate(database.url)
  await migrateBus({ databaseUrl: database.url })
  return async () => {
    await database.stop()
    rmSync(env['DATA_DIR'] ?? '', { recursive: true, force: true })
  }
}
