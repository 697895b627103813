// npm run init: creates the users "dev" and "dac", and only that. Repeated it changes nothing.
import { existsSync } from 'node:fs'
import { fillEnvironment, keptSecret } from '@/daemons/supervisor/data-folder'
import { createFirstUsers } from '@/daemons/supervisor/first-run'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'

if (existsSync('.env')) process.loadEnvFile('.env')
fillEnvironment()
process.env['DATABASE_URL'] ??=
  `postgresql://aristobot:${keptSecret('postgres')}@127.0.0.1:${process.env['DB_PORT'] ?? '54320'}/aristobot`
try {
  const created = await createFirstUsers()
  if (created.length === 0) console.log('The users exist already; nothing was changed.')
  for (const { name, password } of created) console.log(`user ${name}, password ${password}   (shown once)`)
} finally {
  await disconnectPrisma()
  await closePool()
}
