import { prisma } from '@/lib/db/client'
import { pgPool } from '@/lib/db/pool'
import { inTransaction, refusedBy } from '@/lib/db/transaction'
import type { AlertKind, AlertService, BrokenCode } from '@/lib/domain/alert/alert'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { env } from '@/lib/platform/env'
import { newId } from '@/lib/platform/ids'
import { seal, unsealWith } from '@/lib/platform/vault'

// Where a user's alerts go. Every statement names the user: another's channel is never touched.

/** More would only multiply the same messages. */
const MOST_CHANNELS = 10

export interface ChannelRow {
  id: string
  service: AlertService
  name: string
  addressHint: string
  kinds: string[]
  isActive: boolean
  brokenCode: string | null
  lastError: string | null
  retryAt: Date | null
  lastDeliveredAt: Date | null
  /** Not delivered yet, and since when the oldest waits. */
  waiting: number
  waitingSince: Date | null
  /** Became too old within the last week. */
  expired: number
}

/** The user's channels, the oldest first, without their addresses. */
export async function listChannels(userId: string): Promise<ChannelRow[]> {
  const { rows } = await pgPool().query<ChannelRow>(
    `SELECT c.id, c.service, c.name, c.address_hint AS "addressHint", c.kinds, c.is_active AS "isActive",
       c.broken_code AS "brokenCode", c.last_error AS "lastError", c.retry_at AS "retryAt",
       c.last_delivered_at AS "lastDeliveredAt", o.waiting, o."waitingSince", o.expired
     FROM alert_channels c CROSS JOIN LATERAL (
       SELECT (count(*) FILTER (WHERE delivered_at IS NULL AND expired_at IS NULL))::int AS waiting,
         min(queued_at) FILTER (WHERE delivered_at IS NULL AND expired_at IS NULL) AS "waitingSince",
         (count(*) FILTER (WHERE expired_at > now() - interval '7 days'))::int AS expired
       FROM alert_outbox WHERE channel_id = c.id AND delivered_at IS NULL) o
     WHERE c.user_id = $1 ORDER BY c.created_at, c.id`,
    [userId],
  )
  return rows
}

export interface ChannelSettings {
  name: string
  kinds: AlertKind[]
  isActive: boolean
}

/** The address as text, and what may be shown of it. */
export interface AddressText {
  text: string
  hint: string
}

