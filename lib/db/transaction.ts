import type pg from 'pg'
import { pgPool } from '@/lib/db/pool'

/** A connection that statements run on: the pool, or one inside a transaction. */
export interface Queryable {
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>
}

/** Runs `work` in one transaction on one connection: all of it is written, or nothing. */
export async function inTransaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pgPool().connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    // A connection that cannot roll back is broken: it is closed instead of going back to the pool.
    const isBroken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    )
    client.release(isBroken)
    throw error
  }
}

/** True when the database can never take these values: trying again changes nothing. */
export const isRefusedForGood = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && /^2[23]/.test(String(error.code))

/** The constraint that refused a statement, when that is why it failed. */
export function refusedBy(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  const isConstraint = typeof error.code === 'string' && error.code.startsWith('23')
  return isConstraint && 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : null
}
