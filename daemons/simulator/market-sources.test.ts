import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { startSimulator } from './server'
import { control, TestSocket, waitFor } from './testing/client'

const MINUTE = 60_000

it('replays a recording message for message, from the first listener on', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'simulator-'))
  const file = join(dataDir, 'recording.ndjson.gz')
  const t0 = 1_570_752_000_000
  const lines = Array.from({ length: 3000 }, (_, i) =>
    JSON.stringify({
      e: 'aggTrade',
      E: t0 + i * 100,
      s: 'XRPETH',
      a: 100 + i,
      p: `0.0014${1000 + (i % 7)}`,
      q: `${5 + (i % 3)}.00000000`,
      f: 500 + i,
      l: 500 + i,
      T: t0 + i * 100,
      m: i % 2 === 0,
      M: true,
    }),
  )
  writeFileSync(file, gzipSync(lines.join('\n')))
  const replay = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir: ':memory:',
    market: { source: 'replay', replayFile: file, replaySpeed: 1e9 },
  })
  const info = (await (await fetch(`${replay.url}/binance/api/v3/exchangeInfo?symbol=XRPETH`)).json()) as {
    symbols: { filters: unknown[] }[]
  }
  expect(info.symbols[0]?.filters).toContainEqual({
    filterType: 'PRICE_FILTER',
    minPrice: '0.00000001',
    maxPrice: '1000000.00000000',
    tickSize: '0.00000001',
  })
  const socket = await TestSocket.open(replay.url, '/ws/xrpeth@aggTrade/xrpeth@kline_1m')
  await waitFor(() =>
    socket.messages.filter((message) => message['e'] === 'aggTrade').length >= lines.length ? true : undefined,
  )
  expect(socket.texts.filter((text) => text.includes('aggTrade'))).toEqual(lines)
  const closed = await waitFor(() => {
    const bars = socket.messages
      .flatMap((message) => (message['e'] === 'kline' ? [message['k'] as Record<string, unknown>] : []))
      .filter((bar) => bar['x'])
    return bars.length >= 4 ? bars : undefined
  })
  expect(closed.map((bar) => [bar['t'], bar['n']])).toEqual([0, 1, 2, 3].map((minute) => [t0 + minute * MINUTE, 600]))
  expect(socket.isClosed).toBe(false)
  socket.close()
  await replay.close()
  rmSync(dataDir, { recursive: true })
})

const RECORDING = '../shared/data/binance-xrpeth-aggtrades-2019-10-11.ndjson.gz'

it.skipIf(!existsSync(RECORDING))(
  `replays the real day of ${RECORDING} (skipped where the file is not there)`,
  async () => {
    const lines = gunzipSync(readFileSync(RECORDING)).toString().trimEnd().split('\n')
    const replay = await startSimulator({
      port: 0,
      host: '127.0.0.1',
      dataDir: ':memory:',
      market: { source: 'replay', replayFile: RECORDING, replaySpeed: 1e9 },
    })
    const socket = await TestSocket.open(replay.url, '/ws/xrpeth@aggTrade')
    await waitFor(() => (socket.texts.length >= lines.length ? true : undefined), 8000)
    expect(socket.texts).toEqual(lines)
    socket.close()
    await replay.close()
  },
)

it('follows the market of another exchange that speaks the same protocol', async () => {
  const sim = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir: ':memory:',
    market: { source: 'synthetic', seed: 5 },
  })
  const follower = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir: ':memory:',
    market: {
      source: 'auto',
      liveRestUrl: `${sim.url}/binance`,
      liveWsUrl: `${sim.url.replace('http', 'ws')}/binance`,
    },
  })
  expect(follower.exchange.market.kind).toBe('live')
  const socket = await TestSocket.open(follower.url, '/ws/btcusdt@aggTrade')
  await control(sim.url, 'PUT', '/price', { symbol: 'BTCUSDT', price: '61234.56', hold: true })
  await waitFor(() => (follower.exchange.market.lastTrade('BTCUSDT') === undefined ? undefined : true))
  const trade = await socket.until((message) => message['p'] === '61234.56000000')
  expect(trade['a']).toBe(sim.exchange.market.trades('BTCUSDT', 50).find(({ id }) => id === trade['a'])?.id)
  const query = `symbol=ETHUSDT&interval=1m&startTime=${Math.floor(Date.now() / MINUTE) * MINUTE - 5 * MINUTE}&limit=3`
  const bars = async (url: string): Promise<unknown> => (await fetch(`${url}/binance/api/v3/klines?${query}`)).json()
  expect(await bars(follower.url)).toEqual(await bars(sim.url))
  socket.close()
  await follower.close()
  await sim.close()
})

it('falls back to the generated market quickly when the live one is out of reach', async () => {
  const began = performance.now()
  const alone = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir: ':memory:',
    market: { source: 'auto', liveRestUrl: 'http://127.0.0.1:9' },
  })
  expect(alone.exchange.market.kind).toBe('synthetic')
  expect(performance.now() - began).toBeLessThan(1000)
  await alone.close()
})
