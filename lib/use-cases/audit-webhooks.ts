import { queueAlert } from '@/lib/db/alert-outbox-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import {
  assignSource,
  findArrivals,
  findAuditedSources,
  findNextArrival,
  findUnaudited,
  insertMissed,
  insertNotice,
  lockSource,
  passOver,
  saveAudit,
  type WebhookSourceRow,
} from '@/lib/db/webhook-source-repository'
import type { Bus } from '@/lib/bus/bus'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { dueTimeOf, FURTHEST_AHEAD_MS, heardSince, isAudited, overdueSince } from '@/lib/domain/signal/due-time'
import { intervalMs } from '@/lib/domain/signal/webhook-alert'
import type { Clock } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'

/** So many in a row are worth a notice. */
const NOTICE_AFTER = 3
/** So many in a row, and the source counts as switched off until its next alert. */
const PAUSE_AFTER = 50
/** Closes that are looked at in one transaction. */
const AT_ONCE = 500
/** A week of minutes. What is left after an outage still longer is looked at by the next run. */
const MOST_A_RUN = 10_000

export interface Auditor {
  bus: Bus
  log: Logger
  clock: Clock
}

/** Auditors still at work when the next minute comes, as after an outage: they are left to it. */
const busy = new WeakSet<Auditor>()

/**
 * Looks for alerts that never came (WH-5): a source whose bar closed a minute ago or more, on the market's clock, without an
 * alert of it gets a MISS with the time it was due. It may run at any time, any number of times, and catches up after an
 * outage of its own: what came meanwhile stands in the journal.
 */
export async function auditWebhooks(auditor: Auditor, marketTime: EpochMs): Promise<void> {
  if (busy.has(auditor)) return
  busy.add(auditor)
  try {
    // All of them first: of what has not been looked at nobody can say that it is missing.
    await assignArrivals()
    for (const source of await findAuditedSources()) {
      const length = intervalMs(source.interval)
      if (isAudited(length)) await auditSource(auditor, source, length, marketTime)
    }
  } finally {
    busy.delete(auditor)
  }
}

async function assignArrivals(): Promise<void> {
  let page = await findUnaudited('0')
  for (let last = page.at(-1); last !== undefined; last = page.at(-1)) {
    const unaudited: string[] = []
    for (const webhook of page) {
      const length = intervalMs(webhook.interval)
      if (!isAudited(length)) {
        unaudited.push(webhook.id)
        continue
      }
      const dueAt = dueTimeOf(length, webhook.barTime, webhook.receivedAt)
      await assignSource(webhook, dueAt, heardSince(length, dueAt, webhook.receivedAt))
    }
    await passOver(unaudited)
    page = await findUnaudited(last.id)
  }
}

/** Oldest closes first, until it has caught up or the source is silent for so long that it counts as switched off. */
async function auditSource(
  auditor: Auditor,
  source: WebhookSourceRow,
  lengthMs: number,
  marketTime: EpochMs,
): Promise<void> {
  let missed = 0
  let auditedTo: EpochMs | null = source.auditedTo
  for (let looked = 0; auditedTo !== null && looked < MOST_A_RUN; looked += AT_ONCE) {
    const from: EpochMs = auditedTo
    const closes = overdueSince(lengthMs, from, marketTime, AT_ONCE)
    if (closes.length === 0) break
    const audited = await inTransaction((tx) =>
      auditCloses(tx, auditor, { ...source, auditedTo: from }, closes, marketTime),
    )
    missed += audited.missed
    auditedTo = audited.to
  }
  if (missed === 0) return
  const { bus, log } = auditor
  log.warn({ source: source.name, symbol: source.symbol, interval: source.interval, missed }, 'webhooks did not come')
  void bus.announce('websockets', {
    userId: source.userId,
    event: 'webhook.received',
    payload: { webhookId: '0', status: 'MISSED' },
  })
}

/** How many of these closes were missed, and from where to go on; null when there is nothing more to be done. */
async function auditCloses(
  tx: Queryable,
  { clock }: Auditor,
  source: WebhookSourceRow,
  closes: EpochMs[],
  marketTime: EpochMs,
): Promise<{ missed: number; to: EpochMs | null }> {
  const [first = 0] = closes
  const last = closes.at(-1) ?? first
  let missedInRow = await lockSource(tx, source.id, source.auditedTo)
  if (missedInRow === null) return { missed: 0, to: null }
  const arrived = await findArrivals(tx, source.id, first, last)
  let missed = 0
  for (const close of closes) {
    if (arrived.has(close)) {
      missedInRow = 0
      continue
    }
    missedInRow += 1
    if (await insertMissed(tx, source, close, marketTime)) {
      missed += 1
      // From the notice on the channels are told nothing more of it: the source counts as silent.
      if (missedInRow < NOTICE_AFTER) await tellMissed(tx, source, close, marketTime, clock())
    }
    if (missedInRow === NOTICE_AFTER) await tellSilent(tx, source, missedInRow, marketTime, clock())
    if (missedInRow < PAUSE_AFTER) continue
    // One that came later, while the audit was away, has woken it.
    const woken = await findNextArrival(tx, source.id, close, marketTime + FURTHEST_AHEAD_MS)
    const isPaused = woken === null
    await saveAudit(tx, source.id, { auditedTo: woken ?? close, missedInRow: isPaused ? missedInRow : 0, isPaused })
    return { missed, to: woken }
  }
  await saveAudit(tx, source.id, { auditedTo: last, missedInRow, isPaused: false })
  return { missed, to: last }
}

const toldOf = ({ name, symbol, interval, brokerNumber }: WebhookSourceRow) => ({
  source: name,
  symbol,
  interval,
  ...(brokerNumber === null ? {} : { brokerNumber }),
})

const tellMissed = (tx: Queryable, source: WebhookSourceRow, dueAt: EpochMs, occurredAt: EpochMs, now: EpochMs) =>
  queueAlert(
    tx,
    { userId: source.userId, kind: 'WEBHOOK_MISSED', detail: { ...toldOf(source), dueAt }, occurredAt },
    now,
  )

async function tellSilent(
  tx: Queryable,
  source: WebhookSourceRow,
  inRow: number,
  occurredAt: EpochMs,
  now: EpochMs,
): Promise<void> {
  const { userId } = source
  const detail = { ...toldOf(source), inRow }
  await queueAlert(tx, { userId, kind: 'WEBHOOK_SILENT', detail, occurredAt }, now)
  await insertNotice(tx, { userId, code: 'WEBHOOKS_MISSED', detail }, occurredAt)
}
