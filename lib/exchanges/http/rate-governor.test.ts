import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { type Lane, RateGovernor } from '@/lib/exchanges/http/rate-governor'
import type { RateBucket } from '@/lib/exchanges/http/rate-window'

const WEIGHT: RateBucket = {
  id: 'WEIGHT',
  scope: 'IP',
  windowMs: 60_000,
  limit: 100,
  window: 'CLOCK',
  isShared: true,
}
const ORDERS: RateBucket = {
  id: 'ORDERS',
  scope: 'ACCOUNT',
  windowMs: 10_000,
  limit: 3,
  window: 'CLOCK',
  isShared: false,
}
const PLACE: RateBucket = { ...ORDERS, id: 'PLACE', windowMs: 1000, limit: 5, window: 'ROLLING' }
const weight = (amount: number) => [{ bucket: WEIGHT, weight: amount }]
const one = (bucket: RateBucket) => [{ bucket, weight: 1 }]
const make = () => new RateGovernor(() => Date.now())
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
    ;(await governor.enter('CANCEL', weight(1)))({ WEIGHT: { used: share } })
    const waiting = governor.enter(lane, weight(1))
    if (lane === 'ORDER' || lane === 'CANCEL') expect(await isRefused(waiting)).toBe(true)
    else {
      await vi.advanceTimersByTimeAsync(59_000)
      expect(governor.state().waiting[lane]).toBe(1)
      await vi.advanceTimersByTimeAsync(1100)
      ;(await waiting)({})
      expect(governor.state()).toMatchObject({ buckets: [{ id: 'WEIGHT', used: 1 }], inFlight: 0 })
    }
  })

  it('counts what is under way until the exchange tells its own figure', async () => {
    const governor = make()
    const first = await governor.enter('ORDER', weight(60))
    expect(await isRefused(governor.enter('ORDER', weight(40)))).toBe(true)
    first({ WEIGHT: { used: 5 } })
    expect(await isRefused(governor.enter('ORDER', weight(40)))).toBe(false)
  })

  it('does not forget what an answer told when an older answer comes after it', async () => {
    const governor = make()
    const older = await governor.enter('ORDER', weight(1))
    ;(await governor.enter('ORDER', weight(1)))({ WEIGHT: { used: 90 } })
    older({ WEIGHT: { used: 30 } })
    expect(governor.state().buckets).toMatchObject([{ used: 90 }])
  })

  it('takes over the limit that the exchange publishes', async () => {
    const governor = make()
    governor.setLimits({ WEIGHT: 10 })
    expect(await isRefused(governor.enter('ORDER', weight(11)))).toBe(true)
  })
})

it('counts the orders of each account by itself, and forgets them with their window', async () => {
  const governor = make()
  ;(await governor.enter('ORDER', one(ORDERS), 'A'))({ ORDERS: { used: 3 } })
  expect(await isRefused(governor.enter('ORDER', one(ORDERS), 'A'))).toBe(true)
  expect(await isRefused(governor.enter('CANCEL', weight(1), 'A'))).toBe(false)
  expect(await isRefused(governor.enter('ORDER', one(ORDERS), 'B'))).toBe(false)
  vi.advanceTimersByTime(10_000)
  expect(await isRefused(governor.enter('ORDER', one(ORDERS), 'A'))).toBe(false)
})

describe('a limit per second', () => {
  it('lets twenty orders at once wait for their turn, never more than five in any second', async () => {
    const governor = make()
    const sent: number[] = []
    const send = async () => {
      const leave = await governor.enter('ORDER', one(PLACE), 'A')
      sent.push(Date.now())
      await new Promise((resolve) => setTimeout(resolve, 30))
      leave({})
    }
    const all = Promise.allSettled(Array.from({ length: 20 }, send))
    await vi.advanceTimersByTimeAsync(5000)
    await all
    for (const at of sent)
      expect(sent.filter((other) => other > at - 1000 && other <= at).length).toBeLessThanOrEqual(5)
    expect(sent.length).toBe(10)
  })

  it('shows the fullest, or the asked account', async () => {
    const governor = make()
    ;(await governor.enter('ACCOUNT', one(PLACE), 'A'))({})
    for (let count = 0; count < 3; count++) (await governor.enter('ACCOUNT', one(PLACE), 'B'))({})
    const usedBy = (account?: string) => governor.state(account).buckets.map(({ used }) => used)
    expect([usedBy(), usedBy('A'), usedBy('B'), usedBy('C')]).toEqual([[3], [1], [3], []])
  })

  it("believes the exchange's own count", async () => {
    const governor = make()
    ;(await governor.enter('ACCOUNT', one(PLACE), 'A'))({ PLACE: { remaining: 0, resetInMs: 700 } })
    const waiting = governor.enter('ACCOUNT', one(PLACE), 'A')
    await vi.advanceTimersByTimeAsync(690)
    expect(governor.state().waiting.ACCOUNT).toBe(1)
    await vi.advanceTimersByTimeAsync(320)
    ;(await waiting)({})
    expect(governor.state().waiting.ACCOUNT).toBe(0)
  })
})

it('holds back the new orders of one account, and nothing else', async () => {
  const governor = make()
  governor.holdOrders('A', 5000)
  governor.holdOrders('A', 1000)
  expect(await isRefused(governor.enter('ORDER', weight(1), 'A'))).toBe(true)
  for (const lane of ['CANCEL', 'ACCOUNT'] as const)
    expect(await isRefused(governor.enter(lane, weight(1), 'A'))).toBe(false)
  expect(await isRefused(governor.enter('ORDER', weight(1), 'B'))).toBe(false)
  expect(governor.state()).toMatchObject({ pausedUntil: 0, ordersHeldUntil: Date.now() + 5000 })
  expect(governor.state('A').ordersHeldUntil).toBe(Date.now() + 5000)
  expect(governor.state('B').ordersHeldUntil).toBe(0)
  vi.advanceTimersByTime(5000)
  expect(await isRefused(governor.enter('ORDER', weight(1), 'A'))).toBe(false)
  expect(governor.state().ordersHeldUntil).toBe(0)
})

it('holds everything back during a pause, and the longer pause wins', async () => {
  const governor = make()
  governor.pauseFor(5000)
  governor.pauseFor(1000)
  vi.advanceTimersByTime(4999)
  expect(await isRefused(governor.enter('CANCEL', weight(1)))).toBe(true)
  vi.advanceTimersByTime(1)
  expect(await isRefused(governor.enter('CANCEL', weight(1)))).toBe(false)
  expect(governor.state().pausedUntil).toBe(0)
})
