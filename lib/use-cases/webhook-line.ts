import { z } from 'zod'
import { isWaiting } from '@/lib/db/webhook-repository'
import { sleep } from '@/lib/platform/clock'
import { type PreparedWebhook, prepareWebhook, type WebhookEngine } from '@/lib/use-cases/process-webhook'

const wake = z.string().regex(/^\d{1,15} [0-9a-f-]{36}$/)

/** Webhooks are numbered before they are committed: a lower number may show a moment after a higher one. */
const LOWER_WITHIN_MS = 100
const LOOK_AGAIN_MS = 4

export interface WebhookLine {
  /** Takes what the database woke for: `<webhook id> <user id>`. */
  take(text: string): void
  /** Resolves when what was taken is done. */
  settled(): Promise<unknown>
}

type Preparing = Promise<PreparedWebhook | null>

/** The waiting webhooks of one user, the lowest number first. */
class UserLine {
  readonly #waiting = new Map<number, Preparing>()
  readonly #engine: WebhookEngine
  constructor(engine: WebhookEngine) {
    this.#engine = engine
  }

  add(id: number): void {
    const preparing = prepareWebhook(this.#engine, id.toFixed())
    // Its failure is met when its turn comes.
    preparing.catch(() => undefined)
    this.#waiting.set(id, preparing)
  }

  async work(): Promise<void> {
    for (let id = this.#next(); id !== undefined; id = this.#next()) {
      try {
        await this.#actOn(id)
      } catch (error) {
        // It stands as it came: the engine's sweep comes back to it while it is young.
        this.#engine.log.error({ error, webhookId: id }, 'webhook could not be processed yet')
        this.#waiting.delete(id)
      }
    }
  }

  #next = (): number | undefined => (this.#waiting.size === 0 ? undefined : Math.min(...this.#waiting.keys()))

  async #actOn(id: number): Promise<void> {
    const prepared = await this.#waiting.get(id)
    const giveUpAt = performance.now() + LOWER_WITHIN_MS
    while (prepared && !(await prepared.act())) {
      // One with a lower number has come, and goes first; or it is about to; or another process has taken this one.
      if (this.#next() !== id) return
      if (performance.now() > giveUpAt || !(await isWaiting(id.toFixed()))) break
      await sleep(LOOK_AGAIN_MS)
    }
    this.#waiting.delete(id)
  }
}

/**
 * Webhooks in the order of their arrival, one line per user. Those behind are prepared (read, checked, funds asked for)
 * while the one before them is still being written; each is written when its turn has come.
 */
export function createWebhookLine(engine: WebhookEngine): WebhookLine {
  const lines = new Map<string, { line: UserLine; work: Promise<void> }>()
  return {
    take(text) {
      const parsed = wake.safeParse(text)
      const [number, userId] = parsed.data?.split(' ') ?? []
      if (number === undefined || userId === undefined) return
      const known = lines.get(userId)
      if (known !== undefined) {
        known.line.add(+number)
        return
      }
      const line = new UserLine(engine)
      line.add(+number)
      const work = line.work().finally(() => lines.delete(userId))
      lines.set(userId, { line, work })
    },
    settled: () => Promise.all([...lines.values()].map(({ work }) => work)),
  }
}
