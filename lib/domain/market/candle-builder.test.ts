import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candle } from '@/lib/domain/market/candle'
import { type BuilderEvent, CandleBuilder } from '@/lib/domain/market/candle-builder'
import { TIMEFRAME_MS, TIMEFRAMES } from '@/lib/domain/market/timeframe'
import type { TradePrint } from '@/lib/domain/market/trade-print'
import { parseDecimal as d } from '@/lib/domain/money/decimal'

const M = 60_000
const DAY = 1_760_054_400_000 // a midnight, UTC

const run = () => {
  const events: BuilderEvent[] = []
  let id = 0
  const builder = new CandleBuilder('BTC/USDT', (event) => events.push(event))
  const trade = (at: number, price = '100', quantity = '1', tradeId = (id += 1)) => {
    id = Math.max(id, tradeId)
    const tradeTime = DAY + at
    const print: TradePrint = {
      symbol: 'BTC/USDT',
      tradeId: String(tradeId),
      price,
      quantity,
      tradeTime,
      eventTime: tradeTime,
      isBuyerMaker: false,
      count: 1,
    }
    builder.onTrade(print)
  }
  const clock = (at: number) => builder.onClock(DAY + at)
  const told = () =>
    events.splice(0).map((event) => {
      if (event.kind === 'CLOSED') {
        const { timeframe, open, high, low, close, volume } = event.candle
        const text = [open, high, low, close, volume].map((amount) => amount.toFixed()).join(' ')
        return `${timeframe}@${(event.candle.openTime - DAY) / M} ${text}${event.isRecovered ? ' recovered' : ''}`
      }
      return event.kind === 'INCOMPLETE'
        ? `${event.reason}@${(event.openTime - DAY) / M}`
        : `late@${(event.openTime - DAY) / M}`
    })
  return { builder, trade, clock, told, events }
}
const minute = (at: number, price = '100'): Candle => ({
  symbol: 'BTC/USDT',
  timeframe: '1m',
  openTime: DAY + at * M,
  closeTime: DAY + (at + 1) * M,
  open: d(price),
  high: d(price),
  low: d(price),
  close: d(price),
  volume: d('2'),
  tradeCount: 1,
  isClosed: true,
})
/** A builder whose stream was up before the minute 0. */
const started = () => {
  const it = run()
  it.clock(-1)
  it.trade(-1, '99')
  it.clock(0)
  it.told()
  return it
}

describe('one minute', () => {
  it('closes on the first print at or after its end', () => {
    const it = started()
    it.trade(1, '100', '0.1')
    it.trade(2, '102.5', '0.2')
    it.trade(3, '98', '0.3')
    it.trade(M - 1, '101', '0.4')
    expect(it.told()).toEqual([])
    it.trade(M, '7')
    expect(it.told()).toEqual(['1m@0 100 102.5 98 101 1'])
  })

  it('closes on the clock without a print, and is flat without trading', () => {
    const it = started()
    it.trade(5, '100')
    it.clock(M)
    it.clock(3 * M)
    expect(it.told()).toEqual([
      '1m@0 100 100 100 100 1',
      '1m@1 100 100 100 100 0',
      '1m@2 100 100 100 100 0',
      '3m@0 100 100 100 100 1',
    ])
  })

  it('is not passed on when the stream began inside it', () => {
    const it = run()
    it.trade(1000)
    it.trade(M)
    expect(it.told()).toEqual(['START@0'])
    it.trade(2 * M)
    expect(it.told()).toEqual(['1m@1 100 100 100 100 1'])
  })

  it('is not invented before a price is known', () => {
    const it = run()
    it.clock(10)
    it.clock(2 * M)
    expect(it.told()).toEqual(['START@0', 'NO_PRICE@1'])
  })

  it('reports a print for a closed minute and does not merge it', () => {
    const it = started()
    it.trade(1)
    it.clock(M)
    it.told()
    it.trade(M - 1, '500')
    it.trade(M + 1, '100')
    it.clock(2 * M)
    expect(it.told()).toEqual(['late@0', '1m@1 100 100 100 100 1'])
  })

  it('does not make a flat bar at a price that a late print has overtaken', () => {
    const it = started()
    it.trade(1)
    it.clock(M)
    it.trade(M - 1, '500')
    it.clock(2 * M)
    expect(it.told().slice(1)).toEqual(['late@0', 'NO_PRICE@1'])
  })

  it('drops prints that come twice', () => {
    const it = started()
    it.trade(1, '100', '1', 50)
    it.trade(1, '100', '1', 50)
    expect(it.builder.droppedDuplicates).toBe(1)
  })

  it('keeps amounts that no double can hold', () => {
    const it = started()
    it.trade(1, '100.12345678901234567', '123456789012.123456789')
    it.trade(2, '100.12345678901234568', '0.000000000000000001')
    it.trade(M)
    expect(it.told()[0]).toBe(
      '1m@0 100.12345678901234567 100.12345678901234568 100.12345678901234567 100.12345678901234568 123456789012.123456789000000001',
    )
  })
})

