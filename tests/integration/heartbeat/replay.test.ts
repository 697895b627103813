import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Heartbeat } from '@/daemons/heartbeat/heartbeat'
import { startSimulator } from '@/daemons/simulator/server'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { parseEnv } from '@/lib/platform/env'
import { createLogger } from '@/lib/platform/logger'
import { MemoryPorts } from './memory-ports'
import { aggregatePlainly, type RecordedPrint } from './plain-aggregation'

const RECORDING = resolve(import.meta.dirname, '../../../../shared/data/binance-xrpeth-aggtrades-2019-10-11.ndjson.gz')
const timings = { clockMs: 5, recoveryDelayMs: 20, retryMs: 50, rawBatchMs: 20, statusMs: 1000, coherenceMs: 1e6 }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'heartbeat-replay-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Plays a recording through the paper exchange's sockets into a heartbeat, as fast as both can. */
async function play(file: string, symbols: string[], prints: readonly RecordedPrint[]) {
  const simulator = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir: ':memory:',
    market: {
      source: 'replay',
      replayFile: file,
      replaySpeed: 1e9,
      seed: 1,
      liveRestUrl: 'http://127.0.0.1:9',
      liveWsUrl: 'ws://127.0.0.1:9',
    },
  })
  const env = parseEnv({ DATABASE_URL: 'postgresql://unused', SECRET_KEY: 'x'.repeat(32) })
  const registry = new ExchangeRegistry({ clock: Date.now, env })
  const url = `${simulator.url}/binance`
  const market = registry.marketDataClient('binance', { restUrl: url, streamUrl: url.replace('http', 'ws') })
  const ports = new MemoryPorts()
  const heartbeat = new Heartbeat({
    symbols,
    market,
    ports,
    clock: Date.now,
    log: createLogger('test', 'silent'),
    timings,
  })
  const isDone = () => heartbeat.figures().prints >= prints.length && heartbeat.figures().missingMinutes === 0
  for (let i = 0; i < 2000 && !isDone(); i += 1) await new Promise((r) => setTimeout(r, 10))
  expect(heartbeat.figures()).toMatchObject({ prints: prints.length, missingMinutes: 0 })
  await new Promise((r) => setTimeout(r, 50))
  await heartbeat.checkCoherence()
  await heartbeat.stop()
  await registry.close()
  await simulator.close()
  return ports
}

/** What was stored, in the form of the plain aggregation, up to the last print of each pair. */
const storedBars = (ports: MemoryPorts, expected: ReadonlyMap<string, string>) => {
  const stored = new Map<string, string>()
  for (const { candle } of ports.stored) {
    const key = `${candle.symbol.replace('/', '')} ${candle.timeframe} ${candle.closeTime}`
    const values = [candle.open, candle.high, candle.low, candle.close, candle.volume].map((amount) => amount.toFixed())
    expect(stored.has(key), `${key} is stored twice`).toBe(false)
    if (expected.has(key)) stored.set(key, `${values.join(' ')} ${candle.tradeCount}`)
  }
  return stored
}

const check = (ports: MemoryPorts, prints: readonly RecordedPrint[], least: number) => {
  const expected = aggregatePlainly(prints)
  const stored = storedBars(ports, expected)
  expect(expected.size).toBeGreaterThan(least)
  const wrong = [...expected].filter(([key, value]) => stored.get(key) !== value)
  expect(wrong.slice(0, 5).map(([key, value]) => ({ key, expected: value, stored: stored.get(key) }))).toEqual([])
  expect(wrong).toHaveLength(0)
  const timeframes = new Set([...expected.keys()].map((key) => key.split(' ')[1]))
  expect([...timeframes].sort()).toEqual(['10m', '15m', '1h', '1m', '2h', '3m', '4h', '5m'])
  expect(ports.rawCount).toBeGreaterThan(0)
}

describe('a generated recording', () => {
  it('gives the right bars of all lengths for each of its pairs', async () => {
    const prints: RecordedPrint[] = []
    const ids = { BTCUSDT: 0, ETHUSDT: 0 }
    const price = { BTCUSDT: 9_123_401, ETHUSDT: 301_277 }
    let seed = 7
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
    const start = Date.UTC(2026, 0, 5, 8, 0, 10)
    // Five hours with quiet stretches of some minutes, several prints in one millisecond, and prints on the very boundary.
    for (let time = start; time < start + 5 * 3_600_000; time += random(40) === 0 ? random(400_000) : random(6000)) {
      const s = random(3) === 0 ? 'ETHUSDT' : 'BTCUSDT'
      price[s] += random(2001) - 1000
      const T = random(20) === 0 ? Math.ceil(time / 60_000) * 60_000 : time
      if (T < (prints.at(-1)?.T ?? 0)) continue
      time = T
      const count = 1 + random(3)
      const f = ids[s]
      ids[s] += count
      prints.push({
        s,
        p: (price[s] / 100).toFixed(8),
        q: `${random(5)}.${String(random(100_000_000)).padStart(8, '0')}1`.slice(0, -1),
        T,
        f,
        l: f + count - 1,
      })
    }
    const next = { BTCUSDT: 100, ETHUSDT: 200 }
    const lines = prints.map((print) => {
      const a = next[print.s as 'BTCUSDT']++
      return JSON.stringify({ e: 'aggTrade', E: print.T, ...print, a, m: true, M: true })
    })
    const file = join(folder, 'generated.ndjson')
    writeFileSync(file, `${lines.join('\n')}\n`)
    const ports = await play(file, ['BTC/USDT', 'ETH/USDT'], prints)
    check(ports, prints, 800)
    expect(ports.flaws).toEqual([])
    expect(ports.isCoherent).toBe(true)
    // Signals: shortest first wherever several end together, and none twice.
    const order = ports.signals.filter((bar) => bar.candle.symbol === 'BTC/USDT').map((bar) => bar.signalId)
    expect(new Set(order).size).toBe(order.length)
    // Of the four hours the first minute is fetched: they end with the others, or later when the stream was quicker.
    const hour = order.filter((id) => id.endsWith(`_${Date.UTC(2026, 0, 5, 12)}`)).map((id) => id.split('_')[0])
    expect(hour).toEqual(['1m', '3m', '5m', '10m', '15m', '1h', '2h', '4h'])
  })
})

describe('a recording of the real market, XRPETH 2019-10-11', () => {
  it.skipIf(!existsSync(RECORDING))(
    'gives the right bars of all lengths (skipped where the recording is not at hand)',
    async () => {
      const text = gunzipSync(readFileSync(RECORDING)).toString()
      const prints = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as RecordedPrint)
      expect(prints).toHaveLength(12_477)
      const ports = await play(RECORDING, ['XRP/ETH'], prints)
      check(ports, prints, 6000)
      expect(ports.flaws).toEqual([])
    },
  )
})
