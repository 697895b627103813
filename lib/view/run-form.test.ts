import { expect, test } from 'vitest'
import { preferredSymbol, searchSymbols } from '@/lib/view/run-form'

const symbols = ['ADA/USDT', 'BTC/EUR', 'BTC/USDT', 'ETH/BTC', 'WBTC/BTC']

test('what begins with the text comes before what contains it', () => {
  expect(searchSymbols(symbols, 'btc', 9)).toEqual(['BTC/EUR', 'BTC/USDT', 'ETH/BTC', 'WBTC/BTC'])
  expect(searchSymbols(symbols, 'btc/us', 9)).toEqual(['BTC/USDT'])
  expect(searchSymbols(symbols, ' ', 2)).toEqual(['ADA/USDT', 'BTC/EUR'])
  expect(searchSymbols(symbols, 'xyz', 9)).toEqual([])
})

test('the pair proposed', () => {
  expect(preferredSymbol(symbols)).toBe('BTC/USDT')
  expect(preferredSymbol(['A/EUR', 'B/USDT'])).toBe('B/USDT')
  expect(preferredSymbol(['A/EUR'])).toBe('A/EUR')
  expect(preferredSymbol([])).toBe('')
})
