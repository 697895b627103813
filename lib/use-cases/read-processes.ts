import { z } from 'zod'
import { env } from '@/lib/platform/env'
import { DAEMON_NAMES, type DaemonName, healthUrlOf } from '@/lib/platform/processes'
import type { ProcessView } from '@/lib/view/process'

const ANSWER_LIMIT_MS = 500
const KEEP_MS = 1000

const answerSchema = z.object({
  state: z.enum(['up', 'starting']),
  since: z.string().nullable().catch(null),
  error: z.string().nullable().catch(null),
})

const startedAt = new Date(Date.now() - process.uptime() * 1000)

// This is read by strangers too: an address with a password in it stays inside.
const withoutSecrets = (text: string): string => text.replace(/\w+:\/\/[^\s@/]+@\S*/g, '…').slice(0, 300)

async function ask(name: DaemonName): Promise<ProcessView> {
  try {
    // A daemon that is not ready answers 503 with the same body.
    const response = await fetch(healthUrlOf(name, env()), {
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      cache: 'no-store',
    })
    const answer = answerSchema.parse(await response.json())
    return { name, ...answer, error: answer.error && withoutSecrets(answer.error) }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return { name, state: 'down', since: null, error: isLate ? 'no answer in time' : 'no answer' }
  }
}

let kept: { at: number; processes: Promise<ProcessView[]> } | undefined

/** Every process with its state: the web application that answers, and the daemons as they answer on their health ports. */
export function readProcesses(): Promise<ProcessView[]> {
  const now = Date.now()
  if (kept === undefined || now - kept.at > KEEP_MS) {
    const web: ProcessView = { name: 'web', state: 'up', since: startedAt.toISOString(), error: null }
    kept = { at: now, processes: Promise.all(DAEMON_NAMES.map(ask)).then((daemons) => [web, ...daemons]) }
  }
  return kept.processes
}
