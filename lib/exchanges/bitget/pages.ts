import { TradingError } from '@/lib/domain/errors/trading-error'

/** One answer of a list that goes on: where, or null at its end. */
export interface Page<Row> {
  rows: Row[]
  next: string | null
}

/** More pages than any account has: a list that never ends is an error of the exchange. */
const MOST_PAGES = 2000

/** All rows of a list, in the order answered, until `isEnough` says of a page that nothing older is wanted. */
export async function readPages<Row>(
  read: (cursor: string | undefined) => Promise<Page<Row>>,
  isEnough: (rows: Row[]) => boolean = () => false,
): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | undefined
  for (let i = 0; i < MOST_PAGES; i += 1) {
    const page = await read(cursor)
    rows.push(...page.rows)
    if (page.next === null || page.next === cursor || page.rows.length === 0 || isEnough(page.rows)) return rows
    cursor = page.next
  }
  throw new TradingError('EXCHANGE_UNAVAILABLE', 'Bitget answered a list without an end.', { outcome: 'UNKNOWN' })
}

/** Most rows of one answer. */
export const PAGE = 100

/** A page of an endpoint that goes on below the last id of a full answer. */
export const pageByLastId = <Row>(rows: Row[], idOf: (row: Row) => string): Page<Row> => {
  const last = rows.at(-1)
  return { rows, next: rows.length < PAGE || last === undefined ? null : idOf(last) }
}
