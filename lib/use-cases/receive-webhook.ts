import { env } from '@/lib/platform/env'
import type { WebhookAnswer } from '@/lib/use-cases/record-webhook'
import { createWebhookDoor, takeWebhook, type WebhookDoor, type WebhookRequest } from '@/lib/use-cases/webhook-door'
import { webBus } from '@/lib/use-cases/web-bus'
import { createWebhookTokens } from '@/lib/use-cases/webhook-tokens'

let door: WebhookDoor | undefined

/** A token that was renewed is known here until then. */
const REFRESH_EVERY_MS = 30_000

/** The web application's own door: made at the first webhook, so that a build needs no queue. */
function ownDoor(): WebhookDoor {
  if (door === undefined) {
    const tokens = createWebhookTokens()
    door = createWebhookDoor({ ...webBus(), tokens }, env())
    setInterval(() => void tokens.refresh().catch(() => undefined), REFRESH_EVERY_MS).unref()
  }
  return door
}

/** A webhook that came in at the web application: the same code as the receiver's. */
export const receiveWebhook = (request: WebhookRequest): Promise<WebhookAnswer> => takeWebhook(ownDoor(), request)
