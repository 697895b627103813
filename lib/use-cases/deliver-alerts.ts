import {
  type ClaimedMessage,
  claimMessage,
  expireAlerts,
  recordBroken,
  recordDelivered,
  recordPostponed,
  tellStuckChannels,
} from '@/lib/db/alert-delivery-repository'
import { findTroubledChannels, moveChannel, openAddress } from '@/lib/db/alert-channel-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type ChannelAddress, channelAddress, escapeFor, hintOf, LONGEST_TEXT } from '@/lib/notify/address'
import { deliver, type Delivery, type Services } from '@/lib/notify/delivery'
import type { Clock } from '@/lib/platform/clock'
import type { Env } from '@/lib/platform/env'
import type { Logger } from '@/lib/platform/logger'
import { STUCK_AFTER_MS } from '@/lib/view/alert-channel'
import { alertMessage } from '@/lib/view/alert-message'

export interface AlertDesk {
  services: Services
  /** Where the cockpit is reached from outside; null when nobody said. */
  publicAddress: string | null
  clock: Clock
  log: Logger
  /** A place where tests kill the process. */
  crashPoint?: (name: string) => void
}

export const servicesOf = (env: Pick<Env, 'ALERT_DISCORD_URL' | 'ALERT_TELEGRAM_URL'>): Services => ({
  discord: env.ALERT_DISCORD_URL,
  telegram: env.ALERT_TELEGRAM_URL,
})

/** So many channels are served side by side: one that hangs delays no other. */
const AT_ONCE = 8
const FIRST_DELAY_MS = 2000
const LONGEST_DELAY_MS = 5 * 60_000
/** An alert that could not be delivered for so long is not sent any more. */
const TOO_OLD_MS = 24 * 3_600_000
const FORGET_AFTER_MS = 7 * 24 * 3_600_000

/** How long to wait after so many failures in a row. */
const delayAfter = (failures: number): number =>
  Math.min(FIRST_DELAY_MS * 2 ** Math.min(failures, 20), LONGEST_DELAY_MS)

export interface AlertSender {
  /** Takes all that is due and begins to send it; does not wait for the services. */
  sendDue(): Promise<void>
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>
}

export function createAlertSender(desk: AlertDesk): AlertSender {
  const underWay = new Set<Promise<void>>()
  return {
    async sendDue() {
      while (underWay.size < AT_ONCE) {
        const message = await claimMessage(desk.clock())
        if (message === null) return
        const sent = send(desk, message)
          .catch((error: unknown) => {
            // What could not be written down comes free again when its claim ends.
            desk.log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'alert not settled')
          })
          .finally(() => underWay.delete(sent))
        underWay.add(sent)
      }
    },
    async settled() {
      await Promise.all(underWay)
    },
  }
}

function addressOf(message: ClaimedMessage): ChannelAddress | null {
  try {
    return channelAddress.parse(JSON.parse(openAddress(message.addressSealed, message.channelId)))
  } catch {
    return null
  }
}

async function send(desk: AlertDesk, message: ClaimedMessage): Promise<void> {
  const { clock, log } = desk
  const { channelId, service, id } = message
  const address = addressOf(message)
  if (address === null) {
    log.error({ channelId }, 'the address of an alert channel cannot be opened with the present secret key')
    await recordBroken(message, { code: 'UNSEALABLE', reason: 'the address cannot be opened' }, clock())
    return
  }
  const text = alertMessage({
    number: id,
    isInDoubt: message.isInDoubt,
    expired: message.expiredUntold,
    alerts: message.alerts,
    reader: { locale: message.locale, timeZone: message.timeZone },
    publicAddress: desk.publicAddress,
    longest: LONGEST_TEXT[service],
    escape: (line) => escapeFor(service, line),
  })
  const delivery = await deliver(address, text, desk.services)
  desk.crashPoint?.('alert-answered')
  await settle(desk, message, address, delivery, clock())
}

async function settle(
  { log }: AlertDesk,
  message: ClaimedMessage,
  address: ChannelAddress,
  delivery: Delivery,
  now: EpochMs,
): Promise<void> {
  const { channelId, service, attempt } = message
  switch (delivery.outcome) {
    case 'DELIVERED':
      await recordDelivered(message, now)
      return
    case 'WAIT':
      log.info({ channelId, service, waitMs: delivery.waitMs }, 'the service asks for a pause of alerts')
      await recordPostponed(message, {
        retryAt: now + delivery.waitMs,
        reason: `HTTP 429: ${Math.ceil(delivery.waitMs / 1000)} s`,
        isInDoubt: false,
        isFailure: false,
      })
      return
    case 'AGAIN': {
      const waitMs = delayAfter(message.failures)
      const { reason, isInDoubt } = delivery
      log.warn({ channelId, service, attempt, reason, waitMs }, 'alert not delivered yet')
      await recordPostponed(message, { retryAt: now + waitMs, reason, isInDoubt, isFailure: true })
      return
    }
    case 'MOVED': {
      if (address.service !== 'TELEGRAM') return
      const moved = { ...address, chatId: delivery.chatId }
      await moveChannel(channelId, { text: JSON.stringify(moved), hint: hintOf(moved) })
      const retry = { retryAt: now, reason: 'the chat has moved', isInDoubt: false, isFailure: true }
      await recordPostponed(message, { ...retry, retryAt: now + delayAfter(message.failures) })
      return
    }
    case 'BROKEN':
      log.error({ channelId, service, code: delivery.code, reason: delivery.reason }, 'alert channel refused for good')
      await recordBroken(message, delivery, now)
  }
}

/**
 * The watch on the notifier itself: what waits for long is told through other channels, what is too old is given up.
 * Answers what is wrong, in a sentence for the process's health; null when nothing is.
 */
export async function watchAlerts({ clock, log }: Pick<AlertDesk, 'clock' | 'log'>): Promise<string | null> {
  const now = clock()
  await tellStuckChannels(now - STUCK_AFTER_MS, now)
  const expired = await expireAlerts(now - TOO_OLD_MS, now - FORGET_AFTER_MS, now)
  if (expired > 0) log.error({ expired }, 'alerts were too old to be sent')
  const troubled = await findTroubledChannels(now - STUCK_AFTER_MS)
  if (troubled.length === 0) return null
  const names = troubled.map(({ service, isBroken }) => `${service} ${isBroken ? 'refuses' : 'does not take them'}`)
  return `alerts are not delivered: ${[...new Set(names)].join(', ')}`
}
