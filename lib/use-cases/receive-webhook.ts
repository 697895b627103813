import { env } from '@/lib/platform/env'
import { storeSpooled, type WebhookAnswer } from '@/lib/use-cases/record-webhook'
import { createWebhookDoor, takeWebhook, type WebhookDoor, type WebhookRequest } from '@/lib/use-cases/webhook-door'
import { webBus } from '@/lib/use-cases/web-bus'
import { isSpoolEmpty } from '@/lib/use-cases/webhook-spool'
import { createWebhookTokens } from '@/lib/use-cases/webhook-tokens'

let door: WebhookDoor | undefined

/** A token that was renewed is known here until then. */
const REFRESH_EVERY_MS = 30_000
const DRAIN_EVERY_MS = 1000

/** The web application's own door: made at the first webhook, so that a build needs no queue. */
function ownDoor(): WebhookDoor {
  if (door === undefined) {
    const tokens = createWebhookTokens()
    door = createWebhookDoor({ ...webBus(), tokens }, env())
    setInterval(() => void tokens.refresh().catch(() => undefined), REFRESH_EVERY_MS).unref()
    keepSpoolEmpty()
  }
  return door
}

const DRAINED = Symbol.for('aristobot.spool-drained')
/** The web framework loads this file more than once. */
const thisProcess = globalThis as { [DRAINED]?: true }

/**
 * From now on stores what waits on disk, as the receiver does beside it; that one may not run, or on another host. Called
 * when the process starts: what waited when the last one ended is not left until the next webhook.
 */
export function keepSpoolEmpty(): void {
  if (thisProcess[DRAINED]) return
  thisProcess[DRAINED] = true
  let isAtWork = false
  setInterval(() => {
    if (isAtWork || isSpoolEmpty()) return
    isAtWork = true
    void drain().finally(() => {
      isAtWork = false
    })
  }, DRAIN_EVERY_MS).unref()
}

async function drain(): Promise<void> {
  const { log } = webBus()
  try {
    const stored = await storeSpooled(ownDoor().desk)
    if (stored > 0) log.info({ stored }, 'webhooks taken over from disk')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({ reason }, 'the database is away: webhooks wait on disk')
  }
}

/** A webhook that came in at the web application: the same code as the receiver's. */
export const receiveWebhook = (request: WebhookRequest): Promise<WebhookAnswer> => takeWebhook(ownDoor(), request)
