import type { EpochMs } from '@/lib/domain/market/timeframe'

const formatters = new Map<string, Intl.DateTimeFormat>()

function partsOf(time: EpochMs, timeZone: string): Record<string, string> {
  let formatter = formatters.get(timeZone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: '2-digit',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
    formatters.set(timeZone, formatter)
  }
  return Object.fromEntries(formatter.formatToParts(time).map(({ type, value }) => [type, value]))
}

/** A time signal: `AA.MM.DD_HH:MM`. */
export function formatSignalTime(time: EpochMs, timeZone: string): string {
  const { year, month, day, hour, minute } = partsOf(time, timeZone)
  return `${year}.${month}.${day}_${hour}:${minute}`
}

/** A row of a journal: `AA-MM-JJ HH:MM:SS`. */
export function formatJournalTime(time: EpochMs, timeZone: string): string {
  const { year, month, day, hour, minute, second } = partsOf(time, timeZone)
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`
}

/** Time of day: `HH:MM:SS`. */
export function formatClock(time: EpochMs, timeZone: string): string {
  const { hour, minute, second } = partsOf(time, timeZone)
  return `${hour}:${minute}:${second}`
}

/** The value of a `datetime-local` field, in UTC: `2026-11-22T14:05`. */
export const toFieldTime = (time: EpochMs): string => new Date(time).toISOString().slice(0, 16)

/** Reads such a value back; null when it is none. */
export function fromFieldTime(text: string): EpochMs | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return null
  const time = Date.parse(`${text}:00Z`)
  return Number.isNaN(time) ? null : time
}

/** True for a zone that times can be shown in, an IANA name like `Europe/Paris`. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
