import { type Amount, parseDecimal, toWire } from '@/lib/domain/money/decimal'

// Amounts travel as plain decimal strings and are formatted as such: no float on the way to the screen.

/** U+202F, the thin space that French typography groups digits with. */
const THIN_SPACE = '\u202f'
const MINUS = '\u2212'

const SEPARATORS = {
  fr: { group: THIN_SPACE, decimal: ',' },
  en: { group: ',', decimal: '.' },
}

export type NumberLocale = keyof typeof SEPARATORS

export interface AmountFormat {
  /** Digits after the separator, always all of them. Without it as many as the amount has. */
  decimals?: number
  /** Writes the plus sign of gains. */
  isSigned?: boolean
}

/** `-1234.5` with 2 decimals reads « −1 234,50 » in French and "−1,234.50" in English. Not a number: a dash. */
export function formatAmount(amount: string | null, locale: NumberLocale, format: AmountFormat = {}): string {
  if (amount === null) return '–'
  const value = parseDecimal(amount)
  const rounded = format.decimals === undefined ? toWire(value) : value.toFixed(format.decimals)
  const isZero = parseDecimal(rounded).isZero()
  const [whole = '0', fraction] = rounded.replace('-', '').split('.')
  const { group, decimal } = SEPARATORS[locale]
  const sign = isZero ? '' : value.isNegative() ? MINUS : format.isSigned ? '+' : ''
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group)
  return `${sign}${grouped}${fraction === undefined ? '' : decimal + fraction}`
}

/** A ratio such as 0.0123 as « +1,23 % ». */
export function formatPercent(ratio: string | null, locale: NumberLocale, isSigned = true): string {
  if (ratio === null) return '–'
  const text = formatAmount(toWire(parseDecimal(ratio).times(100)), locale, { decimals: 2, isSigned })
  return `${text}${locale === 'fr' ? '\u00a0' : ''}%`
}

/** Three digits for a narrow place: « +1,23 k », "−0.00012". Where it stands the exact amount is to be had as well. */
export function formatShort(amount: string, locale: NumberLocale): string {
  const value = parseDecimal(amount)
  const isSmall = value.abs().lt(1)
  const text = new Intl.NumberFormat(locale, {
    signDisplay: 'exceptZero',
    ...(isSmall ? { maximumSignificantDigits: 2 } : { notation: 'compact', maximumSignificantDigits: 3 }),
  }).format(Number(amount))
  return text.replace('-', MINUS)
}

/** Digits after the point that a market's step of this size needs: 0.01 needs 2, 1 and 5 need none. */
export const decimalsOf = (step: string): number => Math.min(parseDecimal(step).decimalPlaces(), 18)

/** How a gain reads: up, down or neither. */
export function directionOf(amount: string | Amount | null): 'up' | 'down' | 'flat' {
  if (amount === null) return 'flat'
  const value = typeof amount === 'string' ? parseDecimal(amount) : amount
  return value.isZero() ? 'flat' : value.isPositive() ? 'up' : 'down'
}
