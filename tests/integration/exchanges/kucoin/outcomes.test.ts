import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Credentials } from '@/lib/domain/account/broker'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { newClientOrderId } from '@/lib/platform/ids'
import { failure } from '../../../support/failure'
import { sizedBy } from '../../../support/sized-by'
import { order, PaperKucoin, SYMBOL as symbol } from './paper'

// At most once: what becomes of an order whose answer is lost, and how the exchange's limits are kept.

let paper: PaperKucoin

beforeAll(async () => {
  paper = await PaperKucoin.start()
})
afterAll(() => paper.close())

describe.each([
  ['CLASSIC', 'POST /api/v1/hf/orders/sync', 'POST /api/v1/stop-order'],
  ['UNIFIED', 'POST /api/ua/v1/unified/order/place', 'POST /api/ua/v1/unified/order/place'],
] as const)('%s account', (accountMode, placing, placingStop) => {
  let credentials: Credentials
  beforeEach(async () => {
    await paper.hold('60000')
    credentials = await paper.open(accountMode)
    // The mode is asked once, before the faults.
    await paper.client.getBalance(credentials)
  })
  afterEach(() => paper.faults({}))

  it.each([
    ['the answer is lost', { dropAnswerAfterExecution: 1 }],
    ['a 503 after execution', { httpStatus: { status: 503, afterExecution: true } }],
    ['an answer that is not JSON', { garbage: 1 }],
  ])('%s: unknown, then found by its client id, once', async (_name, fault) => {
    await paper.faults({ path: placing, ...fault })
    const request = order({ type: 'MARKET', side: 'BUY' })
    expect(await failure(paper.client.createOrder(credentials, request, paper.market))).toMatchObject({
      code: 'UNKNOWN_OUTCOME',
      outcome: 'UNKNOWN',
    })
    await paper.faults({})
    const { clientOrderId } = request
    expect(await paper.client.getOrder(credentials, { symbol, clientOrderId })).toMatchObject({ status: 'FILLED' })
    const { orders } = await paper.ordersOf(credentials)
    expect(orders.map((known) => known.clientOrderId)).toEqual([clientOrderId])
  })

  it('a 503 instead of execution: unknown, then certainly not there', async () => {
    await paper.faults({ path: placing, httpStatus: { status: 503 } })
    const request = order({ type: 'MARKET', side: 'BUY' })
    expect(await failure(paper.client.createOrder(credentials, request, paper.market))).toMatchObject({
      outcome: 'UNKNOWN',
    })
    await paper.faults({})
    const { clientOrderId } = request
    expect(await paper.client.getOrder(credentials, { symbol, clientOrderId })).toBeNull()
  })

  it('a stop order whose answer is lost is found in its own store, and after it triggered in the other', async () => {
    await paper.faults({ path: placingStop, dropAnswerAfterExecution: 1 })
    const request = order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('59500') })
    expect(await failure(paper.client.createOrder(credentials, request, paper.market))).toMatchObject({
      outcome: 'UNKNOWN',
    })
    await paper.faults({})
    const { clientOrderId } = request
    const target = { symbol, clientOrderId }
    expect(await paper.client.getOrder(credentials, target)).toMatchObject({ status: 'ACCEPTED', type: 'STOP_MARKET' })
    await paper.hold('59000')
    expect(await paper.client.getOrder(credentials, target)).toMatchObject({ status: 'FILLED' })
  })

  it('a look-up that fails is no proof that there is no order', async () => {
    await paper.faults({
      path: accountMode === 'CLASSIC' ? '/stop-order/' : '/order/detail',
      httpStatus: { status: 502 },
    })
    const looking = paper.client.getOrder(credentials, { symbol, clientOrderId: newClientOrderId() })
    expect(await failure(looking)).toMatchObject({ code: 'EXCHANGE_UNAVAILABLE', isRetryable: true })
  })

  it('a placed order counts as placed though it cannot be read', async () => {
    const reading = accountMode === 'CLASSIC' ? 'GET /api/v1/hf/orders' : 'GET /api/ua/v1/unified/order'
    await paper.faults({ path: reading, httpStatus: { status: 503, count: 1 } })
    const request = order({ type: 'MARKET', side: 'BUY' })
    const placed = await paper.client.createOrder(credentials, request, paper.market)
    expect(placed).toMatchObject({ status: 'ACCEPTED', clientOrderId: request.clientOrderId })
    const { exchangeOrderId } = placed
    expect(await paper.client.getOrder(credentials, { symbol, exchangeOrderId })).toMatchObject({ status: 'FILLED' })
  })

  it('places nothing when the cancel of a replacement is lost', async () => {
    const resting = order({ type: 'LIMIT', side: 'BUY', limitPrice: d('50000') })
    await paper.client.createOrder(credentials, resting, paper.market)
    const canceling = accountMode === 'CLASSIC' ? 'DELETE /api/v1/hf/orders' : 'POST /api/ua/v1/unified/order/cancel'
    await paper.faults({ path: canceling, dropAnswerAfterExecution: 1 })
    const target = { symbol, clientOrderId: resting.clientOrderId }
    const next = order({ type: 'LIMIT', side: 'BUY', limitPrice: d('51000') })
    const replacing = paper.client.replaceOrder(credentials, target, next, paper.market, sizedBy('0'))
    expect(await failure(replacing)).toMatchObject({ code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' })
    await paper.faults({})
    expect((await paper.ordersOf(credentials)).orders).toHaveLength(1)
    expect(await paper.client.getOrder(credentials, target)).toMatchObject({ status: 'CANCELED' })
  })

  it('signs with the time of the exchange', async () => {
    await paper.faults({ clockSkewMs: 20_000 })
    const placed = await paper.client.createOrder(credentials, order({ type: 'MARKET', side: 'BUY' }), paper.market)
    expect(placed.status).toBe('FILLED')
    await paper.faults({})
    expect(await paper.client.getBalance(credentials)).not.toEqual([])
    expect((await paper.ordersOf(credentials)).orders).toHaveLength(1)
  })
})

