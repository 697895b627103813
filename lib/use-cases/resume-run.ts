import { setRunActive } from '@/lib/db/strategy-run-repository'
import type { RunAnswer } from '@/lib/view/run-form'

/** « Reprendre »: the run decides again, if fewer than twenty others do. */
export async function resumeRun(userId: string, runId: string, now: number): Promise<RunAnswer> {
  const outcome = await setRunActive(userId, runId, true, now)
  if (outcome === 'DONE') return { isDone: true, runId }
  return { isDone: false, reason: outcome === 'LIMIT' ? 'RUN_LIMIT' : 'RUN_FINISHED' }
}
