import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ExactSum } from '@/lib/domain/market/exact-sum'
import { parseDecimal, sum } from '@/lib/domain/money/decimal'

it('is the sum of the decimals, whatever their size and number of places', () => {
  const text = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, places]) => parseDecimal(`${digits}e-${places}`).toFixed())
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40 }), (texts) => {
      const total = new ExactSum()
      for (const one of texts) total.add(one)
      expect(total.total.toFixed()).toBe(sum(texts.map(parseDecimal)).toFixed())
    }),
  )
})

it('refuses what is not a number, and starts again when cleared', () => {
  const total = new ExactSum()
  expect(() => total.add('1.2.3')).toThrow(RangeError)
  expect(() => total.add('')).toThrow(RangeError)
  total.clear()
  total.add('0.1')
  total.add('0.2')
  expect(total.total.toFixed()).toBe('0.3')
})
