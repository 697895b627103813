import { endRun } from '@/lib/db/strategy-run-repository'
import { STOPPED_AT } from '@/lib/view/run'
import type { RunAnswer } from '@/lib/view/run-form'

/** « Stop »: deactivates a run for good. What it holds stays held. */
export async function stopRun(userId: string, runId: string): Promise<RunAnswer> {
  return (await endRun(userId, runId, STOPPED_AT)) ? { isDone: true, runId } : { isDone: false, reason: 'RUN_UNKNOWN' }
}
