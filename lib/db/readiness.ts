import pg from 'pg'
import { pgPool } from '@/lib/db/pool'
import { sleep } from '@/lib/platform/clock'
import { env } from '@/lib/platform/env'

/** True when the database answers a query within two seconds. */
async function isDatabaseReady(): Promise<boolean> {
  const client = new pg.Client({
    connectionString: env().DATABASE_URL,
    connectionTimeoutMillis: 2000,
    query_timeout: 2000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1 FROM debug_mode LIMIT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Tells every two seconds whether the pool's connections answer, until `stopping` is aborted. */
export async function watchDatabase(stopping: AbortSignal, onState: (isAway: boolean) => void): Promise<void> {
  while (!stopping.aborted) {
    const answer = pgPool().query('SELECT 1')
    const isThere = answer.then(
      () => true,
      () => false,
    )
    onState(!(await Promise.race([isThere, sleep(2000, stopping).then(() => false)])))
    await sleep(2000, stopping)
  }
}

/** Returns as soon as the database answers with its schema in place, or `stopping` is aborted. */
export async function waitForDatabase(stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted && !(await isDatabaseReady())) await sleep(300, stopping)
}
