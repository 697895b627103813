import type { AlertKind, AlertService, BrokenCode } from '@/lib/domain/alert/alert'
import type { EpochMs } from '@/lib/domain/market/timeframe'

/** What waits for so long is trouble of the delivery itself. */
export const STUCK_AFTER_MS = 10 * 60_000

/** How a channel does: what it stands at counts before what it waits for. */
export type ChannelState = 'OFF' | 'BROKEN' | 'STUCK' | 'RETRYING' | 'OK' | 'NEW'

/** A channel as the account page shows it. */
export interface ChannelView {
  id: string
  service: AlertService
  name: string
  /** Tells the address from another without giving it away. */
  addressHint: string
  kinds: AlertKind[]
  isActive: boolean
  state: ChannelState
  brokenCode: BrokenCode | null
  lastError: string | null
  retryAt: EpochMs | null
  lastDeliveredAt: EpochMs | null
  waiting: number
  waitingSince: EpochMs | null
  /** Alerts of the last week that became too old to be sent. */
  expired: number
}

/** What the form sends. Of a channel that exists the address may be left out: it stays. */
export interface ChannelInput {
  id?: string
  service: AlertService
  name: string
  kinds: AlertKind[]
  isActive: boolean
  webhookUrl?: string
  botToken?: string
  chatId?: string
}

export type ChannelRefusal =
  | 'INPUT'
  | 'DISCORD_ADDRESS'
  | 'TELEGRAM_ADDRESS'
  | 'NAME_TAKEN'
  | 'LIMIT'
  | 'CHANNEL_UNKNOWN'
  | 'UNAVAILABLE'
export type ChannelAnswer = { isDone: true; id: string } | { isDone: false; reason: ChannelRefusal }

/** What became of a trial. `said` is the service's own word. */
export type TrialAnswer =
  | { isDone: true }
  | { isDone: false; reason: 'CHANNEL_UNKNOWN' | 'UNAVAILABLE' }
  | { isDone: false; reason: 'WAIT'; seconds: number }
  | { isDone: false; reason: 'AGAIN'; said: string }
  | { isDone: false; reason: BrokenCode; said: string }
