import { findUsersWaiting, findWaitingFirst, releaseAbandoned } from '@/lib/db/webhook-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { WebhookEngine } from '@/lib/use-cases/process-webhook'
import type { WebhookLine } from '@/lib/use-cases/webhook-line'

/** Webhooks that nobody was woken for, or whose process died before it decided. */
export interface WaitingWebhooks {
  /** Works off what was received before then, each user's line at its own pace. Resolves when the lines were looked at. */
  takeUp(before: EpochMs): Promise<void>
  /** Works off the line in which a webhook stands. Throws when its first cannot be worked on yet. */
  takeUpLineOf(webhookId: string): Promise<void>
  /** Takes up no further ones; resolves when those under way are done. */
  stop(): Promise<unknown>
}

export function createWaitingWebhooks(
  engine: Pick<WebhookEngine, 'clock' | 'log'>,
  line: Pick<WebhookLine, 'process'>,
): WaitingWebhooks {
  const lines = new Map<string, Promise<void>>()
  const stopping = new AbortController()

  /** Only the first of a line can be acted on: whoever stands behind one that must wait would only wait as well. */
  async function workOff(userId: string, before: EpochMs): Promise<void> {
    let last: string | null = null
    while (!stopping.signal.aborted) {
      const first = await findWaitingFirst(userId, before)
      if (first === null || first === last) return
      await line.process(userId, first)
      last = first
    }
  }

  const lineOf = (userId: string, before: EpochMs): Promise<void> => {
    const known = lines.get(userId)
    if (known !== undefined) return known
    const work = workOff(userId, before).finally(() => lines.delete(userId))
    lines.set(userId, work)
    return work
  }

  return {
    async takeUp(before) {
      await releaseAbandoned(engine.clock())
      const users = await findUsersWaiting({ before })
      for (const userId of users.filter((each) => !lines.has(each)))
        lineOf(userId, before).catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error)
          engine.log.warn({ userId, reason }, 'webhooks wait')
        })
    },
    async takeUpLineOf(webhookId) {
      for (const userId of await findUsersWaiting({ webhookId })) await lineOf(userId, engine.clock())
    },
    stop() {
      stopping.abort()
      return Promise.allSettled(lines.values())
    },
  }
}