/** Adds a channel. 'TAKEN': another has the name; 'LIMIT': there are enough. */
export async function createChannel(
  userId: string,
  service: AlertService,
  settings: ChannelSettings,
  address: AddressText,
): Promise<{ id: string } | 'TAKEN' | 'LIMIT'> {
  const id = newId()
  try {
    return await inTransaction(async (tx) => {
      // One after the other: two at once would both find room.
      await tx.query('SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE', [userId])
      const { rows } = await tx.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM alert_channels WHERE user_id = $1',
        [userId],
      )
      if ((rows[0]?.count ?? 0) >= MOST_CHANNELS) return 'LIMIT'
      await tx.query(
        `INSERT INTO alert_channels (id, user_id, service, name, address_sealed, address_hint, kinds, is_active)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
        [
          id,
          userId,
          service,
          settings.name,
          seal(address.text, env().SECRET_KEY, id),
          address.hint,
          settings.kinds,
          settings.isActive,
        ],
      )
      return { id }
    })
  } catch (error) {
    if (refusedBy(error) === 'alert_channels_user_id_name_key') return 'TAKEN'
    throw error
  }
}

/** Changes a channel. With a new address it starts afresh: what was wrong with the old one says nothing about it. */
export async function changeChannel(
  userId: string,
  id: string,
  settings: ChannelSettings,
  address: AddressText | null,
): Promise<boolean | 'TAKEN'> {
  try {
    const { rowCount } = await pgPool().query(
      `UPDATE alert_channels SET name = $3, kinds = $4, is_active = $5,
         address_sealed = coalesce($6, address_sealed), address_hint = coalesce($7, address_hint),
         broken_code = CASE WHEN $6::text IS NULL THEN broken_code END,
         last_error = CASE WHEN $6::text IS NULL THEN last_error END,
         retry_at = CASE WHEN $6::text IS NULL THEN retry_at END,
         is_paused = is_paused AND $6::text IS NULL,
         failures = CASE WHEN $6::text IS NULL THEN failures ELSE 0 END,
         claim_id = CASE WHEN $6::text IS NULL THEN claim_id END,
         claimed_until = CASE WHEN $6::text IS NULL THEN claimed_until END
       WHERE id = $2 AND user_id = $1`,
      [
        userId,
        id,
        settings.name,
        settings.kinds,
        settings.isActive,
        address === null ? null : seal(address.text, env().SECRET_KEY, id),
        address?.hint ?? null,
      ],
    )
    return rowCount === 1
  } catch (error) {
    if (refusedBy(error) === 'alert_channels_user_id_name_key') return 'TAKEN'
    throw error
  }
}

/** Deletes a channel with all that waits for it. */
export async function deleteChannel(userId: string, id: string): Promise<boolean> {
  return (await prisma().alertChannel.deleteMany({ where: { id, userId } })).count === 1
}

/** What a trial needs: the service, and the address as it is stored. Null when it is not the user's. */
export async function findChannel(
  userId: string,
  id: string,
): Promise<{ id: string; service: AlertService; addressSealed: string; pausedUntil: EpochMs | null } | null> {
  const row = await prisma().alertChannel.findFirst({
    where: { id, userId },
    select: { id: true, service: true, addressSealed: true, isPaused: true, retryAt: true },
  })
  if (row === null) return null
  const { isPaused, retryAt, ...channel } = row
  return { ...channel, pausedUntil: isPaused ? (retryAt?.getTime() ?? null) : null }
}

/** The text of a stored address. Throws when it opens with no key. */
export const openAddress = (sealed: string, channelId: string): string => unsealWith(sealed, env(), channelId)

/** A trial went well: what was wrong is over, and what waits may go at once. */
export async function recordTrial(id: string, now: EpochMs): Promise<void> {
  await prisma().alertChannel.updateMany({
    where: { id },
    data: {
      brokenCode: null,
      lastError: null,
      failures: 0,
      retryAt: null,
      isPaused: false,
      lastDeliveredAt: new Date(now),
    },
  })
}

/** A trial went wrong. `retryAt`: the service asked for a pause, and the channel keeps it too. */
export async function recordFailedTrial(
  id: string,
  failure: { code: BrokenCode | null; reason: string; retryAt: EpochMs | null },
): Promise<void> {
  await prisma().alertChannel.updateMany({
    where: { id },
    data: {
      lastError: failure.reason,
      ...(failure.code === null ? {} : { brokenCode: failure.code }),
      ...(failure.retryAt === null ? {} : { retryAt: new Date(failure.retryAt), isPaused: true }),
    },
  })
}

/** The group of a chat has become another: its address is stored anew. */
export async function moveChannel(id: string, address: AddressText): Promise<void> {
  await prisma().alertChannel.updateMany({
    where: { id },
    data: { addressSealed: seal(address.text, env().SECRET_KEY, id), addressHint: address.hint },
  })
}

/** Channels that do not deliver: refused for good, or something waits longer than `waitingSince`. With their users' ids. */
export async function findTroubledChannels(
  waitingSince: EpochMs,
  userId: string | null = null,
): Promise<{ name: string; service: AlertService; isBroken: boolean }[]> {
  const { rows } = await pgPool().query<{ name: string; service: AlertService; isBroken: boolean }>(
    `SELECT c.name, c.service, c.broken_code IS NOT NULL AS "isBroken" FROM alert_channels c
     WHERE c.is_active AND ($2::uuid IS NULL OR c.user_id = $2) AND (c.broken_code IS NOT NULL OR EXISTS (
       SELECT 1 FROM alert_outbox o WHERE o.channel_id = c.id AND o.delivered_at IS NULL AND o.expired_at IS NULL
         AND o.queued_at < $1))
     ORDER BY c.created_at, c.id`,
    [new Date(waitingSince), userId],
  )
  return rows
}
