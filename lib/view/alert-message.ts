import { ALERT_WORDS } from '@/lib/view/alert-words'
import { type AlertLine, alertLine, mergeFills, type RawAlert, type Reader } from '@/lib/view/alert-text'

export interface MessageParts {
  /** Told with the message: one that came twice is known by it. */
  number: string
  /** An attempt before had no answer. */
  isInDoubt: boolean
  /** Alerts that became too old to be sent. */
  expired: number
  alerts: readonly RawAlert[]
  reader: Reader
  /** Where the cockpit is reached, without a slash at its end; null when nobody said. */
  publicAddress: string | null
  /** In UTF-16 code units, as both services count. */
  longest: number
  /** How the service is kept from reading signs as formatting. */
  escape: (text: string) => string
}

/** Cuts a line without leaving half a character. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  // Neither half an escape.
  const shortened = text.slice(0, Math.max(0, length - 1)).replace(/\\+$/, '')
  return `${/[\ud800-\udbff]$/.test(shortened) ? shortened.slice(0, -1) : shortened}…`
}

/** One line may not push out all others. */
const LONGEST_LINE = 600

/** Which lines there is room for: the gravest first, then the earliest; in the order of what happened. */
function choose(lines: readonly AlertLine[], room: number, lineForMore: (count: number) => string): string[] {
  const length = (chosen: readonly AlertLine[]): number => {
    const left = lines.length - chosen.length
    const more = left === 0 ? 0 : lineForMore(left).length + 1
    return chosen.reduce((sum, line) => sum + line.text.length + 1, more)
  }
  if (length(lines) <= room) return lines.map(({ text }) => text)
  const chosen = new Set<AlertLine>()
  const byGravity = lines
    .map((line, index) => ({ line, index }))
    .sort((a, b) => a.line.gravity - b.line.gravity || a.index - b.index)
  let used = lineForMore(lines.length).length + 1
  for (const { line } of byGravity) {
    if (used + line.text.length + 1 > room) continue
    chosen.add(line)
    used += line.text.length + 1
  }
  return [...lines.filter((line) => chosen.has(line)).map(({ text }) => text), lineForMore(lines.length - chosen.size)]
}

/**
 * The text of a message: what happened, a line each, with a number to tell one that came twice. What does not fit is
 * counted: « … et 12 autres ».
 */
export function alertMessage(parts: MessageParts): string {
  const { reader, publicAddress } = parts
  const words = ALERT_WORDS[reader.locale]
  const lines = mergeFills(parts.alerts)
    .map((alert) => alertLine(alert, reader))
    .map((line) => ({ ...line, text: cut(parts.escape(line.text), LONGEST_LINE) }))
  const gravest = lines.reduce<AlertLine | null>(
    (worst, line) => (worst !== null && worst.gravity <= line.gravity ? worst : line),
    null,
  )
  const head = [
    'Aristobot',
    lines.length > 1 ? words.alerts(lines.length) : null,
    `${words.number}${parts.number}`,
    reader.timeZone === 'UTC' ? 'UTC' : null,
    parts.isInDoubt ? words.again : null,
  ]
    .filter((part) => part !== null)
    .join(' · ')
  const foot = [
    parts.expired > 0 ? words.expired(parts.expired) : null,
    publicAddress === null || gravest === null ? null : `${publicAddress}${gravest.path}`,
  ].filter((part) => part !== null)
  const fixed = [head, ...foot].reduce((sum, line) => sum + line.length + 1, 0)
  return [head, ...choose(lines, parts.longest - fixed, words.more), ...foot].join('\n')
}

/** What « Envoyer un essai » sends. */
export const trialMessage = (locale: Reader['locale']): string => `Aristobot · ${ALERT_WORDS[locale].trial}`
