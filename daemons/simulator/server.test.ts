import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { syntheticCandle } from './market/synthetic'
import type { RunningSimulator } from './server'
import { startSimulator } from './server'
import { control, queryOf, TestClient, TestSocket, waitFor } from './testing/client'

const SEED = 11
const MINUTE = 60_000
const faults: unknown[] = []
const start = (dataDir = ':memory:') =>
  startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir,
    market: { source: 'synthetic', seed: SEED },
    onFault: (error) => faults.push(error),
  })

let sim: RunningSimulator
let client: TestClient
beforeAll(async () => {
  sim = await start()
  client = await TestClient.open(sim.url, { USDT: '100000', BTC: '2', BNB: '1' })
})
afterEach(async () => {
  await control(sim.url, 'PUT', '/faults', {})
  await control(sim.url, 'PUT', '/limits', {})
})
afterAll(async () => {
  await sim.close()
  expect(faults).toEqual([])
})

const place = (values: Record<string, string | number>) =>
  client.signed('POST', '/order', { symbol: 'BTCUSDT', ...values })
const hold = (price: string) => control(sim.url, 'PUT', '/price', { symbol: 'BTCUSDT', price, hold: true })

describe('REST', () => {
  it('serves closed bars that the market formula confirms', async () => {
    const open = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE
    const { body } = await client.raw(
      'GET',
      '/klines',
      queryOf({ symbol: 'ETHUSDT', interval: '5m', startTime: open - (open % (5 * MINUTE)), limit: 1 }),
    )
    const expected = syntheticCandle(SEED, 'ETHUSDT', open - (open % (5 * MINUTE)), 5 * MINUTE)
    const { openTime, high, low, close, volume, closeTime, quoteVolume, tradeCount } = expected
    expect(body).toEqual([
      [
        openTime,
        expected.open,
        high,
        low,
        close,
        volume,
        closeTime - 1,
        quoteVolume,
        tradeCount,
        expected.takerVolume,
        expected.takerQuoteVolume,
        '0',
      ],
    ])
  })

  it('places, shows and cancels orders with the answers that Binance gives', async () => {
    await hold('60000')
    const market = await place({ side: 'BUY', type: 'MARKET', quantity: '0.01' })
    expect(market.status).toBe(200)
    expect(market.body).toMatchObject({
      status: 'FILLED',
      executedQty: '0.01000000',
      fills: [{ commission: '0.00001000', commissionAsset: 'BTC' }],
    })
    expect(Number(market.headers.get('x-mbx-order-count-10s'))).toBeGreaterThan(0)
    const limit = await place({
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.01',
      price: '50000',
      newClientOrderId: 'mine',
    })
    expect(limit.body).toMatchObject({ status: 'NEW', fills: [] })
    const stop = await place({ side: 'SELL', type: 'STOP_LOSS', quantity: '0.01', stopPrice: '55000' })
    expect(Object.keys(stop.body).sort()).toEqual(['clientOrderId', 'orderId', 'orderListId', 'symbol', 'transactTime'])
    expect(
      (
        await place({
          side: 'BUY',
          type: 'LIMIT',
          timeInForce: 'GTC',
          quantity: '0.01',
          price: '50000',
          newClientOrderId: 'mine',
        })
      ).body,
    ).toEqual({ code: -2010, msg: 'Duplicate order sent.' })
    const canceled = await client.signed('DELETE', '/order', { symbol: 'BTCUSDT', origClientOrderId: 'mine' })
    expect(canceled.body).toMatchObject({ origClientOrderId: 'mine', status: 'CANCELED' })
    expect((await client.signed('DELETE', '/order', { symbol: 'BTCUSDT', origClientOrderId: 'mine' })).body).toEqual({
      code: -2011,
      msg: 'Unknown order sent.',
    })
    const queried = await client.signed('GET', '/order', { symbol: 'BTCUSDT', origClientOrderId: 'mine' })
    expect(queried.body).toMatchObject({ status: 'CANCELED', isWorking: true, price: '50000.00000000' })
    expect((await client.signed('GET', '/order', { symbol: 'BTCUSDT', orderId: 99_999 })).body).toEqual({
      code: -2013,
      msg: 'Order does not exist.',
    })
    expect((await client.signed('DELETE', '/openOrders', { symbol: 'BTCUSDT' })).body).toHaveLength(1)
  })

  it.each([
    [
      { side: 'BUY', type: 'LIMIT', quantity: '0.01', price: '50000' },
      -1102,
      "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed.",
    ],
    [
      { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '50000.001' },
      -1013,
      'Filter failure: PRICE_FILTER',
    ],
    [
      { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.0000001', price: '50000' },
      -1013,
      'Filter failure: LOT_SIZE',
    ],
    [
      { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.00001', price: '50000' },
      -1013,
      'Filter failure: NOTIONAL',
    ],
    [
      { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.123456789', price: '50000' },
      -1111,
      "Parameter 'quantity' has too much precision.",
    ],
    [
      { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '10', price: '50000' },
      -2010,
      'Account has insufficient balance for requested action.',
    ],
    [
      { side: 'BUY', type: 'LIMIT_MAKER', quantity: '0.01', price: '60100' },
      -2010,
      'Order would immediately match and take.',
    ],
    [
      { side: 'SELL', type: 'STOP_LOSS', quantity: '0.01', stopPrice: '60100' },
      -2010,
      'Stop price would trigger immediately.',
    ],
    [{ side: 'BUY', type: 'MARKET', quantity: '0.01', price: '1' }, -1106, "Parameter 'price' sent when not required."],
    [
      { side: 'BUY', type: 'MARKET', quantity: '0.01', foo: '1' },
      -1104,
      "Not all sent parameters were read; read '6' parameter(s) but was sent '7'.",
    ],
    [{ side: 'UP', type: 'MARKET', quantity: '0.01' }, -1117, 'Invalid side.'],
    [{ symbol: 'NOPE', side: 'BUY', type: 'MARKET', quantity: '0.01' }, -1121, 'Invalid symbol.'],
  ])('refuses %j as Binance does', async (values, code, msg) => {
    await hold('60000')
    const answer = await place(values)
    expect([answer.status, answer.body]).toEqual([400, { code, msg }])
  })

  it('runs an OCO to its end and tells the lists', async () => {
    await hold('60000')
    const values = {
      symbol: 'BTCUSDT',
      side: 'SELL',
      quantity: '0.01',
      aboveType: 'LIMIT_MAKER',
      abovePrice: '61000',
      belowType: 'STOP_LOSS_LIMIT',
      belowStopPrice: '59000',
      belowPrice: '58000',
      belowTimeInForce: 'GTC',
    }
    const placed = await client.signed('POST', '/orderList/oco', values)
    expect(placed.body).toMatchObject({ contingencyType: 'OCO', listOrderStatus: 'EXECUTING' })
    await hold('58900')
    const list = await client.signed('GET', '/orderList', { orderListId: String(placed.body['orderListId']) })
    expect(list.body).toMatchObject({ listOrderStatus: 'ALL_DONE' })
    const orders = (await client.signed('GET', '/allOrders', { symbol: 'BTCUSDT' })).body as unknown as Record<
      string,
      string
    >[]
    expect(
      orders
        .slice(-2)
        .map((order) => `${order['type']} ${order['status']}`)
        .sort(),
    ).toEqual(['LIMIT_MAKER EXPIRED', 'STOP_LOSS_LIMIT FILLED'])
    const wrong = await client.signed('POST', '/orderList/oco', { ...values, abovePrice: '57000' })
    expect(wrong.body).toEqual({ code: -2010, msg: 'The relationship of the prices for the orders is not correct.' })
  })

  it('charges fees in BNB for those who asked for it', async () => {
    const burner = await TestClient.open(sim.url, { USDT: '1000', BNB: '5' }, { bnbBurn: true })
    const { body } = await burner.signed('POST', '/order', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.01',
    })
    expect(body).toMatchObject({ fills: [{ commissionAsset: 'BNB' }] })
  })

  it('counts weight, refuses with 429 what is too much, and bans those who go on', async () => {
    // The window is the minute of the clock: one that ends within the test would let everything through again.
    while (Date.now() % MINUTE > MINUTE - 1500) await new Promise((resolve) => setTimeout(resolve, 100))
    await control(sim.url, 'PUT', '/limits', { limits: { weightPerMinute: 30 } })
    const statuses: number[] = []
    for (let i = 0; i < 26; i += 1)
      statuses.push((await client.raw('GET', '/klines', 'symbol=BTCUSDT&interval=1m&limit=1')).status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(15)
    const refused = await client.raw('GET', '/time', '')
    expect([refused.status, refused.body.code]).toEqual([429, -1003])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    for (let i = 0; i < 15; i += 1) statuses.push((await client.raw('GET', '/time', '')).status)
    expect(statuses.at(-1)).toBe(418)
  })

  it('limits the orders of an account', async () => {
    await control(sim.url, 'PUT', '/limits', { limits: { ordersPer10s: 1 } })
    const codes = []
    for (let i = 0; i < 3; i += 1)
      codes.push(
        (await place({ side: 'BUY', type: 'LIMIT', timeInForce: 'IOC', quantity: '0.001', price: '50000' })).body.code,
      )
    expect(codes).toContain(-1015)
  })
})

describe('faults', () => {
  it('drop an answer after the order was executed', async () => {
    await control(sim.url, 'PUT', '/faults', { dropAnswerAfterExecution: 1, path: 'POST /api/v3/order' })
    await expect(place({ side: 'BUY', type: 'MARKET', quantity: '0.001', newClientOrderId: 'lost' })).rejects.toThrow()
    expect((await client.signed('GET', '/order', { symbol: 'BTCUSDT', origClientOrderId: 'lost' })).body).toMatchObject(
      { status: 'FILLED' },
    )
  })

  it('answer 5xx before or after the execution, 429 with Retry-After, and a wrong clock', async () => {
    const raw = async (id: string) => (await fetch(`${sim.url}/binance/api/v3/time?x=${id}`)).status
    await control(sim.url, 'PUT', '/faults', { httpStatus: { status: 503, count: 2 } })
    expect([await raw('a'), await raw('b')]).toEqual([503, 503])
    await control(sim.url, 'PUT', '/faults', { rateLimit: { status: 429, retryAfterSeconds: 7, count: 1 } })
    expect((await client.raw('GET', '/time', '')).headers.get('retry-after')).toBe('7')
    await control(sim.url, 'PUT', '/faults', { clockSkewMs: -30_000 })
    expect((await client.signed('GET', '/account')).body).toMatchObject({ code: -1021 })
  })
})

describe('streams', () => {
  it('carry prints, bars and quotes by name, raw or combined', async () => {
    const raw = await TestSocket.open(sim.url, '/ws/btcusdt@aggTrade')
    const combined = await TestSocket.open(sim.url, '/stream?streams=btcusdt@bookTicker/btcusdt@depth5')
    combined.send({ method: 'SUBSCRIBE', params: ['btcusdt@trade'], id: 5 })
    expect(await combined.until((message) => message['id'] === 5)).toEqual({ result: null, id: 5 })
    await hold('60123.45')
    expect(await raw.until((message) => message['p'] === '60123.45000000')).toMatchObject({
      e: 'aggTrade',
      s: 'BTCUSDT',
    })
    await combined.until((message) => message['stream'] === 'btcusdt@trade')
    await combined.until((message) => message['stream'] === 'btcusdt@bookTicker')
    await control(sim.url, 'PUT', '/faults', { disconnectStreams: true })
    await waitFor(() => (raw.isClosed && combined.isClosed ? true : undefined))
  })

  it('tell an account what happens to it', async () => {
    const api = await TestSocket.open(sim.url, '/ws-api/v3')
    const timestamp = Date.now()
    const { apiKey } = client.keys
    const signature = client.sign(`apiKey=${apiKey}&timestamp=${timestamp}`)
    api.send({ id: 1, method: 'userDataStream.subscribe.signature', params: { apiKey, timestamp, signature } })
    expect(await api.until((message) => message['id'] === 1)).toMatchObject({
      status: 200,
      result: { subscriptionId: 0 },
    })
    await place({ side: 'BUY', type: 'MARKET', quantity: '0.001' })
    const events = () =>
      api.messages.flatMap((message) =>
        message['event'] === undefined ? [] : [message['event'] as Record<string, string>],
      )
    await waitFor(() => (events().length >= 3 ? true : undefined))
    expect(events().map((event) => [event['e'], event['x']])).toEqual([
      ['executionReport', 'NEW'],
      ['executionReport', 'TRADE'],
      ['outboundAccountPosition', undefined],
    ])
    api.send({ id: 2, method: 'order.place', params: { apiKey, timestamp, signature: '00', symbol: 'BTCUSDT' } })
    expect(await api.until((message) => message['id'] === 2)).toMatchObject({ status: 400, error: { code: -1022 } })
    api.send({ id: 3, method: 'userDataStream.unsubscribe', params: {} })
    await api.until((message) => message['id'] === 3)
    api.close()
  })
})

it('keeps accounts, orders and funds over a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'simulator-'))
  const first = await start(dataDir)
  const owner = await TestClient.open(first.url, { USDT: '10000', BTC: '1' })
  await owner.signed('POST', '/order', { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' })
  await owner.signed('POST', '/order', {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity: '0.01',
    price: '40000',
    newClientOrderId: 'resting',
  })
  await owner.signed('POST', '/orderList/oco', {
    symbol: 'BTCUSDT',
    side: 'SELL',
    quantity: '0.01',
    aboveType: 'LIMIT_MAKER',
    abovePrice: '90000',
    belowType: 'STOP_LOSS',
    belowStopPrice: '40000',
  })
  const before = await control(first.url, 'GET', `/ledger?apiKey=${owner.keys.apiKey}`)
  await first.close()
  const second = await start(dataDir)
  const after = await control(second.url, 'GET', `/ledger?apiKey=${owner.keys.apiKey}`)
  expect(after.body).toEqual(before.body)
  const again = new TestClient(second.url, owner.keys)
  expect((await again.signed('DELETE', '/openOrders', { symbol: 'BTCUSDT' })).body).toHaveLength(2)
  const { body } = await control(second.url, 'GET', `/ledger?apiKey=${owner.keys.apiKey}`)
  expect(Object.values(body['balances'] as Record<string, { locked: string }>).map(({ locked }) => locked)).toEqual([
    '0',
    '0',
  ])
  const next = await again.signed('POST', '/order', {
    symbol: 'BTCUSDT',
    side: 'SELL',
    type: 'MARKET',
    quantity: '0.01',
  })
  expect(next.body['orderId']).toBe(5)
  await second.close()
  rmSync(dataDir, { recursive: true })
})

it('the control interface refuses what it does not understand', async () => {
  expect((await control(sim.url, 'PUT', '/faults', { latency: 5 })).status).toBe(400)
  expect((await control(sim.url, 'POST', '/accounts', { exchange: 'binance', balances: { USDT: '-1' } })).status).toBe(
    400,
  )
  expect((await control(sim.url, 'PUT', '/market', { source: 'replay', file: '/nowhere.gz' })).status).toBe(400)
  expect((await control(sim.url, 'GET', '/market')).body).toMatchObject({ source: 'synthetic', seed: SEED })
})
