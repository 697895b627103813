import type { EpochMs } from '@/lib/domain/market/timeframe'

// KuCoin's account histories (hf/orders/done, hf/fills and their unified twins): at most a week between startAt and endAt,
// newest first, older rows by `lastId`.

const WEEK = 604_800_000
/** KuCoin keeps an account's history for some three months. */
const KEPT = 13 * WEEK
const PAGE = 100

interface Page<Row> {
  lastId?: string | number | null | undefined
  items: Row[]
}
type ReadPage<Row> = (params: Record<string, string>) => Promise<Page<Row>>

/** All rows of one week at most, newest first; ends early once `isOldEnough` knows a row. */
async function readWeek<Row>(
  page: ReadPage<Row>,
  sizeName: string,
  startAt: EpochMs,
  endAt: EpochMs,
  isOldEnough: (row: Row) => boolean,
): Promise<Row[]> {
  const rows: Row[] = []
  for (let lastId = '0'; ; ) {
    const { items, lastId: next } = await page({
      startAt: startAt.toFixed(),
      endAt: endAt.toFixed(),
      [sizeName]: PAGE.toFixed(),
      ...(lastId === '0' ? {} : { lastId }),
    })
    rows.push(...items)
    const last = items.at(-1)
    const following = String(next ?? 0)
    if (last === undefined || items.length < PAGE || isOldEnough(last) || following === '0' || following === lastId)
      return rows
    lastId = following
  }
}

/** Rows from a time on (three months back at most), oldest first. */
export async function readSince<Row>(
  page: ReadPage<Row>,
  sizeName: string,
  fromTime: EpochMs,
  now: EpochMs,
): Promise<Row[]> {
  const weeks: Promise<Row[]>[] = []
  const start = Math.max(Math.floor(fromTime), Math.floor(now - KEPT))
  for (let startAt = start; startAt <= now; startAt += WEEK)
    weeks.push(readWeek(page, sizeName, startAt, startAt + WEEK - 1, () => false))
  return (await Promise.all(weeks)).flatMap((week) => week.reverse())
}

/** Rows from the newest back to the first that `isOldEnough` knows, oldest first; weeks without rows are passed over. */
export async function readBack<Row>(
  page: ReadPage<Row>,
  sizeName: string,
  now: EpochMs,
  isOldEnough: (row: Row) => boolean,
): Promise<Row[]> {
  const rows: Row[] = []
  for (let endAt = Math.ceil(now); endAt > now - KEPT; endAt -= WEEK) {
    const week = await readWeek(page, sizeName, endAt - WEEK + 1, endAt, isOldEnough)
    rows.push(...week)
    if (week.some(isOldEnough)) break
  }
  return rows.reverse()
}
