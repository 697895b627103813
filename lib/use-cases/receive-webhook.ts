import { createBus } from '@/lib/bus/bus'
import { keepRejectedMessage } from '@/lib/db/rejected-message-repository'
import { env } from '@/lib/platform/env'
import { createLogger } from '@/lib/platform/logger'
import type { WebhookAnswer } from '@/lib/use-cases/record-webhook'
import { createWebhookDoor, takeWebhook, type WebhookDoor, type WebhookRequest } from '@/lib/use-cases/webhook-door'
import { createWebhookTokens } from '@/lib/use-cases/webhook-tokens'

let door: WebhookDoor | undefined

/** A token that was renewed is known here until then. */
const REFRESH_EVERY_MS = 30_000

/** The web application's own door: made at the first webhook, so that a build needs no queue. */
function ownDoor(): WebhookDoor {
  if (door === undefined) {
    const log = createLogger('web', env().LOG_LEVEL)
    const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = env()
    const bus = createBus({ name: 'web', databaseUrl, redisUrl, log, onRejected: keepRejectedMessage })
    const tokens = createWebhookTokens()
    door = createWebhookDoor({ bus, log, tokens }, env())
    setInterval(() => void tokens.refresh().catch(() => undefined), REFRESH_EVERY_MS).unref()
  }
  return door
}

/** A webhook that came in at the web application: the same code as the receiver's. */
export const receiveWebhook = (request: WebhookRequest): Promise<WebhookAnswer> => takeWebhook(ownDoor(), request)
