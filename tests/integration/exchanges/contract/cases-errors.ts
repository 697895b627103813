import { expect } from 'vitest'
import { parseDecimal as d, ZERO } from '@/lib/domain/money/decimal'
import type { ContractCase } from './case'
import { failure } from '../../../support/failure'
import { type CaseContext, symbol } from './paper-exchange'

const found = async (c: CaseContext, clientOrderId: string) =>
  (await c.client.getOrder(c.credentials, { symbol, clientOrderId }))?.clientOrderId === clientOrderId

/** What a fault does to an order's answer after the exchange took the order. */
const LOST: [name: string, faults: Record<string, unknown>][] = [
  ['the connection breaks before the answer', { dropAnswerAfterExecution: 1 }],
  ['a 503 comes instead of the answer', { httpStatus: { status: 503, afterExecution: true } }],
  ['a 500 comes instead of the answer', { httpStatus: { status: 500, afterExecution: true } }],
  ['the answer cannot be read', { garbage: 1 }],
]

export const ERROR_CASES: ContractCase[] = [
  {
    name: 'too little money is refused as such',
    run: async (c) => {
      const request = c.resting({ quantity: d('50') })
      const error = await failure(c.create(request))
      expect([error.code, error.outcome]).toEqual(['INSUFFICIENT_FUNDS', 'REFUSED'])
      expect(error.nativeCode).toBeDefined()
      expect(await c.client.openOrders(c.credentials, symbol)).toEqual([])
    },
  },
  {
    name: 'too small an order is refused before it is sent, with the nearest value',
    run: async (c) => {
      const request = c.resting({ quantity: d('0.00001') })
      const error = await failure(c.create(request))
      expect([error.code, error.outcome]).toEqual(['INVALID_ORDER', 'NOT_SENT'])
      expect(error.rule !== undefined && error.nearest !== undefined).toBe(true)
      expect(await c.count(request.clientOrderId)).toBe(0)
    },
  },
  {
    name: 'too small an order that we let through is refused by the exchange, and named an invalid order',
    run: async (c) => {
      const lax = { ...c.instrument, minNotional: ZERO, minQuantity: ZERO }
      const request = c.resting({ quantity: d('0.00001') })
      const error = await failure(c.client.createOrder(c.credentials, request, lax))
      expect([error.code, error.outcome]).toEqual(['INVALID_ORDER', 'REFUSED'])
    },
  },
  {
    name: 'a wrong secret and an unknown key are refused as such, and tell no secret',
    run: async (c) => {
      const wrongSecret = { ...c.credentials, apiSecret: 'S3CRET'.repeat(10) }
      const wrongKey = { ...c.credentials, apiKey: c.credentials.apiKey.replace(/.{8}$/, 'AAAAAAAA') }
      for (const credentials of [wrongSecret, wrongKey]) {
        const error = await failure(c.client.createOrder(credentials, c.resting(), c.instrument))
        expect([error.code, error.outcome]).toEqual(['AUTHENTICATION', 'REFUSED'])
        expect(error.message + String(error.nativeMessage)).not.toContain('S3CRET')
      }
    },
  },
  {
    name: 'a clock that is wrong is measured, and the call made once more',
    run: async (c) => {
      await c.client.warmUp()
      await c.faults({ clockSkewMs: 120_000 })
      const request = c.resting()
      expect((await c.create(request)).clientOrderId).toBe(request.clientOrderId)
      expect(await c.count(request.clientOrderId)).toBe(1)
      expect(c.client.clockState().offsetMs).toBeGreaterThan(60_000)
    },
  },
  {
    name: 'a 429 is obeyed: nothing is sent until the told time',
    run: async (c) => {
      await c.create(c.resting())
      await c.faults({ rateLimit: { status: 429, retryAfterSeconds: 1 } })
      const refused = c.resting()
      const error = await failure(c.create(refused))
      expect([error.code, error.outcome, error.isRetryable]).toEqual(['RATE_LIMITED', 'REFUSED', true])
      expect(error.retryAfterMs).toBeGreaterThan(0)
      await c.faults({})
      const paused = await failure(c.create(c.resting()))
      expect([paused.code, paused.outcome]).toEqual(['RATE_LIMITED', 'NOT_SENT'])
      const { pausedUntil, ordersHeldUntil } = c.client.rateState()
      expect(Math.max(pausedUntil, ordersHeldUntil)).toBeGreaterThan(Date.now())
      expect(await c.count(refused.clientOrderId)).toBe(0)
    },
  },
  ...LOST.flatMap(([what, faults]): ContractCase[] => [
    {
      name: `${what}: an order is found by its id, exactly once`,
      run: async (c) => {
        await c.client.warmUp()
        await c.faults({ ...faults, path: 'POST ' })
        const request = c.resting()
        const error = await failure(c.create(request))
        expect([error.code, error.outcome]).toEqual(['UNKNOWN_OUTCOME', 'UNKNOWN'])
        await c.until(() => found(c, request.clientOrderId), 'the order')
        expect(await c.count(request.clientOrderId)).toBe(1)
      },
    },
    {
      name: `${what}: nobody knows what became of a cancel, and a look tells`,
      run: async (c) => {
        const request = c.resting()
        await c.create(request)
        await c.faults({ ...faults, path: c.paper.venue.cancelsBy })
        const error = await failure(c.client.cancelOrder(c.credentials, request))
        expect([error.code, error.outcome]).toEqual(['UNKNOWN_OUTCOME', 'UNKNOWN'])
        await c.until(async () => (await c.client.openOrders(c.credentials, symbol)).length === 0, 'the cancel')
      },
    },
  ]),
  {
    name: 'no answer in time: an order is found by its id, exactly once',
    run: async (c) => {
      const impatient = c.paper.impatient(1000)
      await impatient.warmUp()
      await c.faults({ latencyMs: 1300, path: 'POST ' })
      const request = c.resting()
      const error = await failure(impatient.createOrder(c.credentials, request, c.instrument))
      expect([error.code, error.outcome]).toEqual(['UNKNOWN_OUTCOME', 'UNKNOWN'])
      await c.until(() => found(c, request.clientOrderId), 'the order')
      expect(await c.count(request.clientOrderId)).toBe(1)
    },
  },
  {
    name: 'a 503 before the exchange acted: still nobody knows, and the order is not there',
    run: async (c) => {
      await c.client.warmUp()
      await c.faults({ httpStatus: { status: 503, afterExecution: false }, path: 'POST ' })
      const request = c.resting()
      const error = await failure(c.create(request))
      expect([error.code, error.outcome]).toEqual(['UNKNOWN_OUTCOME', 'UNKNOWN'])
      expect(await c.client.getOrder(c.credentials, request)).toBeNull()
    },
  },
  {
    name: 'an exchange that cannot be reached was sent nothing',
    run: async (c) => {
      await c.client.warmUp()
      const away = c.paper.unreachable()
      const error = await failure(away.createOrder(c.credentials, c.resting(), c.instrument))
      expect([error.code, error.outcome, error.isRetryable]).toEqual(['EXCHANGE_UNAVAILABLE', 'NOT_SENT', true])
    },
  },
  {
    name: 'a read that fails may be repeated',
    run: async (c) => {
      await c.client.getBalance(c.credentials)
      await c.faults({ httpStatus: { status: 502, afterExecution: false, count: 1 }, path: 'GET ' })
      const error = await failure(c.client.getBalance(c.credentials))
      expect([error.code, error.isRetryable]).toEqual(['EXCHANGE_UNAVAILABLE', true])
      expect(await c.client.getBalance(c.credentials)).toHaveLength(2)
    },
  },
]
