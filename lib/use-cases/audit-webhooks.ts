import { queueAlert } from '@/lib/db/alert-outbox-repository'
import {
  assignSource,
  findArrivals,
  findAuditedSources,
  findUnaudited,
  insertMissed,
  insertNotice,
  lockSource,
  saveAudit,
  type WebhookSourceRow,
} from '@/lib/db/webhook-source-repository'
import { inTransaction } from '@/lib/db/transaction'
import type { Bus } from '@/lib/bus/bus'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { dueTimeOf, isAudited, overdueSince } from '@/lib/domain/signal/due-time'
import { intervalMs } from '@/lib/domain/signal/webhook-alert'
import type { Clock } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'

/** So many in a row are worth a notice. */
const NOTICE_AFTER = 3
/** So many in a row, and the source counts as switched off until its next alert. */
const PAUSE_AFTER = 50

export interface Auditor {
  bus: Bus
  log: Logger
  clock: Clock
}

/**
 * Looks for alerts that never came (WH-5): a source whose bar closed a minute ago or more, on the market's clock, without an
 * alert of it gets a MISS with the time it was due. It may run at any time, any number of times, and catches up after an
 * outage of its own: what came meanwhile stands in the journal.
 */
export async function auditWebhooks(auditor: Auditor, marketTime: EpochMs): Promise<void> {
  for (const webhook of await findUnaudited(marketTime)) {
    const length = intervalMs(webhook.interval)
    if (isAudited(length)) await assignSource(webhook, dueTimeOf(length, webhook.barTime, webhook.receivedAt))
  }
  for (const source of await findAuditedSources()) {
    const length = intervalMs(source.interval)
    if (isAudited(length)) await auditSource(auditor, source, length, marketTime)
  }
}

async function auditSource(
  { bus, log, clock }: Auditor,
  source: WebhookSourceRow,
  lengthMs: number,
  marketTime: EpochMs,
): Promise<void> {
  const closes = overdueSince(lengthMs, source.auditedTo, marketTime, PAUSE_AFTER)
  const last = closes.at(-1)
  if (last === undefined) return
  const now = clock()
  const missed = await inTransaction(async (tx) => {
    if (!(await lockSource(tx, source))) return 0
    const arrived = await findArrivals(tx, source.id, closes)
    let missedInRow = source.missedInRow
    let added = 0
    for (const close of closes) {
      missedInRow = arrived.has(close) ? 0 : missedInRow + 1
      if (arrived.has(close)) continue
      const told = { source: source.name, symbol: source.symbol, interval: source.interval }
      const isNew = await insertMissed(tx, source, close, marketTime)
      if (isNew) added += 1
      // From the notice on the channels are told nothing more of it: the source counts as silent.
      if (isNew && missedInRow < NOTICE_AFTER)
        await queueAlert(
          tx,
          {
            userId: source.userId,
            kind: 'WEBHOOK_MISSED',
            detail: { ...told, dueAt: close },
            occurredAt: marketTime,
          },
          now,
        )
      if (missedInRow === NOTICE_AFTER) {
        await queueAlert(
          tx,
          {
            userId: source.userId,
            kind: 'WEBHOOK_SILENT',
            detail: { ...told, inRow: missedInRow },
            occurredAt: marketTime,
          },
          now,
        )
        await insertNotice(
          tx,
          {
            userId: source.userId,
            code: 'WEBHOOKS_MISSED',
            detail: { ...told, inRow: missedInRow },
          },
          marketTime,
        )
      }
    }
    await saveAudit(tx, source.id, { auditedTo: last, missedInRow, isPaused: missedInRow >= PAUSE_AFTER })
    return added
  })
  if (missed === 0) return
  log.warn({ source: source.name, symbol: source.symbol, interval: source.interval, missed }, 'webhooks did not come')
  void bus.announce('websockets', {
    userId: source.userId,
    event: 'webhook.received',
    payload: { webhookId: '0', status: 'MISSED' },
  })
}
