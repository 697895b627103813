/**
 * Runs work on what comes under one key, one run after the other: the first alone and at once, what comes while a run is
 * under way together in the next. So nothing waits when there is little to do, and much costs little more than one.
 */
export interface Gatherer<I, R> {
  /** Resolves to what the run that contained the item answered for it. */
  add(key: string, item: I): Promise<R>
}

interface Waiting<I, R> {
  item: I
  resolve: (result: R) => void
  reject: (error: unknown) => void
}

/** `work` answers one result per item, in their order. `most` items at once. */
export function createGatherer<I, R>(work: (key: string, items: I[]) => Promise<R[]>, most: number): Gatherer<I, R> {
  const queues = new Map<string, Waiting<I, R>[]>()

  async function workOff(key: string, queue: Waiting<I, R>[]): Promise<void> {
    // What is added in the same breath goes together.
    await Promise.resolve()
    while (queue.length > 0) {
      const batch = queue.splice(0, most)
      try {
        const results = await work(
          key,
          batch.map(({ item }) => item),
        )
        for (const [index, { resolve, reject }] of batch.entries())
          if (index in results) resolve(results[index] as R)
          else reject(new Error('no result'))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    queues.delete(key)
  }

  return {
    add: (key, item) =>
      new Promise((resolve, reject) => {
        const waiting = { item, resolve, reject }
        const queue = queues.get(key)
        if (queue !== undefined) {
          queue.push(waiting)
          return
        }
        const fresh = [waiting]
        queues.set(key, fresh)
        void workOff(key, fresh)
      }),
  }
}
