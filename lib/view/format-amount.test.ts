import { expect, test } from 'vitest'
import { decimalsOf, directionOf, formatAmount, formatPercent, formatShort } from '@/lib/view/format-amount'

test.each([
  ['1234567.891', 'fr', { decimals: 2 }, '1\u202f234\u202f567,89'],
  ['1234567.891', 'en', { decimals: 2 }, '1,234,567.89'],
  ['-1234.5', 'fr', { decimals: 2 }, '\u22121\u202f234,50'],
  ['0.00000001', 'en', {}, '0.00000001'],
  ['12.5', 'fr', { decimals: 2, isSigned: true }, '+12,50'],
  ['-0.001', 'en', { decimals: 2, isSigned: true }, '0.00'],
  ['100', 'en', {}, '100'],
  [null, 'fr', {}, '–'],
] as const)('%s in %s reads %s', (amount, locale, format, expected) => {
  expect(formatAmount(amount, locale, format)).toBe(expected)
})

test('amounts beyond the precision of floating point stay exact', () => {
  expect(formatAmount('12345678901234567890.123456789012345678', 'en')).toBe(
    '12,345,678,901,234,567,890.123456789012345678',
  )
})

test('percent, decimals of a step, direction', () => {
  expect(formatPercent('0.01234', 'fr')).toBe('+1,23\u00a0%')
  expect(formatPercent('-0.5', 'en')).toBe('\u221250.00%')
  expect(['0.01', '1', '0.00001000', '5'].map(decimalsOf)).toEqual([2, 0, 5, 0])
  expect([directionOf('1'), directionOf('-0.1'), directionOf('0.00'), directionOf(null)]).toEqual([
    'up',
    'down',
    'flat',
    'flat',
  ])
})

test('three digits for a narrow place', () => {
  const read = (locale: 'fr' | 'en') =>
    ['1234.5', '-99.456', '0.000123', '0', '-1234567'].map((a) => formatShort(a, locale))
  expect(read('fr')).toEqual(['+1,23\u00a0k', '\u221299,5', '+0,00012', '0', '\u22121,23\u00a0M'])
  expect(read('en')).toEqual(['+1.23K', '\u221299.5', '+0.00012', '0', '\u22121.23M'])
})
