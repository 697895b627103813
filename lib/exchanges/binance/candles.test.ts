import { expect, it } from 'vitest'
import { readCandles } from '@/lib/exchanges/binance/candles'
import type { BinanceRawMarketClient } from '@/lib/exchanges/binance/raw-market-client'

const M = 60_000

/** Bars without end, one value each; answers at most a thousand. */
const endless = () => {
  const asked: Record<string, string | undefined>[] = []
  const klines = (params: Record<string, string | undefined>) => {
    asked.push(params)
    const step = params['interval'] === '5m' ? 5 * M : M
    const rows = []
    for (
      let time = Math.ceil(Number(params['startTime']) / step) * step;
      time <= Number(params['endTime']) && rows.length < 1000;
      time += step
    )
      rows.push([time, '1', '3', '0.5', '2', '10', time + step - 1, '20', 4])
    return Promise.resolve(rows)
  }
  return { asked, raw: { klines } as unknown as BinanceRawMarketClient }
}

it('pages through any range without a gap or a repetition', async () => {
  const { raw, asked } = endless()
  const pages: number[] = []
  const range = {
    symbol: 'BTC/USDT',
    timeframe: '1m',
    startTime: 0,
    endTime: 2500 * M,
    onPage: (read: number) => pages.push(read),
  } as const
  const candles = await readCandles(raw, range, () => 2000 * M)
  expect(candles.map((candle) => candle.openTime)).toEqual(Array.from({ length: 2500 }, (_, index) => index * M))
  expect(pages).toEqual([1000, 2000, 2500])
  expect(asked).toHaveLength(3)
  expect(candles.filter((candle) => candle.isClosed)).toHaveLength(2000)
})

it('stops paging when told', async () => {
  const { raw, asked } = endless()
  const abort = new AbortController()
  const range = {
    symbol: 'BTC/USDT',
    timeframe: '1m',
    startTime: 0,
    endTime: 9999 * M,
    signal: abort.signal,
    onPage: () => abort.abort(),
  } as const
  expect(await readCandles(raw, range, () => 0)).toHaveLength(1000)
  expect(asked).toHaveLength(1)
})

it('makes 10m out of 5m, whole bars only', async () => {
  const { raw, asked } = endless()
  const range = { symbol: 'BTC/USDT', timeframe: '10m', startTime: 5 * M, endTime: 31 * M } as const
  const candles = await readCandles(raw, range, () => 35 * M)
  expect(asked[0]?.['interval']).toBe('5m')
  expect(
    candles.map((candle) => [candle.openTime / M, candle.volume.toFixed(), candle.tradeCount, candle.isClosed]),
  ).toEqual([
    [10, '20', 8, true],
    [20, '20', 8, true],
    [30, '20', 8, false],
  ])
})
