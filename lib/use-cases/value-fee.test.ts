import { expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { type PriceSource, priceAt } from '@/lib/use-cases/value-fee'

const NOW = Date.UTC(2026, 4, 4, 11)
const AGO = NOW - 3_600_000

/** Markets with the price of now and of the minute of an hour ago. */
function sourceOf(markets: Record<string, [now: string, then: string]>, asked: string[] = []): PriceSource {
  return {
    isListed: (symbol) => Promise.resolve(symbol in markets),
    lastPrice: (symbol) => {
      asked.push(`last ${symbol}`)
      return Promise.resolve(d(markets[symbol]?.[0] ?? ''))
    },
    closes: ({ symbol, timeframe, startTime, endTime }) => {
      asked.push(`${timeframe} ${symbol}`)
      const isTold = timeframe === '1m' && startTime <= AGO && AGO <= endTime
      return Promise.resolve(isTold ? [{ openTime: AGO, close: d(markets[symbol]?.[1] ?? '') }] : [])
    },
  }
}
const price = async (markets: Record<string, [string, string]>, time = AGO) =>
  (await priceAt(sourceOf(markets), 'KCS', 'BTC', time, NOW))?.toFixed(8)

it('is that of the time, by the market itself, its inverse, or both by way of dollars', async () => {
  expect(await price({ 'KCS/BTC': ['0.0002', '0.0003'] })).toBe('0.00030000')
  expect(await price({ 'BTC/KCS': ['5000', '4000'] })).toBe('0.00025000')
  expect(await price({ 'KCS/USDT': ['12', '9'], 'BTC/USDT': ['60000', '30000'] })).toBe('0.00030000')
  expect(await price({ 'KCS/USDT': ['12', '9'], 'BTC/USDT': ['60000', '30000'] }, NOW - 60_000)).toBe('0.00020000')
  expect(await price({ 'KCS/USDT': ['12', '9'] })).toBeUndefined()
})

it('is the last one where no candle tells of so long ago, and asks for no market that is not listed', async () => {
  const asked: string[] = []
  const source = sourceOf({ 'KCS/BTC': ['0.0002', '0.0003'] }, asked)
  expect((await priceAt(source, 'KCS', 'BTC', AGO - 86_400_000, NOW))?.toFixed()).toBe('0.0002')
  expect(asked).toEqual(['1m KCS/BTC', '1h KCS/BTC', 'last KCS/BTC'])
})
