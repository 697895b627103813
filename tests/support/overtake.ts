import { inTransaction, type Queryable } from '@/lib/db/transaction'
import type { Installation } from './installation'
import { until } from './until'

/** Begins a look, holds it where it comes to `table`, and lets it go on when what happens meanwhile is committed. */
export async function overtake(
  installation: Installation,
  look: () => Promise<void>,
  table: string,
  meanwhile: (tx: Queryable) => Promise<unknown>,
): Promise<void> {
  const isHeld = 'SELECT 1 FROM pg_locks WHERE relation = $1::regclass AND NOT granted'
  const begun = await inTransaction(async (tx) => {
    await tx.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
    const started = { end: look() }
    await until(async () => (await installation.query(isHeld, [table]))[0], 15_000, `a look that reads ${table}`)
    await meanwhile(tx)
    return started
  })
  await begun.end
}
