import type { Bus } from '@/lib/bus/bus'
import { isRefusedForGood } from '@/lib/db/transaction'
import { insertWebhooks, type ReceivedWebhook, type StoredWebhook } from '@/lib/db/webhook-arrival-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { readWebhookAlert, UnreadableAlert } from '@/lib/domain/signal/webhook-alert'
import { sleep } from '@/lib/platform/clock'
import { createGatherer } from '@/lib/platform/gather'
import { newClientOrderId } from '@/lib/platform/ids'
import type { Logger } from '@/lib/platform/logger'
import { queueUnlessTaken } from '@/lib/use-cases/late-wake'
import { drainSpool, isSpoolEmpty, spoolWebhook } from '@/lib/use-cases/webhook-spool'
import type { WebhookTokens } from '@/lib/use-cases/webhook-tokens'

export interface WebhookDesk {
  bus: Bus
  tokens: WebhookTokens
  log: Logger
}

export interface WebhookAnswer {
  httpStatus: 200 | 400 | 401 | 403 | 413 | 429 | 503
  answer: { status: string; reason?: string }
  /** With 429: when to try again. */
  retryAfterSeconds?: number
}

function read(body: string, problem?: string): ReceivedWebhook['reading'] {
  if (problem !== undefined) return { reason: problem }
  try {
    return { alert: readWebhookAlert(body) }
  } catch (error) {
    if (error instanceof UnreadableAlert) return { reason: error.message }
    throw error
  }
}

const MOST_AT_ONCE = 50

/** Bodies that come in at once are stored together. What the database refuses of one is no reason to refuse the others. */
const arrivals = createGatherer<ReceivedWebhook, StoredWebhook | Error | null>(async (_key, webhooks) => {
  try {
    return await insertWebhooks(webhooks)
  } catch (error) {
    if (webhooks.length === 1 || !isRefusedForGood(error)) throw error
    const stored: (StoredWebhook | Error | null)[] = []
    for (const webhook of webhooks)
      stored.push(
        ...(await insertWebhooks([webhook]).catch((refusal: unknown) => {
          if (!(refusal instanceof Error) || !isRefusedForGood(refusal)) throw refusal
          return [refusal]
        })),
      )
    return stored
  }
}, MOST_AT_ONCE)

/** Stores a body; the row's commit wakes the engine. A lost wake-up is swept up; what matters is the row. */
async function store(desk: WebhookDesk, webhook: ReceivedWebhook): Promise<void> {
  const stored = await arrivals.add('webhooks', webhook)
  if (stored instanceof Error) throw stored
  if (stored === null) return
  void desk.bus.announce('websockets', {
    userId: webhook.userId,
    event: 'webhook.received',
    payload: { webhookId: stored.id, status: stored.status },
  })
  if (stored.status !== 'RECEIVED') return
  queueUnlessTaken(desk.bus, 'webhook', stored.id)
}

/** The sender waits three seconds at most: a database that hangs is as good as away. */
const STORE_WITHIN_MS = 1500

async function inTime(stored: Promise<void>): Promise<void> {
  const late = new AbortController()
  const timeout = sleep(STORE_WITHIN_MS, late.signal).then(() => {
    if (!late.signal.aborted) throw new Error('the database does not answer')
  })
  await Promise.race([stored, timeout]).finally(() => late.abort())
}

/**
 * Accepts a user's webhook: kept in the database, or on disk while that is away, before the sender hears 200. A body that
 * cannot be read (also one that came with a `problem`) is kept too and answered 400. Nothing is decided here.
 */
export async function recordWebhook(
  desk: WebhookDesk,
  userId: string,
  { body, problem }: { body: string; problem?: string },
  receivedAt: EpochMs,
): Promise<WebhookAnswer> {
  const reading = read(body, problem)
  const webhook = { userId, rawBody: body, receivedAt, spoolId: newClientOrderId() }
  try {
    if (!isSpoolEmpty()) throw new Error('earlier ones wait on disk')
    await inTime(store(desk, { ...webhook, reading }))
  } catch (error) {
    desk.log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'webhook kept on disk')
    try {
      spoolWebhook(webhook)
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
  drainSpool((webhook) => store(desk, { ...webhook, reading: read(webhook.rawBody) }), isRefusedForGood)
