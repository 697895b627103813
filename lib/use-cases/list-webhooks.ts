import { countWebhooks, type JournalRow, readJournal } from '@/lib/db/webhook-reads'
import { listSources, setSourceMuted } from '@/lib/db/webhook-source-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import {
  fieldsOf,
  type HistoryQuery,
  type SourceView,
  type WebhookJournalView,
  type WebhookRowView,
  type WebhookStatsView,
} from '@/lib/view/webhook'

function rowOf(row: JournalRow): WebhookRowView {
  const fields = fieldsOf(row.payload)
  const named = fields.find(([name]) => name.toLowerCase() === 'exchange')?.[1] ?? null
  return {
    id: row.id.toString(),
    status: row.status,
    receivedAt: row.receivedAt.getTime(),
    dueAt: row.dueAt?.getTime() ?? null,
    processedAt: row.processedAt?.getTime() ?? null,
    exchange: row.broker?.name ?? named,
    symbol: row.symbol,
    action: row.action,
    actionText: row.actionText,
    sizePercent: row.sizePercent?.toFixed() ?? null,
    price: row.price?.toFixed() ?? null,
    stopLossPrice: row.stopLossPrice?.toFixed() ?? null,
    takeProfitPrice: row.takeProfitPrice?.toFixed() ?? null,
    source: row.source,
    interval: row.interval,
    barTime: row.barTime?.getTime() ?? null,
    reason: row.reason,
    orderCount: row._count.orders,
    fields,
  }
}

/** A page of the user's journal of webhooks, newest first. */
export async function listWebhooks(
  userId: string,
  { limit, before, ...filter }: HistoryQuery,
): Promise<WebhookJournalView> {
  const found = await readJournal(
    userId,
    { ...filter, before: before === undefined ? undefined : BigInt(before) },
    limit + 1,
  )
  const rows = found.slice(0, limit).map(rowOf)
  return { rows, next: found.length > limit ? (rows.at(-1)?.id ?? null) : null }
}

async function readSources(userId: string): Promise<SourceView[]> {
  return (await listSources(userId)).map((source) => ({
    id: source.id,
    name: source.name,
    symbol: source.symbol,
    interval: source.interval,
    brokerNumber: source.brokerNumber,
    came: source.came,
    missed: source.missed,
    lossRate: source.lossRate,
    missedInRow: source.missedInRow,
    lastReceivedAt: source.lastReceivedAt.getTime(),
    isMuted: source.isMuted,
    isPaused: source.isPaused,
  }))
}

const DAY_MS = 86_400_000

/** Counts of the last `days` days, and the sources with what of theirs never came, of all time. */
export async function readWebhookStats(userId: string, days: number, now: EpochMs): Promise<WebhookStatsView> {
  const from = now - days * DAY_MS
  const [{ counts, handledMs }, sources] = await Promise.all([
    countWebhooks(userId, new Date(from)),
    readSources(userId),
  ])
  const stats: WebhookStatsView = { from, to: now, total: 0, byStatus: {}, byAction: {}, handledMs, sources }
  for (const { status, action, count } of counts) {
    stats.total += count
    stats.byStatus[status] = (stats.byStatus[status] ?? 0) + count
    stats.byAction[action ?? 'UNKNOWN'] = (stats.byAction[action ?? 'UNKNOWN'] ?? 0) + count
  }
  return stats
}

/** Stops or resumes the audit of one of the user's sources. False when it is none of theirs. */
export const muteSource = (userId: string, sourceId: string, isMuted: boolean, now: EpochMs): Promise<boolean> =>
  setSourceMuted(userId, sourceId, isMuted, now)
