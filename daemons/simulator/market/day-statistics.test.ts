import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningSimulator, startSimulator } from '../server'
import { control } from '../testing/client'

let simulator: RunningSimulator
beforeAll(async () => {
  simulator = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir: ':memory:',
    market: { source: 'synthetic', seed: 11 },
    onFault: (error) => {
      throw error
    },
  })
})
afterAll(() => simulator.close())

it.each([
  ['binance', '/api/v3/ticker/24hr?symbol=BTCUSDT', '"lastPrice":"'],
  ['bitget', '/api/v2/spot/market/tickers?symbol=BTCUSDT', '"lastPr":"'],
  ['kucoin', '/api/v1/market/stats?symbol=BTC-USDT', '"last":"'],
])('the last price of %s is that of the last print, however often it is asked for', async (exchange, path, field) => {
  const last = async () => {
    const text = await (await fetch(`${simulator.url}/${exchange}${path}`)).text()
    return Number.parseFloat(text.split(field)[1] ?? '')
  }
  for (const price of [60_000, 59_000, 61_500]) {
    await control(simulator.url, 'PUT', '/price', { symbol: 'BTCUSDT', price: String(price), hold: true })
    expect(await last()).toBe(price)
  }
})
