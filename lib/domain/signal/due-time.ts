import type { EpochMs } from '@/lib/domain/market/timeframe'

// When an alert is due: at the close of its bar. Bars start at whole multiples of their length since 1970, weeks on Mondays;
// all in UTC, so that no clock change moves them (TradingView, crypto markets).

const WEEK_MS = 604_800_000
/** 1970-01-01 was a Thursday: the first Monday came four days later. */
const FIRST_MONDAY = 345_600_000
const MINUTE_MS = 60_000

const originOf = (lengthMs: number): EpochMs => (lengthMs % WEEK_MS === 0 ? FIRST_MONDAY : 0)

/** The last close of a bar of this length at or before `time`. */
export const closeAtOrBefore = (lengthMs: number, time: EpochMs): EpochMs =>
  time - ((((time - originOf(lengthMs)) % lengthMs) + lengthMs) % lengthMs)

/** Shorter bars are not audited: a minute is given to an alert to come. */
export const isAudited = (lengthMs: number | null): lengthMs is number => lengthMs !== null && lengthMs >= MINUTE_MS

/**
 * The close at which an alert was due: the end of the bar that it names by its start, else the last close before it came.
 */
export const dueTimeOf = (lengthMs: number, barTime: EpochMs | null, receivedAt: EpochMs): EpochMs =>
  barTime === null ? closeAtOrBefore(lengthMs, receivedAt) : closeAtOrBefore(lengthMs, barTime) + lengthMs

/** Closes after `from` that lie a minute or more before `now`, oldest first; of many only the last `atMost`. */
export function overdueSince(lengthMs: number, from: EpochMs, now: EpochMs, atMost: number): EpochMs[] {
  const last = closeAtOrBefore(lengthMs, now - MINUTE_MS)
  const first = Math.max(closeAtOrBefore(lengthMs, from) + lengthMs, last - (atMost - 1) * lengthMs)
  const due: EpochMs[] = []
  for (let time = first; time <= last; time += lengthMs) due.push(time)
  return due
}
