import { queueAlert } from '@/lib/db/alert-outbox-repository'
import { inTransaction, type Queryable } from '@/lib/db/transaction'
import type { AlertService, BrokenCode } from '@/lib/domain/alert/alert'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { newId } from '@/lib/platform/ids'

// The way of an alert from the outbox to its channel: claimed as a message, sent, settled. Any number of processes may do
// it: a channel is with one of them at a time, and comes free again when that one died.

/** What happens within this time goes out as one message. */
const GATHER_MS = 3000
/** So many at once at most; the text cuts them further where they do not fit. */
const MOST_IN_ONE = 500
/** A sender that has not settled its message by then has died: its request ends long before. */
const CLAIM_MS = 30_000

interface QueuedAlert {
  kind: string
  detail: unknown
  occurredAt: EpochMs
}

/** A message to be sent, and all its text needs. */
export interface ClaimedMessage {
  id: string
  claimId: string
  channelId: string
  service: AlertService
  addressSealed: string
  /** Which attempt this is, from 1. */
  attempt: number
  /** An attempt before had no answer: it may have arrived already. */
  isInDoubt: boolean
  failures: number
  expiredUntold: number
  locale: 'fr' | 'en'
  timeZone: string
  alerts: QueuedAlert[]
}

type ChannelPart = Omit<ClaimedMessage, 'id' | 'claimId' | 'attempt' | 'isInDoubt' | 'alerts'>

/** Takes the next message that is due, of whatever channel; null when there is none. What gathered becomes a message first. */
export async function claimMessage(now: EpochMs): Promise<ClaimedMessage | null> {
  const at = new Date(now)
  return inTransaction(async (tx) => {
    const { rows } = await tx.query<ChannelPart>(
      `SELECT c.id AS "channelId", c.service, c.address_sealed AS "addressSealed", c.failures,
         c.expired_untold AS "expiredUntold", u.locale, u.time_zone AS "timeZone"
       FROM alert_channels c JOIN users u ON u.id = c.user_id
       WHERE c.is_active AND c.broken_code IS NULL AND (c.retry_at IS NULL OR c.retry_at <= $1)
         AND (c.claimed_until IS NULL OR c.claimed_until <= $1) AND EXISTS (
           SELECT 1 FROM alert_outbox o WHERE o.channel_id = c.id AND o.delivered_at IS NULL AND o.expired_at IS NULL
             AND (o.message_id IS NOT NULL OR o.queued_at <= $2))
       ORDER BY c.claimed_until NULLS FIRST LIMIT 1 FOR NO KEY UPDATE OF c SKIP LOCKED`,
      [at, new Date(now - GATHER_MS)],
    )
    const [channel] = rows
    if (channel === undefined) return null
    const { channelId } = channel
    const id = (await findOpen(tx, channelId)) ?? (await gather(tx, channelId, at))
    const { rows: attempts } = await tx.query<{ attempts: number; wasInDoubt: boolean }>(
      `UPDATE alert_messages m SET attempts = m.attempts + 1, is_in_doubt = true
       FROM (SELECT id, is_in_doubt FROM alert_messages WHERE id = $1) o WHERE m.id = o.id
       RETURNING m.attempts, o.is_in_doubt AS "wasInDoubt"`,
      [id],
    )
    const claimId = newId()
    await tx.query('UPDATE alert_channels SET claim_id = $2, claimed_until = $3 WHERE id = $1', [
      channelId,
      claimId,
      new Date(now + CLAIM_MS),
    ])
    const { rows: alerts } = await tx.query<Omit<QueuedAlert, 'occurredAt'> & { occurredAt: Date }>(
      'SELECT kind, detail, occurred_at AS "occurredAt" FROM alert_outbox WHERE message_id = $1 AND expired_at IS NULL ORDER BY occurred_at, id',
      [id],
    )
    return {
      ...channel,
      id,
      claimId,
      attempt: attempts[0]?.attempts ?? 1,
      isInDoubt: attempts[0]?.wasInDoubt ?? false,
      alerts: alerts.map((alert) => ({ ...alert, occurredAt: alert.occurredAt.getTime() })),
    }
  })
}

async function findOpen(tx: Queryable, channelId: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ id: string }>(
    'SELECT id FROM alert_messages WHERE channel_id = $1 AND delivered_at IS NULL AND expired_at IS NULL',
    [channelId],
  )
  return rows[0]?.id
}

/** Makes a message of all that waits. */
async function gather(tx: Queryable, channelId: string, at: Date): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    'INSERT INTO alert_messages (channel_id, created_at) VALUES ($1, $2) RETURNING id',
    [channelId, at],
  )
  const id = rows[0]?.id
  if (id === undefined) throw new Error('no message row')
  await tx.query(
    `UPDATE alert_outbox SET message_id = $2 WHERE id IN (SELECT id FROM alert_outbox
       WHERE channel_id = $1 AND message_id IS NULL AND delivered_at IS NULL AND expired_at IS NULL ORDER BY id LIMIT $3)`,
    [channelId, id, MOST_IN_ONE],
  )
  return id
}

/** The service took it. Written down whoever holds the channel by now: it did arrive. */
export async function recordDelivered(message: ClaimedMessage, now: EpochMs): Promise<void> {
  const at = new Date(now)
  await inTransaction(async (tx) => {
    await tx.query('UPDATE alert_messages SET delivered_at = $2, is_in_doubt = false WHERE id = $1', [message.id, at])
    await tx.query('UPDATE alert_outbox SET delivered_at = $2 WHERE message_id = $1', [message.id, at])
    await tx.query(
      `UPDATE alert_channels SET last_delivered_at = $2, failures = 0, last_error = NULL, retry_at = NULL, is_paused = false,
         stuck_told_at = NULL, expired_untold = greatest(0, expired_untold - $3),
         claimed_until = CASE WHEN claim_id = $4 THEN NULL ELSE claimed_until END WHERE id = $1`,
      [message.channelId, at, message.expiredUntold, message.claimId],
    )
  })
}

