import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TradePrint } from '@/lib/domain/market/trade-print'
import type { MarketDataClient, StreamState } from '@/lib/exchanges/market-data-client'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { parseEnv } from '@/lib/platform/env'
import { until } from '../../../support/until'
import { PaperBitget } from './paper'

// The market-data port against the paper exchange.

let paper: PaperBitget
let registry: ExchangeRegistry
let client: MarketDataClient

beforeAll(async () => {
  paper = await PaperBitget.start()
  const env = parseEnv({
    DATABASE_URL: 'postgresql://unused',
    SECRET_KEY: 'x'.repeat(32),
    SIMULATOR_PORT: String(paper.simulator.port),
  })
  registry = new ExchangeRegistry({ clock: Date.now, env, socketTimings: { backoffMinMs: 10, backoffMaxMs: 50 } })
  client = registry.marketDataClient('bitget', { restUrl: paper.url, streamUrl: paper.url.replace('http', 'ws') })
})
afterAll(async () => {
  await registry.close()
  await paper.close()
  expect(PaperBitget.faults).toEqual([])
})

it('tells the time', async () => {
  expect(Math.abs((await client.serverTime()) - Date.now())).toBeLessThan(1000)
})

it('hands on each print once and in order, over a cut connection too', async () => {
  const prints: TradePrint[] = []
  const states: StreamState['kind'][] = []
  const unreadable: string[] = []
  const handle = client.streamTrades(['BTC/USDT', 'ETH/USDT'], {
    onTrade: (print) => prints.push(print),
    onState: (state) => states.push(state.kind),
    onUnreadable: (_text, reason) => unreadable.push(reason),
  })
  await until(() => states.includes('CONNECTED'))
  const of = (symbol: string) => prints.filter((print) => print.symbol === symbol)
  await until(() => of('BTC/USDT').length >= 2 && of('ETH/USDT').length >= 2, 15_000)
  await paper.faults({ disconnectStreams: true })
  await paper.faults({})
  await until(() => states.filter((kind) => kind === 'CONNECTED').length === 2)
  const before = of('BTC/USDT').length
  await until(() => of('BTC/USDT').length >= before + 2, 15_000)
  handle.close()
  for (const symbol of ['BTC/USDT', 'ETH/USDT']) {
    const ids = of(symbol).map((print) => BigInt(print.tradeId))
    expect(ids.every((id, i) => i === 0 || id > (ids[i - 1] ?? 0n))).toBe(true)
  }
  expect(unreadable).toEqual([])
})

it('says that a pair does not exist', async () => {
  const reasons: string[] = []
  const handle = client.streamTrades(['NO/SUCH'], {
    onTrade: () => undefined,
    onState: (state) => {
      if (state.kind === 'DISCONNECTED') reasons.push(state.reason)
    },
  })
  await until(() => reasons.length > 0)
  handle.close()
  expect(reasons[0]).toContain("doesn't exist")
})

it('pages through candles, those that Bitget lacks included', async () => {
  const endTime = Math.floor(Date.now() / 7_200_000) * 7_200_000
  const range = { symbol: 'BTC/USDT', startTime: endTime - 2400 * 60_000, endTime }
  const minutes = await client.getCandles({ ...range, timeframe: '1m' })
  expect(minutes.map((candle) => candle.openTime)).toEqual(
    Array.from({ length: 2400 }, (_, i) => range.startTime + i * 60_000),
  )
  for (const [timeframe, length] of [
    ['10m', 10],
    ['2h', 120],
  ] as const) {
    const longer = await client.getCandles({ ...range, timeframe })
    expect(longer).toHaveLength(2400 / length)
    const last = minutes.slice(-length)
    expect(longer.at(-1)?.close.toFixed()).toBe(last.at(-1)?.close.toFixed())
    expect(longer.at(-1)?.volume.toFixed()).toBe(
      last.reduce((sum, candle) => sum.plus(candle.volume), last[0]!.volume.times(0)).toFixed(),
    )
  }
  const old = await client.getCandles({
    symbol: 'BTC/USDT',
    timeframe: '1h',
    startTime: endTime - 90 * 86_400_000,
    endTime: endTime - 70 * 86_400_000,
  })
  expect(old).toHaveLength(20 * 24)
})
