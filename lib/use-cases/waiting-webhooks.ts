import { findLinesWaiting, findWaitingFirst, releaseAbandoned } from '@/lib/db/webhook-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { WebhookEngine } from '@/lib/use-cases/process-webhook'
import type { WebhookLines } from '@/lib/use-cases/webhook-line'

/** Webhooks that nobody was woken for, or whose process died before it decided. */
export interface WaitingWebhooks {
  /** Works off what was received before then, each line at its own pace. Resolves when the lines were looked at. */
  takeUp(before: EpochMs): Promise<void>
  /** Works off the line in which a webhook stands. Throws when its first cannot be worked on yet. */
  takeUpLineOf(webhookId: string): Promise<void>
  /** Takes up no further ones; resolves when those under way are done. */
  stop(): Promise<unknown>
}

export function createWaitingWebhooks(
  engine: Pick<WebhookEngine, 'clock' | 'log'>,
  worker: Pick<WebhookLines, 'process'>,
): WaitingWebhooks {
  const lines = new Map<string, Promise<void>>()
  const stopping = new AbortController()

  /** Only the first of a line can be acted on: whoever stands behind one that must wait would only wait as well. */
  async function workOff(line: string, before: EpochMs): Promise<void> {
    let last: string | null = null
    while (!stopping.signal.aborted) {
      const first = await findWaitingFirst(line, before)
      if (first === null || first === last) return
      await worker.process(line, first)
      last = first
    }
  }

  const lineOf = (line: string, before: EpochMs): Promise<void> => {
    const known = lines.get(line)
    if (known !== undefined) return known
    const work = workOff(line, before).finally(() => lines.delete(line))
    lines.set(line, work)
    return work
  }

  return {
    async takeUp(before) {
      await releaseAbandoned(engine.clock())
      const waiting = await findLinesWaiting({ before })
      for (const line of waiting.filter((each) => !lines.has(each)))
        lineOf(line, before).catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error)
          engine.log.warn({ line, reason }, 'webhooks wait')
        })
    },
    async takeUpLineOf(webhookId) {
      for (const line of await findLinesWaiting({ webhookId })) await lineOf(line, engine.clock())
    },
    stop() {
      stopping.abort()
      return Promise.allSettled(lines.values())
    },
  }
}
