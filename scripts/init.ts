// npm run init: creates the users "dev" and "dac", and only that. Repeated it changes nothing.
import { useInstallation } from '@/daemons/supervisor/data-folder'
import { createFirstUsers } from '@/daemons/supervisor/first-run'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'

useInstallation()
try {
  const created = await createFirstUsers()
  if (created.length === 0) console.log('The users exist already; nothing was changed.')
  for (const { name, password } of created) console.log(`user ${name}, password ${password}   (shown once)`)
} finally {
  await disconnectPrisma()
  await closePool()
}
