import { queueAlert } from '@/lib/db/alert-outbox-repository'
import { inTransaction } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'

/** What the watch sees of a process. */
export interface ProcessSight {
  name: string
  isUp: boolean
  /** The process's own start. */
  since: string
}

/**
 * Writes down what is seen of a process and tells everyone when that is news; what two watchers see is told once. One that
 * was never seen up is not missed. `wasSeenUp`: the watcher itself saw it before, with another start.
 */
export async function recordProcess(sight: ProcessSight, wasSeenUp: boolean, now: EpochMs): Promise<void> {
  await inTransaction(async (tx) => {
    const { rows } = await tx.query<{ isUp: boolean; since: string; changedAt: Date }>(
      'SELECT is_up AS "isUp", since, changed_at AS "changedAt" FROM process_states WHERE name = $1 FOR UPDATE',
      [sight.name],
    )
    const [before] = rows
    if (before === undefined && !sight.isUp) return
    if (before !== undefined && before.isUp === sight.isUp && (!sight.isUp || before.since === sight.since)) return
    await tx.query(
      `INSERT INTO process_states (name, is_up, since, changed_at) VALUES ($1,$2,$3,$4)
       ON CONFLICT (name) DO UPDATE SET is_up = $2, since = CASE WHEN $2 THEN $3 ELSE process_states.since END, changed_at = $4`,
      [sight.name, sight.isUp, sight.since, new Date(now)],
    )
    if (before === undefined) return
    const state = !sight.isUp ? 'DOWN' : !before.isUp ? 'UP' : 'RESTARTED'
    // A whole installation that was started again is no news.
    if (state === 'RESTARTED' && !wasSeenUp) return
    const forSeconds = state === 'UP' ? Math.round((now - before.changedAt.getTime()) / 1000) : null
    const detail = { name: sight.name, state, forSeconds } as const
    await queueAlert(tx, { userId: null, kind: 'PROCESS', detail, occurredAt: now }, now)
  })
}