describe('interruptions', () => {
  it('loses nothing when the next print follows the last one', () => {
    const it = started()
    it.trade(1, '100')
    it.builder.onInterruption()
    it.trade(M + 1, '101')
    it.trade(2 * M, '102')
    expect(it.told()).toEqual(['1m@0 100 100 100 100 1', '1m@1 101 101 101 101 1'])
  })

  it('reports every minute that may lack a print', () => {
    const it = started()
    it.trade(1, '100', '1', 10)
    it.told()
    it.trade(2, '100', '1', 11)
    it.builder.onInterruption()
    it.clock(2 * M)
    it.trade(2 * M + 5, '101', '1', 20)
    it.trade(3 * M, '102')
    it.trade(4 * M, '102')
    expect(it.told()).toEqual(['LOST_PRINT@0', 'INTERRUPTION@1', 'INTERRUPTION@2', '1m@3 102 102 102 102 1'])
  })

  it('notices a lost print in the middle of a stream', () => {
    const it = started()
    it.trade(1, '100', '1', 10)
    it.trade(M, '100', '1', 11)
    it.told()
    it.trade(M + 1, '100', '1', 13)
    it.trade(2 * M, '100')
    expect(it.told()).toEqual(['LOST_PRINT@1'])
  })

  it('completes the bars that waited once a minute is recovered', () => {
    const it = run()
    it.trade(1)
    for (const at of [1, 2, 3, 4, 5]) it.trade(at * M)
    expect(it.told().filter((line) => !line.startsWith('1m'))).toEqual(['START@0'])
    it.builder.onRecovered(minute(0, '90'))
    expect(it.told()).toEqual([
      '1m@0 90 90 90 90 2 recovered',
      '3m@0 90 100 90 100 4 recovered',
      '5m@0 90 100 90 100 6 recovered',
    ])
    it.builder.onRecovered(minute(0, '1'))
    expect(it.told()).toEqual([])
  })

  it('completes them also when the exchange gave that minute only the next day', () => {
    const it = run()
    it.trade(1)
    for (let at = 1; at <= 24 * 60; at += 1) it.trade(at * M)
    it.told()
    it.builder.onRecovered(minute(0, '90'))
    expect(it.told().map((line) => line.split(' ')[0])).toEqual([...TIMEFRAMES].map((timeframe) => `${timeframe}@0`))
  })

  it('takes the price of a flat bar from a recovered one', () => {
    const it = run()
    it.clock(1)
    it.clock(M)
    it.builder.onRecovered(minute(0, '90'))
    it.told()
    it.clock(2 * M)
    expect(it.told()).toEqual(['1m@1 90 90 90 90 0'])
  })
})

it('sends all bars that end with an hour, shortest first', () => {
  const it = started()
  for (let at = 0; at < 240; at += 1) it.trade(at * M)
  it.told()
  it.trade(240 * M)
  expect(it.told().map((line) => line.split('@')[0])).toEqual([...TIMEFRAMES])
})

it('agrees with a plain aggregation of the same prints', () => {
  const print = fc.record({
    gap: fc.integer({ min: 0, max: 90_000 }),
    price: fc.integer({ min: 1, max: 999 }),
    size: fc.integer({ min: 1, max: 999 }),
  })
  fc.assert(
    fc.property(fc.array(print, { minLength: 50, maxLength: 300 }), (prints) => {
      const it = started()
      it.events.length = 0
      let at = 0
      const all = prints.map(({ gap, price, size }) => ({ at: (at += gap), price, size }))
      for (const { at: time, price, size } of all) it.trade(time, `${price}`, `${size}`)
      for (const event of it.events) {
        if (event.kind !== 'CLOSED') throw new Error(event.kind)
        const from = event.candle.openTime - DAY
        const inside = all.filter((one) => one.at >= from && one.at < from + TIMEFRAME_MS[event.candle.timeframe])
        const volume = inside.reduce((sum, one) => sum + one.size, 0)
        expect(event.candle.volume.toFixed()).toBe(String(volume))
        const before = all.findLast((one) => one.at < from)?.price ?? 99
        const prices = inside.length === 0 ? [before] : inside.map((one) => one.price)
        expect(event.candle.close.toFixed()).toBe(String(prices.at(-1)))
        expect(event.candle.open.toFixed()).toBe(String(prices[0]))
        expect(event.candle.high.toFixed()).toBe(String(Math.max(...prices)))
        expect(event.candle.low.toFixed()).toBe(String(Math.min(...prices)))
      }
    }),
    { numRuns: 30 },
  )
})
