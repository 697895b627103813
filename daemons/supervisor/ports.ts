import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Env } from '@/lib/platform/env'
import { DAEMON_NAMES, healthPortOf } from '@/lib/platform/processes'

export interface NeededPort {
  port: number
  variable: string
  purpose: string
}

/** Every port that the processes will listen on. */
export const neededPorts = (env: Env): NeededPort[] => [
  { port: env.PORT, variable: 'PORT', purpose: 'the web application' },
  { port: env.LIVE_PORT, variable: 'LIVE_PORT', purpose: 'live updates' },
  { port: env.RECEIVER_PORT, variable: 'RECEIVER_PORT', purpose: 'webhooks' },
  { port: env.SIMULATOR_PORT, variable: 'SIMULATOR_PORT', purpose: 'the paper exchange' },
  ...DAEMON_NAMES.map((name) => ({
    port: healthPortOf(name, env.HEALTH_PORT),
    variable: 'HEALTH_PORT',
    purpose: `the health of ${name}`,
  })),
]

export const isFree = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })

/**
 * The ports that stay taken. Processes of a launcher that was killed leave within a few seconds, so taken ports are looked
 * at again for `patienceMs`.
 */
export async function takenPorts(env: Env, patienceMs: number): Promise<NeededPort[]> {
  const until = performance.now() + patienceMs
  for (;;) {
    const free = await Promise.all(
      neededPorts(env).map(async (needed) => ({ needed, ok: await isFree(needed.port, env.HOST) })),
    )
    const taken = free.filter(({ ok }) => !ok).map(({ needed }) => needed)
    if (taken.length === 0 || performance.now() > until) return taken
    await sleep(200)
  }
}
