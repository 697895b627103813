import { afterEach, describe, expect, it } from 'vitest'
import type { Candle } from '@/lib/domain/market/candle'
import type { Flaw } from '@/lib/domain/market/coherence'
import { TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { CandleRange, MarketDataClient, TradeStreamHandlers } from '@/lib/exchanges/market-data-client'
import { createLogger } from '@/lib/platform/logger'
import { Heartbeat } from '@/daemons/heartbeat/heartbeat'
import type { ClosedBar, HeartbeatPorts, RawMessage, StatusChange } from '@/daemons/heartbeat/ports'

const M = 60_000
const START = 1_760_054_400_000 // a midnight, UTC
const log = createLogger('test', 'silent')

class FakeMarket implements MarketDataClient {
  handlers: TradeStreamHandlers | undefined
  asked: CandleRange[] = []
  isDown = false
  /** Differs from what the stream shows, to provoke a disagreement. */
  officialPrice = '50'
  #id = 0

  streamTrades(_symbols: string[], handlers: TradeStreamHandlers) {
    this.handlers = handlers
    handlers.onState({ kind: 'CONNECTED' })
    return { close: () => undefined }
  }
  serverTime = () => Promise.resolve(START)
  close = () => Promise.resolve()

  getCandles(range: CandleRange): Promise<Candle[]> {
    if (this.isDown) return Promise.reject(new Error('no market'))
    this.asked.push(range)
    const length = TIMEFRAME_MS[range.timeframe]
    const candles: Candle[] = []
    const first = Math.ceil(range.startTime / length) * length
    for (let openTime = first; openTime < range.endTime; openTime += length)
      candles.push(this.#candle(openTime, range, length))
    return Promise.resolve(candles)
  }

  trade(at: number, price = '50', skippedIds = 0): void {
    this.#id += 1 + skippedIds
    const tradeTime = START + at
    const print = {
      symbol: 'BTC/USDT',
      tradeId: String(this.#id),
      price,
      quantity: '1',
      tradeTime,
      eventTime: tradeTime,
      isBuyerMaker: false,
      count: 1,
    }
    this.handlers?.onTrade(print, `raw ${this.#id}`)
  }

  #candle(openTime: number, { symbol, timeframe }: CandleRange, length: number): Candle {
    const price = d(this.officialPrice)
    return {
      symbol,
      timeframe,
      openTime,
      closeTime: openTime + length,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: d(String(length / M)),
      tradeCount: 1,
      isClosed: true,
    }
  }
}

class MemoryPorts implements HeartbeatPorts {
  stored: ClosedBar[] = []
  signals: ClosedBar[] = []
  ticks: { exchangeTime: number; isMinute: boolean }[] = []
  raw: RawMessage[] = []
  status: StatusChange = {}
  flaws: Flaw[] = []
  alerts: string[] = []
  isDatabaseDown = false
  isQueueDown = false
  lastClose: number | undefined = START - 3 * M

  storeCandles = (bars: readonly ClosedBar[]) => {
    if (this.isDatabaseDown) return Promise.reject(new Error('database is down'))
    this.stored.push(...bars)
    return Promise.resolve()
  }
  publishSignal = (bar: ClosedBar) => {
    if (this.isQueueDown) return Promise.reject(new Error('queue is down'))
    this.signals.push(bar)
    return Promise.resolve()
  }
  publishTick = (tick: { exchangeTime: number; isMinute: boolean }) => {
    this.ticks.push(tick)
    return Promise.resolve()
  }
  publishRaw = (messages: readonly RawMessage[]) => {
    this.raw.push(...messages)
    return Promise.resolve()
  }
  recordStatus = (change: StatusChange) => {
    Object.assign(this.status, change)
    return Promise.resolve()
  }
  lastCloseTime = () => Promise.resolve(this.lastClose)
  storedCandles = (_symbol: string, timeframe: string, from: number, to: number) => {
    const bars = this.stored.map((bar) => bar.candle)
    return Promise.resolve(
      bars.filter((bar) => bar.timeframe === timeframe && bar.closeTime > from && bar.closeTime <= to),
    )
  }
  recordFlaws = (flaws: readonly Flaw[]) => {
    this.flaws.push(...flaws)
    return Promise.resolve(flaws.length)
  }
  resolveFilledHoles = () => Promise.resolve(this.flaws.length)
  recordAlert = (code: string) => {
    this.alerts.push(code)
    return Promise.resolve()
  }
}

let heartbeat: Heartbeat | undefined
afterEach(async () => {
  await heartbeat?.stop()
  heartbeat = undefined
})

const begin = () => {
  const market = new FakeMarket()
  const ports = new MemoryPorts()
  let now = START
  const timings = {
    clockMs: 5,
    graceMs: 300,
    storePatienceMs: 20,
    retryMs: 20,
    recoveryDelayMs: 5,
    rawBatchMs: 10,
    systemTickMs: 40,
    coherenceMs: 1e6,
    statusMs: 10,
  }
  heartbeat = new Heartbeat({ symbols: ['BTC/USDT'], market, ports, clock: () => now, log, timings })
  return { market, ports, heartbeat, move: (at: number) => (now = START + at) }
}
const settle = (ms = 60) => new Promise((resolve) => setTimeout(resolve, ms))
const names = (bars: ClosedBar[]) => bars.map((bar) => `${bar.candle.timeframe}@${(bar.candle.openTime - START) / M}`)

it('stores first, then signals, and fetches the minute in which the stream began', async () => {
  const { market, ports } = begin()
  market.trade(1000)
  market.trade(M)
  await settle()
  // The minutes since the last stored one, and the one in which the stream began.
  expect(names(ports.stored)).toEqual(['1m@-3', '1m@-2', '1m@-1', '3m@-3', '1m@0'])
  expect(names(ports.signals)).toEqual(['1m@0'])
  expect(ports.signals[0]).toMatchObject({ isRecovered: true, isLate: false, signalId: `1m_${START + M}` })
  market.trade(2 * M)
  await settle()
  expect(names(ports.signals)).toEqual(['1m@0', '1m@1'])
  expect(ports.signals[1]).toMatchObject({ isRecovered: false })
})

it('closes a minute without a print on the clock of the exchange, after the grace', async () => {
  const { market, ports, move } = begin()
  market.trade(1000)
  market.trade(M + 10)
  await settle()
  const before = ports.signals.length
  // The stream's clock said M + 10 when ours said 0.
  move(M - 10 + 299)
  await settle(30)
  expect(ports.signals).toHaveLength(before)
  move(M - 10 + 301)
  await settle(30)
  expect(names(ports.signals).at(-1)).toBe('1m@1')
})

it('keeps going while the database is down, and stores later', async () => {
  const { market, ports, heartbeat } = begin()
  market.trade(1000)
  market.trade(M)
  await settle()
  ports.isDatabaseDown = true
  market.trade(2 * M)
  await settle(30)
  expect(names(ports.signals).at(-1)).toBe('1m@1')
  expect(heartbeat.figures().unstored).toBe(1)
  ports.isDatabaseDown = false
  await settle()
  expect(names(ports.stored).at(-1)).toBe('1m@1')
  expect(heartbeat.figures().unstored).toBe(0)
})

it('sends a signal later when the queue is down, flagged as late by then', async () => {
  const { market, ports, move } = begin()
  market.trade(1000)
  market.trade(M)
  await settle()
  ports.isQueueDown = true
  market.trade(2 * M)
  await settle(10)
  move(5 * M)
  ports.isQueueDown = false
  await settle()
  const bar = ports.signals.find((one) => one.candle.openTime === START + M)
  expect(bar?.isLate).toBe(true)
})

describe('an interruption', () => {
  it('is recovered from the exchange, in order, with the longer bars that waited', async () => {
    const { market, ports } = begin()
    market.trade(1000)
    await settle()
    market.isDown = true
    market.handlers?.onState({ kind: 'DISCONNECTED', reason: 'test', retryInMs: 1 })
    expect(ports.status).toMatchObject({ isConnected: false, lastError: 'test' })
    market.trade(4 * M, '50', 7)
    market.trade(5 * M)
    market.trade(6 * M)
    await settle()
    expect(names(ports.signals)).toEqual(['1m@5'])
    market.isDown = false
    await settle(100)
    expect(names(ports.signals).slice(1).sort()).toEqual([
      '1m@0',
      '1m@1',
      '1m@2',
      '1m@3',
      '1m@4',
      '3m@0',
      '3m@3',
      '5m@0',
    ])
    expect(
      ports.signals.filter((bar) => bar.isRecovered && bar.candle.timeframe === '1m').map((bar) => bar.isLate),
    ).toContain(true)
  })
})

describe('coherence', () => {
  it('agrees with an exchange that shows the same', async () => {
    const { market, ports, heartbeat } = begin()
    market.trade(1000)
    for (let minute = 1; minute <= 6; minute += 1) market.trade(minute * M)
    await settle()
    await heartbeat.checkCoherence()
    expect(ports.flaws).toEqual([])
    expect(ports.status.isCoherent).toBe(true)
    expect(market.asked.some((range) => range.timeframe === '3m')).toBe(true)
  })

  it('names a hole and a disagreement, and fetches the hole again', async () => {
    const { market, ports, heartbeat, move } = begin()
    market.trade(1000)
    for (let minute = 1; minute <= 3; minute += 1) market.trade(minute * M)
    await settle()
    ports.stored = ports.stored.filter((bar) => !(bar.candle.timeframe === '1m' && bar.candle.openTime === START + M))
    market.officialPrice = '51'
    market.asked = []
    move(4 * M)
    await heartbeat.checkCoherence()
    const minutes = ports.flaws
      .filter((flaw) => flaw.timeframe === '1m')
      .map((flaw) => `${flaw.kind}@${(flaw.closeTime - START) / M}`)
    expect(minutes).toEqual(expect.arrayContaining(['HOLE@2', 'DISAGREEMENT@3']))
    expect(ports.status.isCoherent).toBe(false)
    await settle(40)
    expect(market.asked.some((range) => range.startTime === START + M)).toBe(true)
  })

  it('notes a print that comes after its bar was sent', async () => {
    const { market, ports } = begin()
    market.trade(1000)
    market.trade(M)
    market.trade(2 * M)
    market.trade(2 * M - 1)
    await settle(20)
    expect(ports.flaws).toMatchObject([{ kind: 'DISAGREEMENT', closeTime: START + 2 * M }])
  })
})

it('ticks every period, and once a minute with the time of the exchange', async () => {
  const { market, ports, move } = begin()
  market.trade(1000)
  move(50)
  await settle(40)
  expect(ports.ticks.some((tick) => !tick.isMinute)).toBe(true)
  market.trade(M + 5)
  await settle(40)
  expect(ports.ticks.filter((tick) => tick.isMinute)).toMatchObject([{ exchangeTime: START + M }])
})

it('passes every raw message on', async () => {
  const { market, ports } = begin()
  for (let i = 0; i < 5; i += 1) market.trade(1000 + i)
  await settle(30)
  expect(ports.raw.map((message) => message.text)).toEqual(['raw 1', 'raw 2', 'raw 3', 'raw 4', 'raw 5'])
})
