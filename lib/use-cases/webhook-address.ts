import { issueWebhookToken, readWebhookToken } from '@/lib/db/webhook-token-repository'
import { env } from '@/lib/platform/env'
import type { WebhookAddress } from '@/lib/view/webhook-address'

const addressOf = (token: string): WebhookAddress => ({
  path: `/api/webhooks/${token}`,
  receiverPort: env().RECEIVER_PORT,
  receiverPath: `/webhooks/${token}`,
})

/** Where the user's alerts go; null before the first token. */
export async function readWebhookAddress(userId: string): Promise<WebhookAddress | null> {
  const found = await readWebhookToken(userId)
  return found && addressOf(found.token)
}

/** Gives the user a new address; the receivers refuse the old one within half a minute. */
export const renewWebhookAddress = async (userId: string): Promise<WebhookAddress> =>
  addressOf(await issueWebhookToken(userId))
