import type { EpochMs } from '@/lib/domain/market/timeframe'

// Binance's account histories (allOrders, myTrades): at most 1000 rows an answer, at most 24 hours between startTime and
// endTime, ids rising with time.

const HISTORY_PAGE = 1000
const DAY = 86_400_000

interface HistoryRow {
  time?: number | undefined
}

export interface HistoryQuery<Row> {
  /** One request with these parameters, oldest first. */
  page: (params: Record<string, string>) => Promise<Row[]>
  idOf: (row: Row) => string
  /** Name of the parameter "from this id on". */
  idParam: string
}

const nextId = (id: string): string => (BigInt(id) + 1n).toString()

/** Rows from an id on, to the newest. */
export async function readFromId<Row>(query: HistoryQuery<Row>, id: string): Promise<Row[]> {
  const rows: Row[] = []
  for (let from = id; ; ) {
    const page = await query.page({ [query.idParam]: from, limit: HISTORY_PAGE.toFixed() })
    rows.push(...page)
    const last = page.at(-1)
    if (last === undefined || page.length < HISTORY_PAGE) return rows
    from = nextId(query.idOf(last))
  }
}

/**
 * Rows from a time on, to the newest. One request is enough for most accounts: the newest thousand reach back far enough.
 * Otherwise the days are walked until one holds a row, and from there by id.
 */
export async function readFromTime<Row extends HistoryRow>(
  query: HistoryQuery<Row>,
  fromTime: EpochMs,
  now: EpochMs,
): Promise<Row[]> {
  const isWanted = (row: Row) => (row.time ?? fromTime) >= fromTime
  const newest = await query.page({ limit: HISTORY_PAGE.toFixed() })
  const oldest = newest[0]
  if (newest.length < HISTORY_PAGE || (oldest !== undefined && !isWanted(oldest))) return newest.filter(isWanted)
  for (let startTime = fromTime; startTime <= now; startTime += DAY) {
    const endTime = startTime + DAY - 1
    const first = (await query.page({ startTime: startTime.toFixed(), endTime: endTime.toFixed(), limit: '1' }))[0]
    if (first !== undefined) return (await readFromId(query, query.idOf(first))).filter(isWanted)
  }
  return []
}
