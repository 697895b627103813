import { prisma } from '@/lib/db/client'
import { pgPool } from '@/lib/db/pool'
import type { WebhookAction, WebhookStatus } from '@/lib/db/webhook-repository'

export interface JournalFilter {
  status?: WebhookStatus | undefined
  action?: WebhookAction | undefined
  source?: string | undefined
  symbol?: string | undefined
  before?: bigint | undefined
}

const ROW = {
  id: true,
  status: true,
  action: true,
  actionText: true,
  source: true,
  symbol: true,
  interval: true,
  barTime: true,
  sizePercent: true,
  price: true,
  stopLossPrice: true,
  takeProfitPrice: true,
  payload: true,
  reason: true,
  receivedAt: true,
  processedAt: true,
  dueAt: true,
  broker: { select: { name: true } },
  _count: { select: { orders: true } },
} as const

/** The user's webhooks, newest first. */
export const readJournal = (userId: string, { status, action, source, symbol, before }: JournalFilter, take: number) =>
  prisma().webhookAlert.findMany({
    where: {
      userId,
      ...(status && { status }),
      ...(action && { action }),
      // Of a message without a name, the source is called ''.
      ...(source === undefined ? {} : { source: source === '' ? null : source }),
      ...(symbol && { symbol }),
      ...(before !== undefined && { id: { lt: before } }),
    },
    orderBy: { id: 'desc' },
    take,
    select: ROW,
  })
export type JournalRow = Awaited<ReturnType<typeof readJournal>>[number]

/** How many of the user's webhooks since then stand where, and how long they took from arrival to decision. */
export async function countWebhooks(userId: string, since: Date) {
  const db = pgPool()
  const values = [userId, since]
  const [counts, delays] = await Promise.all([
    db.query<{ status: WebhookStatus; action: WebhookAction | null; count: number }>(
      'SELECT status, action, count(*)::int AS count FROM webhooks WHERE user_id = $1 AND received_at >= $2 GROUP BY 1, 2',
      values,
    ),
    db.query<{ p50: number | null; p99: number | null }>(
      `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS p50, percentile_cont(0.99) WITHIN GROUP (ORDER BY ms) AS p99
       FROM (SELECT greatest(0, extract(epoch FROM processed_at - received_at) * 1000)::float8 AS ms FROM webhooks
         WHERE user_id = $1 AND received_at >= $2 AND processed_at IS NOT NULL AND action IS DISTINCT FROM 'MISSED') AS handled`,
      values,
    ),
  ])
  const { p50 = null, p99 = null } = delays.rows[0] ?? {}
  return { counts: counts.rows, handledMs: p50 === null || p99 === null ? null : { p50, p99 } }
}
