// npm run daemon -- <name>: one daemon alone, from its sources, with the settings of this installation.
import { fillEnvironment, keptSecret } from '@/daemons/supervisor/data-folder'
import { DAEMON_NAMES } from '@/lib/platform/processes'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const name = process.argv[2] ?? ''
if (!(DAEMON_NAMES as readonly string[]).includes(name)) {
  console.error(`usage: npm run daemon -- <${DAEMON_NAMES.join(' | ')}>`)
  process.exit(1)
}
if (existsSync('.env')) process.loadEnvFile('.env')
fillEnvironment()
process.env['DATABASE_URL'] ??=
  `postgresql://aristobot:${keptSecret('postgres')}@127.0.0.1:${process.env['DB_PORT'] ?? '54320'}/aristobot`
await import(join(process.cwd(), 'daemons', name, 'main.ts'))
