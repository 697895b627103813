import { describe, expect, it } from 'vitest'
import { createGatherer } from '@/lib/platform/gather'

/** A gatherer whose runs end when told to. */
function heldGatherer(most = 10) {
  const runs: { key: string; items: number[]; end: (error?: Error) => void }[] = []
  const gatherer = createGatherer<number, number>(
    (key, items) =>
      new Promise((resolve, reject) => {
        runs.push({ key, items, end: (error) => (error ? reject(error) : resolve(items.map((item) => item * 10))) })
      }),
    most,
  )
  return { runs, gatherer }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('gather', () => {
  it('starts the first at once and gathers what comes meanwhile', async () => {
    const { runs, gatherer } = heldGatherer()
    const first = gatherer.add('a', 1)
    await turn()
    const rest = [gatherer.add('a', 2), gatherer.add('a', 3)]
    await turn()
    expect(runs.map((run) => run.items)).toEqual([[1]])
    runs[0]?.end()
    expect(await first).toBe(10)
    await turn()
    expect(runs.map((run) => run.items)).toEqual([[1], [2, 3]])
    runs[1]?.end()
    expect(await Promise.all(rest)).toEqual([20, 30])
  })

  it('takes together what is added in the same breath, so many at once at most', async () => {
    const { runs, gatherer } = heldGatherer(2)
    const all = [1, 2, 3].map((item) => gatherer.add('a', item))
    await turn()
    runs[0]?.end()
    await turn()
    runs[1]?.end()
    expect(await Promise.all(all)).toEqual([10, 20, 30])
    expect(runs.map((run) => run.items)).toEqual([[1, 2], [3]])
  })

  it('keeps keys apart, and goes on after a failure', async () => {
    const { runs, gatherer } = heldGatherer()
    const failing = gatherer.add('a', 1)
    const other = gatherer.add('b', 2)
    await turn()
    const next = gatherer.add('a', 3)
    runs.find((run) => run.key === 'a')?.end(new Error('no'))
    runs.find((run) => run.key === 'b')?.end()
    await expect(failing).rejects.toThrow('no')
    expect(await other).toBe(20)
    await turn()
    runs.at(-1)?.end()
    expect(await next).toBe(30)
    const later = gatherer.add('a', 4)
    await turn()
    runs.at(-1)?.end()
    expect(await later).toBe(40)
  })
})
