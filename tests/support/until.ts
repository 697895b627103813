import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again and again until the answer is something; throws when the time is over, with what `tell` says of the state then. */
export async function until<T>(
  read: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  limitMs = 15_000,
  what = 'condition',
  tell?: () => Promise<unknown>,
): Promise<T> {
  const end = performance.now() + limitMs
  for (;;) {
    const value = await read()
    if (value !== undefined && value !== null && value !== false) return value
    if (performance.now() > end) {
      const state = tell === undefined ? '' : `: ${JSON.stringify(await tell())}`
      throw new Error(`${what} did not come about in ${limitMs} ms${state}`)
    }
    await sleep(25)
  }
}
