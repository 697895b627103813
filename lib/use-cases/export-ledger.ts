import { type ExportFilter, exportFills, exportTrips } from '@/lib/db/ledger-export'
import { BYTE_ORDER_MARK, csvLine, type NumberCell } from '@/lib/view/csv'
import type { NumberLocale } from '@/lib/view/format-amount'

export const TRIP_COLUMNS = [
  'openedAt',
  'closedAt',
  'broker',
  'exchange',
  'symbol',
  'bought',
  'sold',
  'cost',
  'proceeds',
  'gain',
  'quote',
  'source',
  'strategy',
  'webhook',
] as const
export const FILL_COLUMNS = [
  'time',
  'broker',
  'exchange',
  'symbol',
  'side',
  'price',
  'quantity',
  'amount',
  'quote',
  'fee',
  'feeAsset',
  'feeInQuote',
  'source',
  'tradeId',
  'orderId',
] as const

/** The words of a file in the user's language. */
export interface ExportWords {
  locale: NumberLocale
  headings: string[]
  word: (kind: 'side' | 'source', value: string) => string
}

const amount = (text: string | null): NumberCell => ({ number: text })
const quoteOf = (symbol: string): string => symbol.split('/')[1] ?? ''

/** The closed round trips as a CSV file, line by line, times in the user's zone. */
export async function* tripLines(
  filter: ExportFilter,
  { locale, headings, word }: ExportWords,
): AsyncGenerator<string, void> {
  yield BYTE_ORDER_MARK + csvLine(headings, locale)
  for await (const page of exportTrips(filter))
    yield page
      .map((trip) =>
        csvLine(
          [
            trip.openedAt,
            trip.closedAt,
            trip.broker,
            trip.exchange,
            trip.symbol,
            amount(trip.bought),
            amount(trip.sold),
            amount(trip.cost),
            amount(trip.proceeds),
            amount(trip.gain),
            quoteOf(trip.symbol),
            trip.source === null ? null : word('source', trip.source),
            trip.strategy,
            trip.webhook,
          ],
          locale,
        ),
      )
      .join('')
}

/** The executions as a CSV file, line by line, times in the user's zone. */
export async function* fillLines(
  filter: ExportFilter,
  { locale, headings, word }: ExportWords,
): AsyncGenerator<string, void> {
  yield BYTE_ORDER_MARK + csvLine(headings, locale)
  for await (const page of exportFills(filter))
    yield page
      .map((fill) =>
        csvLine(
          [
            fill.time,
            fill.broker,
            fill.exchange,
            fill.symbol,
            word('side', fill.side),
            amount(fill.price),
            amount(fill.quantity),
            amount(fill.amount),
            quoteOf(fill.symbol),
            amount(fill.fee),
            fill.feeAsset,
            amount(fill.feeInQuote),
            word('source', fill.source),
            fill.tradeId,
            fill.orderId,
          ],
          locale,
        ),
      )
      .join('')
}
