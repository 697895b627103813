import { recordProcess } from '@/lib/db/process-state-repository'
import type { Clock } from '@/lib/platform/clock'
import type { Env } from '@/lib/platform/env'
import { DAEMON_NAMES, healthUrlOf, type ProcessName } from '@/lib/platform/processes'
import { z } from 'zod'

const ANSWER_LIMIT_MS = 2000
/** So many looks in a row without an answer, and a process counts as down: one look may be lost in a pause of the machine. */
const DOWN_AFTER_LOOKS = 3

const daemonAnswer = z.object({ since: z.string() })
const webAnswer = z.object({ processes: z.array(z.object({ name: z.string(), since: z.string().nullable() })) })

type WatchEnv = Pick<Env, 'DAEMON_HOST' | 'HEALTH_PORT' | 'PORT'>

/** The start of a process that answers; null of one that does not. */
async function startOf(name: ProcessName, env: WatchEnv): Promise<string | null> {
  const isWeb = name === 'web'
  const url = isWeb
    ? `http://${env.DAEMON_HOST.replaceAll('{name}', name)}:${env.PORT}/api/health`
    : healthUrlOf(name, env)
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })
    const answer: unknown = await response.json()
    if (!isWeb) return daemonAnswer.parse(answer).since
    return webAnswer.parse(answer).processes.find((process) => process.name === name)?.since ?? null
  } catch {
    return null
  }
}

export interface ProcessWatch {
  look(): Promise<void>
}

/**
 * Watches all processes but the own one, as they answer on their health ports, and tells of those that end, come back or
 * were started again. Two daemons watch, so that the watchers are watched, too.
 */
export function createProcessWatch(own: ProcessName, env: WatchEnv, clock: Clock): ProcessWatch {
  const others = (['web', ...DAEMON_NAMES] as const).filter((name) => name !== own)
  const seen = new Map<ProcessName, { since: string | null; silentLooks: number }>()
  const lookAt = async (name: ProcessName): Promise<void> => {
    const since = await startOf(name, env)
    const before = seen.get(name) ?? { since: null, silentLooks: 0 }
    if (since === null) {
      const silentLooks = before.silentLooks + 1
      seen.set(name, { ...before, silentLooks })
      if (silentLooks >= DOWN_AFTER_LOOKS)
        await recordProcess({ name, isUp: false, since: '' }, before.since !== null, clock())
      return
    }
    // Written down when something changed, not at every look.
    if (before.since !== since || before.silentLooks >= DOWN_AFTER_LOOKS)
      await recordProcess({ name, isUp: true, since }, before.since !== null, clock())
    seen.set(name, { since, silentLooks: 0 })
  }
  return {
    async look() {
      await Promise.all(others.map(lookAt))
    },
  }
}
