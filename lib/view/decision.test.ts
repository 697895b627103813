import { expect, test } from 'vitest'
import { reasonKeyOf } from '@/lib/view/decision'

test('the reasons of the engine have a message, free words have none', () => {
  expect(reasonKeyOf('no entry')).toBe('noEntry')
  expect(reasonKeyOf('Fewer than 50 candles without a hole are known.')).toBe('fewCandles')
  expect(reasonKeyOf('RSI below 30')).toBeNull()
  expect(reasonKeyOf('constructor')).toBeNull()
})
