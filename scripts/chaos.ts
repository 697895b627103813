import { spawnSync } from 'node:child_process'
import { readManyBodies } from '@/scripts/chaos/alert-bodies'

// npm run chaos [-- --minutes 10] [--webhooks 10000] [--bodies 1000000] [--seed n]: what is too long for every run of the
// tests. A million bodies for the reader of alerts, then the storm of tests/integration/webhooks/storm.test.ts at full length,
// twice: with the queues in PostgreSQL, and with the queues in Redis.

const given = process.argv.slice(2)
function option(name: string, usual: number): number {
  const at = given.indexOf(`--${name}`)
  if (at < 0) return usual
  const value = Number(given[at + 1])
  if (Number.isFinite(value) && value > 0) return value
  console.error(`--${name} needs a number above zero`)
  process.exit(1)
}

const seed = option('seed', (Date.now() % 1_000_000) + 1)
const bodies = option('bodies', 1_000_000)
const minutes = option('minutes', 10)
const webhooks = option('webhooks', Math.round(1000 * minutes))

const startedAt = performance.now()
const { accepted, refused } = readManyBodies(bodies, seed)
const seconds = Math.round((performance.now() - startedAt) / 1000)
console.log(
  `seed ${seed}: ${bodies} bodies read in ${seconds} s, ${accepted} accepted, ${refused} refused with a reason`,
)

/** The storm, with the queues in one back end. */
function storm(queue: 'postgres' | 'redis'): number {
  console.log(`storm of ${minutes} minutes, ${webhooks} webhooks, queues in ${queue}`)
  const run = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'integration', 'tests/integration/webhooks/storm.test.ts'],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        STORM_SECONDS: String(minutes * 60),
        STORM_WEBHOOKS: String(webhooks),
        STORM_SEED: String(seed),
        STORM_QUEUE: queue,
      },
    },
  )
  return run.status ?? 1
}

const failed = (['postgres', 'redis'] as const).filter((queue) => storm(queue) !== 0)
if (failed.length > 0) console.error(`failed with the queues in ${failed.join(' and ')}`)
process.exit(failed.length === 0 ? 0 : 1)
