import { describe, expect, it } from 'vitest'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { CandleBuilder } from './candle-builder'
import { LISTINGS } from './listings'
import { syntheticCandle, syntheticTrades } from './synthetic'
import { SyntheticSource } from './synthetic-source'
import type { MarketTrade } from './source'

const MINUTE = 60_000
const T0 = Date.UTC(2026, 5, 1, 12, 0)

describe('the generated market', () => {
  it('is the same at any time for one seed and another for another seed', () => {
    const a = syntheticTrades(1, 'BTCUSDT', T0, T0 + 10 * MINUTE)
    expect(syntheticTrades(1, 'BTCUSDT', T0, T0 + 10 * MINUTE)).toEqual(a)
    expect(a.slice(300)).toEqual(syntheticTrades(1, 'BTCUSDT', a[300]!.tradeTime, T0 + 10 * MINUTE))
    expect(syntheticTrades(2, 'BTCUSDT', T0, T0 + MINUTE)[0]!.price).not.toBe(a[0]!.price)
  })

  it('numbers its prints without gaps and in order of time', () => {
    const trades = syntheticTrades(3, 'ETHUSDT', T0, T0 + 5 * MINUTE)
    trades.slice(1).forEach((trade, i) => {
      expect(trade.id).toBe(trades[i]!.id + 1)
      expect(trade.tradeTime).toBeGreaterThanOrEqual(trades[i]!.tradeTime)
    })
    expect(trades.length).toBe(600)
  })

  it.each([1, 5, 60])('its bars of %i minutes are exactly its prints', (minutes) => {
    for (const symbol of ['BTCUSDT', 'XRPUSDT', 'DOGEUSDT', 'ETHBTC']) {
      const builder = new CandleBuilder(MINUTE)
      for (const trade of syntheticTrades(7, symbol, T0, T0 + minutes * MINUTE)) builder.add(trade)
      const [fromPrints] = builder.candles(minutes * MINUTE, T0, T0, 1)
      expect(syntheticCandle(7, symbol, T0, minutes * MINUTE)).toEqual(fromPrints)
    }
  })

  it('stays in a sane range for a hundred years and is lively at one minute', () => {
    for (let year = 0; year < 100; year += 1) {
      const close = Number(syntheticCandle(1, 'BTCUSDT', T0 + year * 31_536_000_000, MINUTE).close)
      expect(close).toBeGreaterThan(40_000)
      expect(close).toBeLessThan(85_000)
    }
    let ranges = 0
    let crosses = 0
    let sign = 0
    let [fast, slow] = [0, 0]
    const count = 600
    for (let i = 0; i < count; i += 1) {
      const { high, low, close } = syntheticCandle(1, 'BTCUSDT', T0 + i * MINUTE, MINUTE)
      ranges += (Number(high) - Number(low)) / Number(close)
      if (i === 0) fast = slow = Number(close)
      fast += (Number(close) - fast) * (2 / 4)
      slow += (Number(close) - slow) * (2 / 9)
      const now = Math.sign(fast - slow)
      if (now !== 0 && sign !== 0 && now !== sign) crosses += 1
      if (now !== 0) sign = now
    }
    expect(ranges / count).toBeGreaterThan(0.0005)
    expect(ranges / count).toBeLessThan(0.002)
    expect(count / crosses).toBeGreaterThan(4)
    expect(count / crosses).toBeLessThan(6)
  })
})

describe('the running market', () => {
  const running = (seed = 1) => {
    const clock = { now: T0 + 17 * MINUTE + 123 }
    const source = new SyntheticSource(seed, () => clock.now)
    const seen: MarketTrade[] = []
    source.start((trade) => seen.push(trade))
    source.stop()
    return { clock, source, seen }
  }

  it('announces every print once, and its bars agree with what it announced', async () => {
    const { clock, source, seen } = running()
    const from = clock.now
    for (let i = 0; i < 200; i += 1) source.announce((clock.now += 700))
    const btc = seen.filter((trade) => trade.symbol === 'BTCUSDT')
    expect(btc.map((trade) => trade.id)).toEqual(
      syntheticTrades(1, 'BTCUSDT', from, clock.now + 1).map((trade) => trade.id),
    )
    const [bar] = await source.candles('BTCUSDT', MINUTE, T0 + 18 * MINUTE, T0 + 18 * MINUTE, 1)
    expect(bar).toEqual(syntheticCandle(1, 'BTCUSDT', T0 + 18 * MINUTE, MINUTE))
    const open = Math.floor(clock.now / MINUTE) * MINUTE
    const [forming] = await source.candles('BTCUSDT', MINUTE, open, open, 1)
    expect(forming?.close).toBe(btc.at(-1)!.price)
    expect(forming?.lastId).toBe(btc.at(-1)!.id)
  })

  it('lists every pair with prices on its tick', () => {
    const { source } = running()
    expect(LISTINGS.length).toBeGreaterThanOrEqual(12)
    for (const { rules } of LISTINGS) {
      const price = parseDecimal(source.lastTrade(rules.symbol)!.price)
      expect(price.mod(rules.tickSize).isZero()).toBe(true)
    }
  })

  it('jumps where a test wants it, holds, and keeps bars and numbers consistent', async () => {
    const { clock, source, seen } = running()
    source.announce((clock.now += 5000))
    source.jump('BTCUSDT', '70000', true)
    source.announce((clock.now += 20_000))
    source.jump('BTCUSDT', '65000', false)
    source.announce((clock.now += 90_000))
    const btc = seen.filter((trade) => trade.symbol === 'BTCUSDT')
    btc.slice(1).forEach((trade, i) => expect(trade.id).toBe(btc[i]!.id + 1))
    expect(btc.filter((trade) => trade.price === '70000.00000000').length).toBeGreaterThan(20)
    expect(Math.abs(Number(btc.at(-1)!.price) / 65_000 - 1)).toBeLessThan(0.02)
    const open = T0 + 18 * MINUTE
    const builder = new CandleBuilder(MINUTE)
    for (const trade of btc) builder.add(trade)
    const [bar] = await source.candles('BTCUSDT', MINUTE, open, open, 1)
    expect(bar).toEqual(builder.candles(MINUTE, open, open, 1)[0])
    expect(source.trades('BTCUSDT', 30).map((trade) => trade.id)).toEqual(btc.slice(-30).map((trade) => trade.id))
    expect(source.trades('BTCUSDT', 5, btc.at(-5)!.id).map((trade) => trade.id)).toEqual(
      btc.slice(-5).map((trade) => trade.id),
    )
  })
})
