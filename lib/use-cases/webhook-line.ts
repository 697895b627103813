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

/** A webhook of the line; `prepared` once it is. */
interface Waiting {
  preparing: Promise<PreparedWebhook | null>
  prepared?: PreparedWebhook | null
}

/** The waiting webhooks of one user, the lowest number first. */
class UserLine {
  readonly #waiting = new Map<number, Waiting>()
  readonly #engine: WebhookEngine
  constructor(engine: WebhookEngine) {
    this.#engine = engine
  }

  add(id: number): void {
    const waiting: Waiting = { preparing: prepareWebhook(this.#engine, id.toFixed()) }
    // Its failure is met when its turn comes.
    waiting.preparing.then(
      (prepared) => (waiting.prepared = prepared),
      () => undefined,
    )
    this.#waiting.set(id, waiting)
  }

  async work(): Promise<void> {
    for (let id = this.#next(); id !== undefined; id = this.#next()) {
      try {
        await this.#waiting.get(id)?.preparing
        const orders = this.#ordersFrom(id)
        if (orders.length > 1) await this.#actTogether(orders)
        // Also when it was refused together with others: this one alone may be its turn.
        if (this.#waiting.has(id)) await this.#actOn(id)
      } catch (error) {
        this.#failed(id, error)
      }
    }
  }

  #next = (): number | undefined => (this.#waiting.size === 0 ? undefined : Math.min(...this.#waiting.keys()))

  /** It stands as it came: the engine's sweep comes back to it while it is young. */
  #failed(id: number, error: unknown): void {
    this.#engine.log.error({ error, webhookId: id }, 'webhook could not be processed yet')
    this.#waiting.delete(id)
  }

  /**
   * The webhooks from this one on that lead to orders which can be written now, without a gap: who must ask for funds again
   * is sized before those behind it.
   */
  #ordersFrom(first: number): [number, PreparedWebhook][] {
    const orders: [number, PreparedWebhook][] = []
    const ids = [...this.#waiting.keys()].filter((id) => id >= first).sort((a, b) => a - b)
    for (const id of ids) {
      const prepared = this.#waiting.get(id)?.prepared
      if (!prepared?.isOrderReady()) break
      orders.push([id, prepared])
    }
    return orders
  }

  /** Those that were not written stay: one with a lower number has come, or another process has taken one of them. */
  async #actTogether(orders: [number, PreparedWebhook][]): Promise<void> {
    await Promise.all(
      orders.map(async ([id, prepared]) => {
        try {
          if (await prepared.act()) this.#waiting.delete(id)
        } catch (error) {
          this.#failed(id, error)
        }
      }),
    )
  }

  async #actOn(id: number): Promise<void> {
    const prepared = await this.#waiting.get(id)?.preparing
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
