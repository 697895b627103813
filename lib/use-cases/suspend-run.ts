import { setRunActive } from '@/lib/db/strategy-run-repository'
import type { RunAnswer } from '@/lib/view/run-form'

/** « Suspendre »: the run decides nothing until it is resumed. */
export async function suspendRun(userId: string, runId: string, now: number): Promise<RunAnswer> {
  const outcome = await setRunActive(userId, runId, false, now)
  return outcome === 'DONE' ? { isDone: true, runId } : { isDone: false, reason: 'RUN_FINISHED' }
}
