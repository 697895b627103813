import { describe, expect, it } from 'vitest'
import { offsetFrom, StreamClock } from '@/lib/domain/market/exchange-clock'

describe('offsetFrom', () => {
  it('trusts the shortest round trip', () => {
    const samples = [
      { sentAt: 1000, receivedAt: 1400, serverTime: 6000 },
      { sentAt: 2000, receivedAt: 2020, serverTime: 7010 },
      { sentAt: 3000, receivedAt: 3100, serverTime: 9000 },
    ]
    expect(offsetFrom(samples)).toEqual({ offsetMs: 5000, uncertaintyMs: 10 })
    expect(() => offsetFrom([])).toThrow(RangeError)
  })
})

describe('StreamClock', () => {
  it('runs at the fastest delivery seen, and never back', () => {
    const clock = new StreamClock()
    expect(clock.at(0)).toBeUndefined()
    clock.observe(10_000, 100)
    expect(clock.at(200)).toBe(10_100)
    clock.observe(10_100, 300)
    expect(clock.at(300)).toBe(10_200)
    clock.observe(10_500, 310)
    expect(clock.at(310)).toBe(10_500)
    expect(clock.at(250)).toBe(10_500)
  })

  it('follows a replay faster than time', () => {
    const clock = new StreamClock()
    for (let i = 0; i < 10; i += 1) clock.observe(i * 60_000, i)
    expect(clock.at(10)).toBe(9 * 60_000 + 1)
  })

  it('forgets an offset that no longer holds', () => {
    const clock = new StreamClock(1000)
    clock.observe(5000, 0)
    for (let at = 100; at <= 2500; at += 100) clock.observe(at + 4000, at)
    expect(clock.at(10_000)).toBe(14_000)
  })
})
