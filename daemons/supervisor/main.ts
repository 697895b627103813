import { doctor } from '@/daemons/supervisor/doctor'
import { up } from '@/daemons/supervisor/up'

const [command = 'up', ...flags] = process.argv.slice(2)

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

if (command === 'up') up(flags.includes('--dev')).catch(fail)
else if (command === 'doctor') doctor().then((isWell) => process.exit(isWell ? 0 : 1), fail)
else fail(new Error(`unknown command ${command}: up or doctor`))
