// npm run ledger -- rebuild [--check]: positions, round trips and gains of orders, recomputed from the recorded fills.
import { parseArgs } from 'node:util'
import { useInstallation } from '@/daemons/supervisor/data-folder'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { rebuildLedger } from '@/lib/use-cases/rebuild-ledger'

const USAGE = `usage: npm run ledger -- rebuild [--check]
  rebuild          recomputes the ledger from the fills and writes what differs
  rebuild --check  only says what differs; the exit code is 1 when anything does`

async function run(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } })
  if (positionals.length !== 1 || positionals[0] !== 'rebuild') throw new Error(USAGE)
  const isCheck = values.check ?? false
  const { positions, roundTrips, differences } = await rebuildLedger(isCheck, Date.now())
  for (const { positionId, symbol, what, stored, fromFills } of differences)
    console.log(`${symbol} ${positionId}: ${what}: ${stored ?? 'nothing'} stored, ${fromFills ?? 'nothing'} from fills`)
  console.log(`${positions} positions, ${roundTrips} round trips, ${differences.length} differences`)
  return isCheck && differences.length > 0 ? 1 : 0
}

useInstallation()
try {
  process.exitCode = await run()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
} finally {
  await disconnectPrisma()
  await closePool()
}
