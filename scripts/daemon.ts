// npm run daemon -- <name>: one daemon alone, from its sources, with the settings of this installation.
import { useInstallation } from '@/daemons/supervisor/data-folder'
import { DAEMON_NAMES } from '@/lib/platform/processes'
import { join } from 'node:path'

const name = process.argv[2] ?? ''
if (!(DAEMON_NAMES as readonly string[]).includes(name)) {
  console.error(`usage: npm run daemon -- <${DAEMON_NAMES.join(' | ')}>`)
  process.exit(1)
}
useInstallation()
await import(join(process.cwd(), 'daemons', name, 'main.ts'))
