import { expect, it } from 'vitest'
import { readFromId, readFromTime } from '@/lib/exchanges/binance/history'

const DAY = 86_400_000
interface Row {
  id: number
  time: number
}

/** An account of `count` rows, one every `every` ms, answering as Binance does. */
const account = (count: number, every: number) => {
  const rows: Row[] = Array.from({ length: count }, (_, index) => ({ id: index + 1, time: index * every }))
  const asked: Record<string, string>[] = []
  const page = (params: Record<string, string>): Promise<Row[]> => {
    asked.push(params)
    const limit = Number(params['limit'])
    const { fromId, startTime, endTime } = params
    if (fromId !== undefined) return Promise.resolve(rows.filter((row) => row.id >= Number(fromId)).slice(0, limit))
    if (startTime === undefined) return Promise.resolve(rows.slice(-limit))
    expect(Number(endTime) - Number(startTime)).toBeLessThan(DAY)
    return Promise.resolve(
      rows.filter((row) => row.time >= Number(startTime) && row.time <= Number(endTime)).slice(0, limit),
    )
  }
  return { asked, query: { page, idOf: (row: Row) => String(row.id), idParam: 'fromId' }, end: count * every }
}

it('reads page after page from an id on', async () => {
  const { query, asked } = account(2500, 1000)
  expect((await readFromId(query, '3')).map((row) => row.id)).toEqual(
    Array.from({ length: 2498 }, (_, index) => index + 3),
  )
  expect(asked).toHaveLength(3)
})

it('needs one request where the newest thousand reach back far enough', async () => {
  const { query, asked, end } = account(900, 1000)
  expect(await readFromTime(query, 450_000, end)).toHaveLength(450)
  expect(asked).toHaveLength(1)
})

it('walks the days of a busy account, over a quiet stretch, without losing a row', async () => {
  const { query, end } = account(3000, 600_000)
  const rows = await readFromTime(query, -5 * DAY, end)
  expect(rows).toHaveLength(3000)
  expect(await readFromTime(query, 600_000 * 1500 + 1, end)).toHaveLength(1499)
})
