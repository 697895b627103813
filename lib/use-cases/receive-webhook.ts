import { createBus } from '@/lib/bus/bus'
import { keepRejectedMessage } from '@/lib/db/rejected-message-repository'
import { env } from '@/lib/platform/env'
import { createLogger } from '@/lib/platform/logger'
import { recordWebhook, type WebhookAnswer, type WebhookDesk } from '@/lib/use-cases/record-webhook'
import { createWebhookTokens } from '@/lib/use-cases/webhook-tokens'

let desk: WebhookDesk | undefined

/** A token that was renewed is known here until then. */
const REFRESH_EVERY_MS = 30_000

/** The web application's own desk: made at the first webhook, so that a build needs no queue. */
function ownDesk(): WebhookDesk {
  if (desk === undefined) {
    const log = createLogger('web', env().LOG_LEVEL)
    const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = env()
    const bus = createBus({ name: 'web', databaseUrl, redisUrl, log, onRejected: keepRejectedMessage })
    desk = { bus, log, tokens: createWebhookTokens() }
    const { tokens } = desk
    setInterval(() => void tokens.refresh().catch(() => undefined), REFRESH_EVERY_MS).unref()
  }
  return desk
}

/** A webhook that came in at the web application: the same code as the receiver's. */
export const receiveWebhook = (token: string, body: string, receivedAt: number): Promise<WebhookAnswer> =>
  recordWebhook(ownDesk(), token, body, receivedAt)
