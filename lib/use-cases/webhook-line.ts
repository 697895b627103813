import { z } from 'zod'
import { processWebhook, type WebhookEngine } from '@/lib/use-cases/process-webhook'

const wake = z.string().regex(/^\d+ [0-9a-f-]{36}$/)

export interface WebhookLine {
  /** Takes what the database woke for: `<webhook id> <user id>`. */
  take(text: string): void
  /** Resolves when what was taken is done. */
  settled(): Promise<unknown>
}

/**
 * Webhooks in the order of their arrival, one line per user. The one behind is prepared (read, checked, funds asked for)
 * while the one before it is still being written; it is written when its turn has come.
 */
export function createWebhookLine(engine: WebhookEngine): WebhookLine {
  const lines = new Map<string, Promise<void>>()
  return {
    take(text) {
      const parsed = wake.safeParse(text)
      const [webhookId, userId] = parsed.data?.split(' ') ?? []
      if (webhookId === undefined || userId === undefined) return
      const turn = lines.get(userId) ?? Promise.resolve()
      const done = processWebhook(engine, webhookId, turn).catch((error: unknown) => {
        // It stands as RECEIVED again: the engine's sweep comes back to it while it is young.
        engine.log.error({ error, webhookId }, 'webhook could not be processed yet')
      })
      lines.set(userId, done)
      void done.then(() => {
        if (lines.get(userId) === done) lines.delete(userId)
      })
    },
    settled: () => Promise.all(lines.values()),
  }
}