/** It was not taken, or nobody knows: it is sent again at `retryAt`, unless another process has the channel by now. */
export async function recordPostponed(
  message: ClaimedMessage,
  postponed: { retryAt: EpochMs; reason: string; isInDoubt: boolean; isFailure: boolean },
): Promise<void> {
  await inTransaction(async (tx) => {
    const { rowCount } = await tx.query(
      `UPDATE alert_channels SET retry_at = $3, last_error = $4, failures = failures + $5,
         is_paused = $5 = 0, claimed_until = NULL
       WHERE id = $1 AND claim_id = $2`,
      [message.channelId, message.claimId, new Date(postponed.retryAt), postponed.reason, postponed.isFailure ? 1 : 0],
    )
    if (rowCount === 0) return
    await tx.query('UPDATE alert_messages SET is_in_doubt = $2 WHERE id = $1', [
      message.id,
      message.isInDoubt || postponed.isInDoubt,
    ])
  })
}

/** The service refuses for good: the channel is switched off, and the user's other channels tell of it. */
export async function recordBroken(
  message: ClaimedMessage,
  broken: { code: BrokenCode; reason: string },
  now: EpochMs,
): Promise<void> {
  await inTransaction(async (tx) => {
    const { rows } = await tx.query<{ userId: string; name: string }>(
      `UPDATE alert_channels SET broken_code = $3, last_error = $4, claimed_until = NULL, retry_at = NULL, is_paused = false
       WHERE id = $1 AND claim_id = $2 RETURNING user_id AS "userId", name`,
      [message.channelId, message.claimId, broken.code, broken.reason],
    )
    const [channel] = rows
    if (channel === undefined) return
    await tx.query('UPDATE alert_messages SET is_in_doubt = $2 WHERE id = $1', [message.id, message.isInDoubt])
    const detail = { channel: channel.name, service: message.service, state: 'BROKEN' as const, ...broken }
    await queueAlert(
      tx,
      { userId: channel.userId, kind: 'NOTIFIER', detail, occurredAt: now, exceptChannel: message.channelId },
      now,
    )
  })
}

/** Tells the users' other channels, once, of channels where something waits longer than since `waitingSince`. */
export async function tellStuckChannels(waitingSince: EpochMs, now: EpochMs): Promise<void> {
  await inTransaction(async (tx) => {
    const { rows } = await tx.query<{
      id: string
      userId: string
      name: string
      service: AlertService
      reason: string | null
    }>(
      `UPDATE alert_channels c SET stuck_told_at = $2 WHERE c.is_active AND c.broken_code IS NULL AND c.stuck_told_at IS NULL
         AND EXISTS (SELECT 1 FROM alert_outbox o WHERE o.channel_id = c.id AND o.delivered_at IS NULL
           AND o.expired_at IS NULL AND o.queued_at < $1)
       RETURNING c.id, c.user_id AS "userId", c.name, c.service, c.last_error AS reason`,
      [new Date(waitingSince), new Date(now)],
    )
    for (const { id, userId, name, service, reason } of rows) {
      const detail = { channel: name, service, state: 'STUCK' as const, reason }
      await queueAlert(tx, { userId, kind: 'NOTIFIER', detail, occurredAt: now, exceptChannel: id }, now)
    }
  })
}

/** Gives up on what waited since before `before`, counts it for the channel to be told, and forgets what is long done. */
export async function expireAlerts(before: EpochMs, forgetBefore: EpochMs, now: EpochMs): Promise<number> {
  return inTransaction(async (tx) => {
    // Channels with a sender at work are left to the next time: it settles what it has.
    const { rows } = await tx.query<{ count: number }>(
      `WITH free AS (
         SELECT id FROM alert_channels WHERE claimed_until IS NULL OR claimed_until <= $2 FOR NO KEY UPDATE SKIP LOCKED),
       expired AS (
         UPDATE alert_outbox o SET expired_at = $2 FROM free WHERE o.channel_id = free.id AND o.delivered_at IS NULL
           AND o.expired_at IS NULL AND o.queued_at < $1 RETURNING o.channel_id, o.message_id),
       counted AS (
         UPDATE alert_channels c SET expired_untold = c.expired_untold + e.count
         FROM (SELECT channel_id, count(*)::int AS count FROM expired GROUP BY channel_id) e WHERE c.id = e.channel_id)
       SELECT count(*)::int AS count FROM expired`,
      [new Date(before), new Date(now)],
    )
    // A message all of whose alerts are too old is not sent any more; of another the young ones are.
    await tx.query(
      `UPDATE alert_messages m SET expired_at = $1 WHERE m.delivered_at IS NULL AND m.expired_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM alert_outbox o WHERE o.message_id = m.id AND o.expired_at IS NULL)`,
      [new Date(now)],
    )
    await tx.query('DELETE FROM alert_outbox WHERE coalesce(delivered_at, expired_at) < $1', [new Date(forgetBefore)])
    await tx.query('DELETE FROM alert_messages WHERE coalesce(delivered_at, expired_at) < $1', [new Date(forgetBefore)])
    return rows[0]?.count ?? 0
  })
}
