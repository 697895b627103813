import { requestRunExit } from '@/lib/db/strategy-run-repository'
import type { RunAnswer } from '@/lib/view/run-form'

/** « Vendre »: asks the engine to sell the run's position at market; the run stays active. */
export async function requestExit(userId: string, runId: string, now: number): Promise<RunAnswer> {
  return (await requestRunExit(userId, runId, 'MANUAL', now))
    ? { isDone: true, runId }
    : { isDone: false, reason: 'NO_POSITION' }
}
