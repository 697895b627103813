/**
 * Runs tasks beside each other, of each name at most one at a time: one that still runs is left alone, and neither the others
 * nor whoever starts them wait for it.
 */
export class SideBySide {
  readonly #running = new Map<string, Promise<void>>()
  readonly #onFailure: (error: unknown, name: string) => void

  constructor(onFailure: (error: unknown, name: string) => void) {
    this.#onFailure = onFailure
  }

  start(name: string, task: () => Promise<void>): void {
    if (this.#running.has(name)) return
    const run = task()
      .catch((error: unknown) => this.#onFailure(error, name))
      .finally(() => this.#running.delete(name))
    this.#running.set(name, run)
  }

  /** When all that runs now is over. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values())
  }
}
