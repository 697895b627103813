import { type Figure, figure } from '@/bench/figures'
import { startRole } from '@/bench/role'
import type { Workshop } from '@/bench/workshop'
import { DAEMON_NAMES } from '@/lib/platform/processes'

/** How long each daemon takes from its start until it says that it is up, and the memory of each. */
export async function daemonFootprint(workshop: Workshop): Promise<Figure[]> {
  // Those that worked for the other benchmarks are asked for their memory before they are started anew.
  const worked = new Map<string, number>()
  for (const name of DAEMON_NAMES)
    if (workshop.isRunning(name)) worked.set(name, await workshop.metric(name, 'process_resident_memory_bytes'))
  const market = await startRole('market-sender', { MARKET_PORT: String(workshop.marketPort) })
  const starts: Figure[] = []
  const memory: Figure[] = []
  try {
    for (const name of DAEMON_NAMES) {
      await workshop.stop(name)
      starts.push(figure(`start until up: ${name}`, await workshop.start(name), 'ms'))
    }
    for (const name of DAEMON_NAMES) {
      const bytes = await workshop.metric(name, 'process_resident_memory_bytes')
      memory.push(figure(`memory after start: ${name}`, bytes / 1e6, 'MB'))
      const before = worked.get(name)
      if (before !== undefined) memory.push(figure(`memory after work: ${name}`, before / 1e6, 'MB'))
    }
  } finally {
    for (const name of DAEMON_NAMES) await workshop.stop(name)
    await market.stop()
  }
  return [...starts, ...memory]
}
