// Applies prisma/migrations/*/migration.sql at start-up, in pure `pg`, and books them in _prisma_migrations exactly as
// `prisma migrate deploy` does (same table, checksum, advisory lock), so that the Prisma CLI agrees wherever it is used.
import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`

interface Booked {
  migration_name: string
  checksum: string
  finished_at: Date | null
}

async function apply(db: pg.Client, name: string, sql: Buffer, checksum: string): Promise<void> {
  const id = randomUUID()
  await db.query(
    'INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, now())',
    [id, checksum, name],
  )
  try {
    await db.query(sql.toString('utf8')) // no parameters: simple protocol, the whole file is one implicit transaction
  } catch (error) {
    await db.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, String(error)])
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
  await db.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id])
}

/** Brings the database up to the newest migration and returns the names applied. Throws when one failed or was changed. */
export async function migrate(connectionString: string, folder = 'prisma/migrations'): Promise<string[]> {
  const db = new pg.Client({ connectionString })
  await db.connect()
  try {
    await db.query('SELECT pg_advisory_lock(72707369)') // Prisma Migrate's own lock
    await db.query(TABLE)
    const rows = await db.query<Booked>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    )
    const booked = new Map(rows.rows.map((row) => [row.migration_name, row]))
    const names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
    const applied: string[] = []
    for (const name of names) {
      const sql = readFileSync(join(folder, name, 'migration.sql'))
      const checksum = createHash('sha256').update(sql).digest('hex')
      const row = booked.get(name)
      if (row && !row.finished_at)
        throw new Error(`migration ${name} failed earlier: mend the database, then mark it rolled back`)
      if (row && row.checksum !== checksum) throw new Error(`migration ${name} was changed after it was applied`)
      if (row) continue
      await apply(db, name, sql, checksum)
      applied.push(name)
    }
    return applied
  } finally {
    await db.end()
  }
}