describe('limits', () => {
  afterEach(async () => {
    await paper.faults({})
    await paper.control('PUT', 'limits', { exchange: 'kucoin' })
  })

  it('learns from the headers what is left of a pool', async () => {
    const credentials = await paper.open('CLASSIC')
    await paper.client.getFees(credentials, symbol)
    await paper.client.getTicker(symbol)
    const { buckets } = paper.client.rateState()
    expect(buckets.find(({ id }) => id === 'SPOT_30S')).toMatchObject({ limit: 4000, scope: 'ACCOUNT' })
    expect(buckets.find(({ id }) => id === 'PUBLIC_30S')?.used).toBeGreaterThanOrEqual(15)
  })

  it('is refused by an empty pool with the exchange own code, and pauses for the told time', async () => {
    const credentials = await paper.open('CLASSIC')
    const client = paper.registry.executionClient('kucoin', 'PAPER')
    await client.getBalance(credentials)
    await paper.faults({ path: '/api/v1/hf/orders', rateLimit: { status: 429, retryAfterSeconds: 1 } })
    const request = order({ type: 'MARKET', side: 'BUY' })
    expect(await failure(client.createOrder(credentials, request, paper.market))).toMatchObject({
      code: 'RATE_LIMITED',
      outcome: 'REFUSED',
      nativeCode: '429000',
      retryAfterMs: 1000,
    })
    expect(await failure(client.createOrder(credentials, request, paper.market))).toMatchObject({
      code: 'RATE_LIMITED',
      outcome: 'NOT_SENT',
    })
    await new Promise((resolve) => setTimeout(resolve, 1050))
    expect(await client.createOrder(credentials, request, paper.market)).toMatchObject({ status: 'FILLED' })
    expect((await paper.ordersOf(credentials)).orders).toHaveLength(1)
  })
})
