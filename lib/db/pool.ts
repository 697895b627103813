import pg from 'pg'
import { env } from '@/lib/platform/env'

let pool: pg.Pool | undefined

/** Plain connections for the order path, where one statement claims and writes at once. Made at first use. */
export function pgPool(): pg.Pool {
  if (pool === undefined) {
    pool = new pg.Pool({ connectionString: env().DATABASE_URL, max: 8, idleTimeoutMillis: 60_000 })
    // An idle connection that the server cuts is replaced at the next query; without a listener it would end the process.
    pool.on('error', () => undefined)
  }
  return pool
}

export async function closePool(): Promise<void> {
  const closing = pool
  pool = undefined
  await closing?.end()
}
