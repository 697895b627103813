const last = new Map<string, Promise<unknown>>()

/**
 * Runs `work` after all that came before it under the same key. Reports of one position would otherwise wait for its row
 * in the database, each holding a connection that the next order needs.
 */
export async function inLine<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = last.get(key) ?? Promise.resolve()
  const mine = before.then(work, work)
  last.set(key, mine)
  try {
    return await mine
  } finally {
    if (last.get(key) === mine) last.delete(key)
  }
}
