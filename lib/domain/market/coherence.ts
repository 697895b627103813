import type { Candle } from '@/lib/domain/market/candle'
import { type EpochMs, type Timeframe, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import { toWire } from '@/lib/domain/money/decimal'

// Is the stored series whole, and does the exchange agree with it (HB-8)?

export interface Flaw {
  symbol: string
  timeframe: Timeframe
  closeTime: EpochMs
  kind: 'HOLE' | 'DISAGREEMENT'
  /** What differs, for the operator. */
  detail: string
}

/** Close times in (from, to] for which there is no bar. */
export function findHoles(
  stored: ReadonlySet<EpochMs>,
  series: { symbol: string; timeframe: Timeframe },
  from: EpochMs,
  to: EpochMs,
): Flaw[] {
  const step = TIMEFRAME_MS[series.timeframe]
  const flaws: Flaw[] = []
  for (let closeTime = from - (from % step) + step; closeTime <= to; closeTime += step) {
    if (!stored.has(closeTime)) flaws.push({ ...series, closeTime, kind: 'HOLE', detail: 'no bar is stored' })
  }
  return flaws
}

/**
 * Bars of ours that differ from the exchange's closed bar of the same time. The number of prints is left out: the stream
 * counts prints that the exchange's bars leave out.
 */
export function findDisagreements(ours: readonly Candle[], theirs: readonly Candle[]): Flaw[] {
  const official = new Map(theirs.filter((bar) => bar.isClosed).map((bar) => [keyOf(bar), bar]))
  return ours.flatMap((bar) => {
    const other = official.get(keyOf(bar))
    const detail = other === undefined ? '' : differenceOf(bar, other)
    if (detail === '') return []
    return [{ symbol: bar.symbol, timeframe: bar.timeframe, closeTime: bar.closeTime, kind: 'DISAGREEMENT', detail }]
  })
}

const keyOf = (bar: Candle): string => `${bar.symbol} ${bar.timeframe} ${bar.closeTime}`

const differenceOf = (ours: Candle, theirs: Candle): string =>
  (['open', 'high', 'low', 'close', 'volume'] as const)
    .filter((field) => !ours[field].eq(theirs[field]))
    .map((field) => `${field} ${toWire(ours[field])} instead of ${toWire(theirs[field])}`)
    .join(', ')
