import type { Bus } from '@/lib/bus/bus'
import { insertWebhook, type ReceivedWebhook } from '@/lib/db/webhook-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { readWebhookAlert, UnreadableAlert } from '@/lib/domain/signal/webhook-alert'
import type { Logger } from '@/lib/platform/logger'
import { drainSpool, spoolWebhook } from '@/lib/use-cases/webhook-spool'
import type { WebhookTokens } from '@/lib/use-cases/webhook-tokens'

export interface WebhookDesk {
  bus: Bus
  tokens: WebhookTokens
  log: Logger
}

export interface WebhookAnswer {
  httpStatus: 200 | 400 | 401 | 503
  answer: { status: string; reason?: string }
}

export const MAX_BODY_BYTES = 64 * 1024

function read(body: string): ReceivedWebhook['reading'] {
  try {
    return { alert: readWebhookAlert(body) }
  } catch (error) {
    if (error instanceof UnreadableAlert) return { reason: error.message }
    throw error
  }
}

/** Stores a body, wakes the engine. A lost wake-up is swept up; what matters is the row. */
async function store(desk: WebhookDesk, webhook: ReceivedWebhook): Promise<void> {
  const stored = await insertWebhook(webhook)
  if (stored === null) return
  void desk.bus.announce('websockets', {
    userId: webhook.userId,
    event: 'webhook.received',
    payload: { webhookId: stored.id, status: stored.status },
  })
  if (stored.status !== 'RECEIVED') return
  await desk.bus
    .publish(
      'webhook.received',
      { webhookId: stored.id, correlationId: `webhook-${stored.id}` },
      { jobId: `webhook-${stored.id}` },
    )
    .catch(() => undefined)
}

/**
 * Accepts a webhook: kept in the database, or on disk while that is away, before the sender hears 200. A body that cannot
 * be read is kept too and answered 400. Nothing is decided here.
 */
export async function recordWebhook(
  desk: WebhookDesk,
  token: string,
  body: string,
  receivedAt: EpochMs,
): Promise<WebhookAnswer> {
  const userId = await desk.tokens.userOf(token)
  if (userId === null) return { httpStatus: 401, answer: { status: 'refused', reason: 'unknown token' } }
  const reading = read(body)
  try {
    await store(desk, { userId, rawBody: body, receivedAt, reading })
  } catch (error) {
    desk.log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'webhook kept on disk')
    try {
      spoolWebhook({ userId, rawBody: body, receivedAt })
    } catch (failure) {
      desk.log.error({ failure }, 'webhook could not be kept')
      return { httpStatus: 503, answer: { status: 'refused', reason: 'the message cannot be kept at the moment' } }
    }
  }
  if ('reason' in reading) return { httpStatus: 400, answer: { status: 'unreadable', reason: reading.reason } }
  return { httpStatus: 200, answer: { status: 'accepted' } }
}

/** Stores what waited on disk, once the database is back. */
export const storeSpooled = (desk: WebhookDesk): Promise<number> =>
  drainSpool(({ userId, rawBody, receivedAt, spoolId }) =>
    store(desk, { userId, rawBody, receivedAt, spoolId, reading: read(rawBody) }),
  )
