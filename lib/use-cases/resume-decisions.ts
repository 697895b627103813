import { closeDecision, findPendingDecisions } from '@/lib/db/decision-repository'
import { findDueRuns, findRun } from '@/lib/db/due-run-repository'
import { inTransaction } from '@/lib/db/transaction'
import { evaluateRun, type SignalEngine } from '@/lib/use-cases/evaluate-signal'

/** The queue brings a signal again that a dying process left; what is still open after this was lost there, too. */
const LEFT_OPEN_MS = 25_000

/** Makes the decisions that were begun and never made. Too late by now, they are closed with that reason. */
export async function resumeDecisions(engine: SignalEngine): Promise<void> {
  const now = engine.clock()
  for (const { id, runId, signalId, closeTime } of await findPendingDecisions(now - LEFT_OPEN_MS)) {
    const known = await findRun(runId)
    if (known === null) continue
    const run = (await findDueRuns(known.symbol, known.timeframe, now)).find((due) => due.id === runId)
    if (run !== undefined)
      await evaluateRun(engine, run, { signalId, timeframe: run.timeframe, closeTime, isLate: false })
    else
      await inTransaction((tx) =>
        closeDecision(tx, id, { outcome: 'SKIPPED', reason: 'The run was ended before it decided.' }, now),
      )
  }
}
