import type { RawMessage } from '@/daemons/heartbeat/ports'

/** More in one batch would be more than any screen shows (HB-9: the last 60). */
const BATCH_LIMIT = 200

/** Gathers raw messages for display (HB-3). In a burst the newest are kept. */
export class RawBatcher {
  readonly #send: (messages: readonly RawMessage[]) => Promise<void>
  readonly #timer: NodeJS.Timeout
  #ring: RawMessage[] = []
  #next = 0
  #skipped = 0

  constructor(send: (messages: readonly RawMessage[]) => Promise<void>, everyMs: number) {
    this.#send = send
    this.#timer = setInterval(() => {
      this.flush()
    }, everyMs)
    this.#timer.unref()
  }

  /** Messages left out of the display so far. */
  get skipped(): number {
    return this.#skipped
  }

  push(symbol: string, receivedAt: number, text: string): void {
    const message = { symbol, receivedAt, text }
    if (this.#ring.length < BATCH_LIMIT) {
      this.#ring.push(message)
      return
    }
    this.#ring[this.#next] = message
    this.#next = (this.#next + 1) % BATCH_LIMIT
    this.#skipped += 1
  }

  flush(): void {
    if (this.#ring.length === 0) return
    const messages = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
    this.#ring = []
    this.#next = 0
    void this.#send(messages)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.flush()
  }
}
