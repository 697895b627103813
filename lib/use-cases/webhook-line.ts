import { z } from 'zod'
import { isWaiting } from '@/lib/db/webhook-repository'
import { sleep } from '@/lib/platform/clock'
import { type PreparedWebhook, prepareWebhook, type WebhookEngine } from '@/lib/use-cases/process-webhook'

const wake = z.string().regex(/^\d{1,15} [0-9a-f-]{36}$/)

/** Webhooks are numbered before they are committed: a lower number may show a moment after a higher one. */
const LOWER_WITHIN_MS = 100
const LOOK_AGAIN_MS = 4

export interface WebhookLines {
  /** Takes what the database woke for: `<webhook id> <line>`. */
  take(text: string): void
  /**
   * Takes one that nobody was woken for. Resolves when it has left the line: acted on, or not its turn. Throws when it cannot
   * be worked on yet.
   */
  process(line: string, webhookId: string): Promise<void>
  /** Resolves when what was taken is done. */
  settled(): Promise<unknown>
}

/** A webhook of the line; `prepared` once it is. */
interface Waiting {
  preparing: Promise<PreparedWebhook | null>
  prepared?: PreparedWebhook | null
  /** Settled when it leaves the line. */
  left: Promise<void>
  resolve: () => void
  reject: (failure: unknown) => void
}

/** The waiting webhooks of one account, the lowest number first. */
class Line {
  readonly #waiting = new Map<number, Waiting>()
  readonly #engine: WebhookEngine
  #onLower: () => void = () => undefined
  constructor(engine: WebhookEngine) {
    this.#engine = engine
  }

  /** Resolves when the webhook has left the line. */
  add(id: number): Promise<void> {
    const known = this.#waiting.get(id)
    if (known !== undefined) return known.left
    const preparing = prepareWebhook(this.#engine, id.toFixed())
    let settle: Pick<Waiting, 'resolve' | 'reject'> = { resolve: () => undefined, reject: () => undefined }
    const left = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject }
    })
    const waiting: Waiting = { preparing, left, ...settle }
    // Its failure is met when its turn comes.
    preparing.then(
      (prepared) => (waiting.prepared = prepared),
      () => undefined,
    )
    const isLower = id < (this.#next() ?? 0)
    this.#waiting.set(id, waiting)
    if (isLower) this.#onLower()
    return left
  }

  /** Works until nobody is left. */
  async work(onEmpty: () => void): Promise<void> {
    for (let id = this.#next(); id !== undefined; id = this.#next()) {
      try {
        if (!(await this.#isPrepared(id))) continue
        const orders = this.#ordersFrom(id)
        if (orders.length > 1) await this.#actTogether(orders)
        // Also when it was refused together with others: this one alone may be its turn.
        if (this.#waiting.has(id)) await this.#actOn(id)
      } catch (error) {
        this.#leave(id, error)
      }
    }
    onEmpty()
  }

  #next = (): number | undefined => (this.#waiting.size === 0 ? undefined : Math.min(...this.#waiting.keys()))

  /** With a failure it stands as it came: the engine's sweep comes back to it while it is young. */
  #leave(id: number, failure?: unknown): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (failure === undefined) waiting?.resolve()
    else waiting?.reject(failure)
  }

  /** Waits until it is; false as soon as one with a lower number has come, for which this one may be waiting itself. */
  async #isPrepared(id: number): Promise<boolean> {
    const lower = new Promise<false>((resolve) => {
      this.#onLower = () => resolve(false)
    })
    const prepared = this.#waiting.get(id)?.preparing.then(() => true)
    return (await Promise.race([prepared, lower])) ?? false
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
          if (await prepared.act()) this.#leave(id)
        } catch (error) {
          this.#leave(id, error)
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
    this.#leave(id)
  }
}

/**
 * Webhooks in the order of their arrival, one line per account: nobody else acts on them in this process, so that each is sized
 * from what those before it have left. Those behind are prepared (read, checked, funds asked for) while the one before them
 * is still being written; each is written when its turn has come.
 */
export function createWebhookLines(engine: WebhookEngine): WebhookLines {
  const lines = new Map<string, { line: Line; work: Promise<void> }>()

  function add(lineId: string, id: number): Promise<void> {
    const known = lines.get(lineId)
    if (known !== undefined) return known.line.add(id)
    const line = new Line(engine)
    const left = line.add(id)
    lines.set(lineId, { line, work: line.work(() => lines.delete(lineId)) })
    return left
  }

  return {
    take(text) {
      const parsed = wake.safeParse(text)
      const [webhookId, lineId] = parsed.data?.split(' ') ?? []
      if (webhookId === undefined || lineId === undefined) return
      add(lineId, +webhookId).catch((error: unknown) => {
        engine.log.error({ error, webhookId }, 'webhook could not be processed yet')
      })
    },
    process: (lineId, webhookId) => add(lineId, +webhookId),
    settled: () => Promise.all([...lines.values()].map(({ work }) => work)),
  }
}
