import type { EpochMs } from '@/lib/domain/market/timeframe'

// When an alert is due: at the close of its bar. Bars within a day are counted from midnight, and the last one of the day is
// cut there; days from 1970 on, weeks on Mondays; all in UTC, so that no clock change moves them (TradingView, crypto markets).

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const WEEK_MS = 604_800_000
/** 1970-01-01 was a Thursday: the first Monday came four days later. */
const FIRST_MONDAY = 345_600_000

/** Our clock may be so much slower than the exchange's, by which bars close. */
const SLOW_CLOCK_MS = 10_000

const midnightBefore = (time: EpochMs): EpochMs => time - (((time % DAY_MS) + DAY_MS) % DAY_MS)

function originOf(lengthMs: number, time: EpochMs): EpochMs {
  if (lengthMs < DAY_MS) return midnightBefore(time)
  return lengthMs % WEEK_MS === 0 ? FIRST_MONDAY : 0
}

/** The last close of a bar of this length at or before `time`. */
export const closeAtOrBefore = (lengthMs: number, time: EpochMs): EpochMs =>
  time - ((((time - originOf(lengthMs, time)) % lengthMs) + lengthMs) % lengthMs)

/** The close after this one. */
const closeAfter = (lengthMs: number, close: EpochMs): EpochMs =>
  lengthMs < DAY_MS ? Math.min(close + lengthMs, midnightBefore(close) + DAY_MS) : close + lengthMs

/** Shorter bars are not audited: a minute is given to an alert to come. */
export const isAudited = (lengthMs: number | null): lengthMs is number => lengthMs !== null && lengthMs >= MINUTE_MS

/**
 * The close at which an alert was due: the end of the bar that it names by its start, else the last close before it came.
 */
export const dueTimeOf = (lengthMs: number, barTime: EpochMs | null, receivedAt: EpochMs): EpochMs =>
  barTime === null
    ? closeAtOrBefore(lengthMs, receivedAt + SLOW_CLOCK_MS)
    : closeAfter(lengthMs, closeAtOrBefore(lengthMs, barTime))

/** A bar time further ahead than this is no time zone's. */
export const FURTHEST_AHEAD_MS = DAY_MS

/**
 * The close after which a source can miss one when it is heard for the first time, or anew: none before it was heard, however
 * old the bar that the alert names. One that came before its close, or names its bar in another time zone, is believed.
 */
export function heardSince(lengthMs: number, dueAt: EpochMs, receivedAt: EpochMs): EpochMs {
  const latest = closeAtOrBefore(lengthMs, receivedAt + Math.max(lengthMs, FURTHEST_AHEAD_MS))
  return Math.max(closeAtOrBefore(lengthMs, receivedAt), Math.min(dueAt, latest))
}

/** Closes after `from` that lie a minute or more before `now`, oldest first; the first `atMost` of them. */
export function overdueSince(lengthMs: number, from: EpochMs, now: EpochMs, atMost: number): EpochMs[] {
  const due: EpochMs[] = []
  let time = closeAfter(lengthMs, closeAtOrBefore(lengthMs, from))
  for (; time <= now - MINUTE_MS && due.length < atMost; time = closeAfter(lengthMs, time)) due.push(time)
  return due
}
