import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { type Lane, RateGovernor } from '@/lib/exchanges/http/rate-governor'

const LIMITS = { weightPerMinute: 100, orders: [{ windowMs: 10_000, limit: 3 }] }
const make = () => new RateGovernor(() => Date.now(), LIMITS)
const isRefused = async (entering: Promise<unknown>) =>
  entering.then(
    () => false,
    (error: unknown) => error instanceof TradingError && error.outcome === 'NOT_SENT' && error.code === 'RATE_LIMITED',
  )

beforeEach(() => {
  vi.useFakeTimers({ now: 1_760_054_400_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('weight', () => {
  it.each([
    ['CANCEL', 100],
    ['ORDER', 95],
    ['ACCOUNT', 85],
    ['MARKET', 70],
  ] as const)('leaves the lane %s up to %i of 100', async (lane: Lane, share) => {
    const governor = make()
    ;(await governor.enter('CANCEL', 1))({ usedWeight: share })
    const waiting = governor.enter(lane, 1)
    if (lane === 'ORDER' || lane === 'CANCEL') expect(await isRefused(waiting)).toBe(true)
    else {
      await vi.advanceTimersByTimeAsync(59_000)
      expect(governor.state().waiting[lane]).toBe(1)
      await vi.advanceTimersByTimeAsync(1100)
      ;(await waiting)({})
      expect(governor.state()).toMatchObject({ usedWeight: 1, inFlight: 0 })
    }
  })

  it('counts what is under way until the exchange tells its own figure', async () => {
    const governor = make()
    const first = await governor.enter('ORDER', 60)
    expect(await isRefused(governor.enter('ORDER', 40))).toBe(true)
    first({ usedWeight: 5 })
    expect(await isRefused(governor.enter('ORDER', 40))).toBe(false)
  })
})

it('counts the orders of each account by itself, and forgets them with their window', async () => {
  const governor = make()
  ;(await governor.enter('ORDER', 1, 'A'))({ orderCounts: [{ windowMs: 10_000, count: 3 }] })
  expect(await isRefused(governor.enter('ORDER', 1, 'A'))).toBe(true)
  expect(await isRefused(governor.enter('CANCEL', 1, 'A'))).toBe(false)
  expect(await isRefused(governor.enter('ORDER', 1, 'B'))).toBe(false)
  vi.advanceTimersByTime(10_000)
  expect(await isRefused(governor.enter('ORDER', 1, 'A'))).toBe(false)
})

it('holds everything back during a pause, and the longer pause wins', async () => {
  const governor = make()
  governor.pauseFor(5000)
  governor.pauseFor(1000)
  vi.advanceTimersByTime(4999)
  expect(await isRefused(governor.enter('CANCEL', 1))).toBe(true)
  vi.advanceTimersByTime(1)
  expect(await isRefused(governor.enter('CANCEL', 1))).toBe(false)
  expect(governor.state().pausedUntil).toBe(0)
})
