import {
  changeChannel,
  type ChannelRow,
  createChannel,
  deleteChannel,
  findChannel,
  listChannels as readChannels,
  moveChannel,
  openAddress,
  recordFailedTrial,
  recordTrial,
} from '@/lib/db/alert-channel-repository'
import { ALERT_KINDS, ALERT_SERVICES, BROKEN_CODES, isAlertKind } from '@/lib/domain/alert/alert'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import {
  type ChannelAddress,
  channelAddress,
  hintOf,
  readDiscordAddress,
  readTelegramAddress,
} from '@/lib/notify/address'
import { deliver } from '@/lib/notify/delivery'
import { env } from '@/lib/platform/env'
import { servicesOf } from '@/lib/use-cases/deliver-alerts'
import {
  type ChannelAnswer,
  type ChannelInput,
  type ChannelState,
  type ChannelView,
  STUCK_AFTER_MS,
  type TrialAnswer,
} from '@/lib/view/alert-channel'
import { trialMessage } from '@/lib/view/alert-message'
import { z } from 'zod'

function stateOf(row: ChannelRow, now: EpochMs): ChannelState {
  if (!row.isActive) return 'OFF'
  if (row.brokenCode !== null) return 'BROKEN'
  if (row.waitingSince !== null && now - row.waitingSince.getTime() > STUCK_AFTER_MS) return 'STUCK'
  if (row.lastError !== null) return 'RETRYING'
  return row.lastDeliveredAt === null ? 'NEW' : 'OK'
}

/** The user's channels, with how they do. */
export async function listChannels(userId: string, now: EpochMs): Promise<ChannelView[]> {
  return (await readChannels(userId)).map((row) => ({
    ...row,
    kinds: row.kinds.filter(isAlertKind),
    state: stateOf(row, now),
    brokenCode: BROKEN_CODES.find((code) => code === row.brokenCode) ?? null,
    retryAt: row.retryAt?.getTime() ?? null,
    lastDeliveredAt: row.lastDeliveredAt?.getTime() ?? null,
    waitingSince: row.waitingSince?.getTime() ?? null,
  }))
}

const text = z.string().max(500)
const channelInput = z.object({
  id: z.uuid().optional(),
  service: z.enum(ALERT_SERVICES),
  name: z.string().trim().min(1).max(40),
  kinds: z.array(z.enum(ALERT_KINDS)).max(ALERT_KINDS.length),
  isActive: z.boolean(),
  webhookUrl: text.optional(),
  botToken: text.optional(),
  chatId: text.optional(),
})
type ParsedChannel = z.output<typeof channelInput>

/** The address that was entered: undefined for none, null for one that cannot be right. */
function addressOf(input: ParsedChannel): ChannelAddress | null | undefined {
  if (input.service === 'DISCORD') {
    const url = input.webhookUrl?.trim() ?? ''
    return url === '' ? undefined : readDiscordAddress(url)
  }
  const [token, chatId] = [input.botToken?.trim() ?? '', input.chatId?.trim() ?? '']
  return token === '' && chatId === '' ? undefined : readTelegramAddress(token, chatId)
}

/** Adds a channel or changes one. An address is taken only when it is one of the service's own. */
export async function saveChannel(userId: string, asked: ChannelInput): Promise<ChannelAnswer> {
  const parsed = channelInput.safeParse(asked)
  if (!parsed.success) return { isDone: false, reason: 'INPUT' }
  const { id, service, ...input } = parsed.data
  const settings = { name: input.name, kinds: [...new Set(input.kinds)], isActive: input.isActive }
  const address = addressOf(parsed.data)
  const isMissing = address === undefined && id === undefined
  if (address === null || isMissing)
    return { isDone: false, reason: service === 'DISCORD' ? 'DISCORD_ADDRESS' : 'TELEGRAM_ADDRESS' }
  const stored = address === undefined ? null : { text: JSON.stringify(address), hint: hintOf(address) }
  if (id === undefined) {
    if (stored === null) return { isDone: false, reason: 'INPUT' }
    const created = await createChannel(userId, service, settings, stored)
    if (created === 'TAKEN') return { isDone: false, reason: 'NAME_TAKEN' }
    return created === 'LIMIT' ? { isDone: false, reason: 'LIMIT' } : { isDone: true, id: created.id }
  }
  const found = await findChannel(userId, id)
  if (found?.service !== service) return { isDone: false, reason: 'CHANNEL_UNKNOWN' }
  const changed = await changeChannel(userId, id, settings, stored)
  if (changed === 'TAKEN') return { isDone: false, reason: 'NAME_TAKEN' }
  return changed ? { isDone: true, id } : { isDone: false, reason: 'CHANNEL_UNKNOWN' }
}

export async function removeChannel(userId: string, id: string): Promise<ChannelAnswer> {
  return (await deleteChannel(userId, id)) ? { isDone: true, id } : { isDone: false, reason: 'CHANNEL_UNKNOWN' }
}

/**
 * Sends a trial at once and says what became of it. One that goes well ends what was wrong with the channel: what waits is
 * sent then. During a pause that the service asked for nothing is sent.
 */
export async function tryChannel(
  user: { id: string; locale: 'fr' | 'en' },
  id: string,
  now: EpochMs,
): Promise<TrialAnswer> {
  const channel = await findChannel(user.id, id)
  if (channel === null) return { isDone: false, reason: 'CHANNEL_UNKNOWN' }
  const pauseMs = channel.pausedUntil === null ? 0 : channel.pausedUntil - now
  if (pauseMs > 0) return { isDone: false, reason: 'WAIT', seconds: Math.ceil(pauseMs / 1000) }
  let address: ChannelAddress
  try {
    address = channelAddress.parse(JSON.parse(openAddress(channel.addressSealed, id)))
  } catch {
    return { isDone: false, reason: 'UNSEALABLE', said: '' }
  }
  const services = servicesOf(env())
  const message = trialMessage(user.locale)
  let delivery = await deliver(address, message, services)
  if (delivery.outcome === 'MOVED' && address.service === 'TELEGRAM') {
    address = { ...address, chatId: delivery.chatId }
    await moveChannel(id, { text: JSON.stringify(address), hint: hintOf(address) })
    delivery = await deliver(address, message, services)
  }
  switch (delivery.outcome) {
    case 'DELIVERED':
      await recordTrial(id, now)
      return { isDone: true }
    case 'WAIT': {
      const seconds = Math.ceil(delivery.waitMs / 1000)
      await recordFailedTrial(id, { code: null, reason: `HTTP 429: ${seconds} s`, retryAt: now + delivery.waitMs })
      return { isDone: false, reason: 'WAIT', seconds }
    }
    case 'BROKEN':
      await recordFailedTrial(id, { code: delivery.code, reason: delivery.reason, retryAt: null })
      return { isDone: false, reason: delivery.code, said: delivery.reason }
    case 'AGAIN':
      return { isDone: false, reason: 'AGAIN', said: delivery.reason }
    case 'MOVED':
      return { isDone: false, reason: 'AGAIN', said: 'the chat has moved' }
  }
}
