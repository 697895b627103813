import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Instrument } from '@/lib/domain/market/instrument'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { BINANCE_DIALECT } from '@/lib/exchanges/binance/dialect'
import { BinanceExecutionClient } from '@/lib/exchanges/binance/execution-client'
import {
  CANCELED_ORDER,
  NEW_MARKET_ORDER,
  OCO_LIST,
  QUERIED_STOP_ORDER,
} from '@/lib/exchanges/binance/fixtures/answers'
import { readBaseAddress } from '@/lib/exchanges/http/base-address'
import { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { HttpTransport } from '@/lib/exchanges/http/http-transport'
import { half, json, reset, ScriptedServer, silence, text } from './scripted-server'
import { failure } from '../../support/failure'
import { sizedBy } from '../../support/sized-by'

const credentials = { apiKey: 'visible-key', apiSecret: 'hidden-secret' }
const instrument: Instrument = {
  symbol: 'BTC/USDT',
  exchangeSymbol: 'BTCUSDT',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  tickSize: d('0.01'),
  stepSize: d('0.00001'),
  minQuantity: d('0.00001'),
  maxQuantity: d('9000'),
  marketStepSize: d('0.00001'),
  marketMaxQuantity: d('120'),
  quoteStepSize: d('0.00000001'),
  minNotional: d('5'),
  isTrading: true,
  isOcoAllowed: true,
  orderTypes: [],
}
const order = { clientOrderId: 'ID1', symbol: 'BTC/USDT', side: 'BUY', type: 'MARKET', quantity: d('0.01') } as const
const NEW = 'POST /api/v3/order'
const QUERY = 'GET /api/v3/order'

let server: ScriptedServer
let client: BinanceExecutionClient
let now: () => number

const connect = (url: string): BinanceExecutionClient => {
  const http = new ExchangeHttp({
    clock: () => now(),
    transport: new HttpTransport(readBaseAddress(url, 'http'), { connectTimeoutMs: 500 }),
    dialect: BINANCE_DIALECT,
    timeoutMs: 150,
  })
  return new BinanceExecutionClient({ http, environment: 'TESTNET', privateUrl: 'ws://127.0.0.1:9', timings: {} })
}
const place = () => client.createOrder(credentials, order, instrument)
const query = () => client.getOrder(credentials, { symbol: 'BTC/USDT', clientOrderId: 'ID1' })

beforeEach(async () => {
  now = Date.now
  server = await ScriptedServer.start()
  client = connect(server.url)
})
afterEach(async () => {
  await server.close()
  await client.close()
})

it('places an order once, signed', async () => {
  server.on(NEW, json(NEW_MARKET_ORDER))
  expect((await place()).status).toBe('FILLED')
  const [sent] = server.seen(NEW)
  expect(sent?.headers['x-mbx-apikey']).toBe('visible-key')
  expect(sent?.body).toMatch(
    /^symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newClientOrderId=ID1&.*&signature=[0-9a-f]{64}$/,
  )
})

describe('an order without a usable answer has an unknown outcome and is not repeated', () => {
  it.each([
    ['silence', silence],
    ['a reset', reset],
    ['half an answer', half],
    ['HTTP 500', text('oops', 500)],
    ['HTTP 503 with a code', json({ code: -1008, msg: 'Server is currently overloaded.' }, 503)],
    ['text that is not JSON', text('<html>')],
    ['HTTP 400 that is not JSON', text('<html>', 400)],
    ['an answer that is not documented', json({ fine: true })],
    ['the exchange not knowing', json({ code: -1007, msg: 'execution status unknown.' }, 400)],
  ])('%s', async (_name, answer) => {
    server.on(NEW, answer)
    const error = await failure(place())
    expect([error.code, error.outcome]).toEqual(['UNKNOWN_OUTCOME', 'UNKNOWN'])
    expect(server.seen(NEW)).toHaveLength(1)
    expect(JSON.stringify([error.message, String(error.cause)])).not.toMatch(/signature|hidden-secret|visible-key/)
  })

  it('an unknown order status', async () => {
    server.on(NEW, json({ ...NEW_MARKET_ORDER, status: 'NOVEL' }))
    expect(await failure(place())).toMatchObject({ code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' })
  })
})

describe('a query without a usable answer may simply be repeated', () => {
  it.each([
    ['silence', silence],
    ['HTTP 500', text('oops', 500)],
    ['text that is not JSON', text('<html>')],
  ])('%s', async (_name, answer) => {
    server.on(QUERY, answer)
    expect(await failure(query())).toMatchObject({ code: 'EXCHANGE_UNAVAILABLE', isRetryable: true })
  })
})

it('says that nothing was sent when the connection is refused', async () => {
  const free = createServer()
  const port = await new Promise<number>((resolve) =>
    free.listen(0, '127.0.0.1', () => resolve((free.address() as { port: number }).port)),
  )
  await new Promise((resolve) => free.close(resolve))
  const lonely = connect(`http://127.0.0.1:${port}`)
  const error = await failure(lonely.createOrder(credentials, order, instrument))
  expect(error).toMatchObject({ code: 'EXCHANGE_UNAVAILABLE', outcome: 'NOT_SENT', isRetryable: true })
  await lonely.close()
})

describe('rate limits', () => {
  it.each([429, 418])('%i pauses the exchange for the told time, orders included', async (status) => {
    server.on(
      NEW,
      json({ code: -1003, msg: 'Too much request weight used.' }, status, { 'retry-after': '7' }),
      json(NEW_MARKET_ORDER),
    )
    expect(await failure(place())).toMatchObject({
      code: 'RATE_LIMITED',
      outcome: 'REFUSED',
      retryAfterMs: 7000,
      nativeCode: '-1003',
    })
    expect(client.rateState().pausedUntil).toBeGreaterThan(now())
    expect(await failure(place())).toMatchObject({ code: 'RATE_LIMITED', outcome: 'NOT_SENT', isRetryable: true })
    expect(server.seen(NEW)).toHaveLength(1)
    const later = Date.now() + 7100
    now = () => later
    expect((await place()).status).toBe('FILLED')
  })

  describe('without a told time', () => {
    const other = { apiKey: 'other-key', apiSecret: 'hidden-secret' }
    const placeAs = (keys: typeof credentials) => client.createOrder(keys, order, instrument)
    beforeEach(() => {
      const frozen = Math.floor(Date.now() / 60_000) * 60_000 + 4000
      now = () => frozen
    })

    it("too many orders of one account hold back that account's new orders until its window ends, and nothing else", async () => {
      const many = json({ code: -1015, msg: 'Too many new orders; current limit is 100 orders per 10 SECOND.' }, 429)
      server.on(NEW, many, json(NEW_MARKET_ORDER))
      server.on('DELETE /api/v3/order', json(CANCELED_ORDER))
      const refused = await failure(place())
      expect(refused).toMatchObject({ code: 'RATE_LIMITED', outcome: 'REFUSED', retryAfterMs: 6000 })
      expect(await failure(place())).toMatchObject({ code: 'RATE_LIMITED', outcome: 'NOT_SENT', retryAfterMs: 6000 })
      const canceled = await client.cancelOrder(credentials, { symbol: 'BTC/USDT', clientOrderId: 'ID1' })
      expect([canceled.status, (await placeAs(other)).status]).toEqual(['CANCELED', 'FILLED'])
      expect(client.rateState()).toMatchObject({ pausedUntil: 0, ordersHeldUntil: now() + 6000 })
      expect([credentials, other].map((keys) => client.rateState(keys).ordersHeldUntil)).toEqual([now() + 6000, 0])
      const later = now() + 6001
      now = () => later
      expect((await place()).status).toBe('FILLED')
    })

    it.each([
      ['too much weight of the address', json({ code: -1003, msg: 'Too much request weight used.' }, 429)],
      ['a 429 of whoever stands before the exchange', text('<html>', 429)],
    ])('%s pauses everybody', async (_name, answer) => {
      server.on(NEW, answer)
      expect(await failure(place())).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 60_000 })
      expect(await failure(placeAs(other))).toMatchObject({ code: 'RATE_LIMITED', outcome: 'NOT_SENT' })
    })
  })

  it("takes the exchange's own count and refuses an order above the account's allowance", async () => {
    const headers = { 'x-mbx-used-weight-1m': '41', 'x-mbx-order-count-10s': '100', 'x-mbx-order-count-1d': '100' }
    server.on(NEW, json(NEW_MARKET_ORDER, 200, headers))
    const frozen = Math.floor(Date.now() / 60_000) * 60_000 + 1000
    now = () => frozen
    await place()
    expect(client.rateState()).toMatchObject({
      buckets: [
        { id: 'WEIGHT_1M', used: 41, limit: 6000 },
        { id: 'ORDERS_10S', used: 100, limit: 100 },
        { id: 'ORDERS_1D', used: 100, limit: 200_000 },
      ],
      inFlight: 0,
    })
    expect(await failure(place())).toMatchObject({ code: 'RATE_LIMITED', outcome: 'NOT_SENT', retryAfterMs: 9005 })
    now = () => frozen + 9005
    expect((await place()).status).toBe('FILLED')
  })
})

describe('clock', () => {
  it('signs with the time of the exchange', async () => {
    server.skewMs = -3_600_000
    server.on(NEW, json(NEW_MARKET_ORDER))
    await place()
    const timestamp = Number(new URLSearchParams(server.seen(NEW)[0]?.body).get('timestamp'))
    expect(Math.abs(timestamp - (Date.now() - 3_600_000))).toBeLessThan(1000)
    expect(server.seen('GET /api/v3/time')).toHaveLength(5)
  })

  it('measures again and signs once more when the timestamp is refused, but only once', async () => {
    const refusal = json({ code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' }, 400)
    server.on(NEW, refusal, json(NEW_MARKET_ORDER))
    expect((await place()).status).toBe('FILLED')
    const bodies = server.seen(NEW).map((request) => new URLSearchParams(request.body))
    expect(bodies).toHaveLength(2)
    expect(bodies[0]?.get('newClientOrderId')).toBe(bodies[1]?.get('newClientOrderId'))
    server.on(NEW, refusal)
    expect(await failure(place())).toMatchObject({ code: 'CLOCK_SKEW', outcome: 'REFUSED' })
    expect(server.seen(NEW)).toHaveLength(4)
  })
})

describe('look-ups', () => {
  it('answers null only when the exchange says that there is no such order', async () => {
    server.on(QUERY, json({ code: -2013, msg: 'Order does not exist.' }, 400))
    expect(await query()).toBeNull()
    server.on(QUERY, json(QUERIED_STOP_ORDER))
    expect((await query())?.status).toBe('ACCEPTED')
    expect(server.seen(QUERY)[0]?.url.searchParams.get('origClientOrderId')).toBe('ID1')
  })

  it('reads a pair of orders with the state of each leg', async () => {
    const { orderReports: _, ...list } = OCO_LIST
    server.on('GET /api/v3/orderList', json(list))
    server.on(QUERY, json(QUERIED_STOP_ORDER))
    server.on('GET /api/v3/exchangeInfo', json({ rateLimits: [], symbols: [] }))
    const oco = await client.getOrderList(credentials, {
      symbol: 'BTC/USDT',
      clientOrderListId: OCO_LIST.listClientOrderId,
    })
    expect(oco).toMatchObject({ exchangeListId: '77', isOpen: true, symbol: 'BTCUSDT' })
    expect(oco?.orders).toHaveLength(2)
    server.on('GET /api/v3/orderList', json({ code: -2018, msg: 'Order list does not exist.' }, 400))
    expect(await client.getOrderList(credentials, { symbol: 'BTC/USDT', clientOrderListId: 'x' })).toBeNull()
  })
})

describe('cancel and replace', () => {
  const REPLACE = 'POST /api/v3/order/cancelReplace'
  const CANCEL = 'DELETE /api/v3/order'
  const target = { symbol: 'BTC/USDT', clientOrderId: 'OLD' }
  const edit = (seen = '0') => client.replaceOrder(credentials, target, order, instrument, sizedBy(seen))

  it('tells the canceled order when only the new one failed', async () => {
    const data = {
      cancelResult: 'SUCCESS',
      newOrderResult: 'FAILURE',
      cancelResponse: CANCELED_ORDER,
      newOrderResponse: { code: -2010, msg: 'Account has insufficient balance for requested action.' },
    }
    server.on(REPLACE, json({ code: -2021, msg: 'Order cancel-replace partially failed.', data }, 409))
    const result = await edit()
    expect(result.placed).toBeNull()
    expect(result.canceled.status).toBe('CANCELED')
    expect(result.placeError?.code).toBe('INSUFFICIENT_FUNDS')
    expect(server.seen(REPLACE)[0]?.body).toContain('cancelOrigClientOrderId=OLD')
  })

  it('answers both orders on success', async () => {
    const answer = {
      cancelResult: 'SUCCESS',
      newOrderResult: 'SUCCESS',
      cancelResponse: CANCELED_ORDER,
      newOrderResponse: NEW_MARKET_ORDER,
    }
    server.on(REPLACE, json(answer))
    expect((await edit()).placed?.status).toBe('FILLED')
  })

  const RESTRICTED = {
    code: -2022,
    msg: 'Order cancel-replace failed.',
    data: {
      cancelResult: 'FAILURE',
      newOrderResult: 'NOT_ATTEMPTED',
      cancelResponse: { code: -2011, msg: 'Order was not canceled due to cancel restrictions.' },
      newOrderResponse: null,
    },
  }

  it('places what is left in a second call when something was executed meanwhile', async () => {
    server.on(REPLACE, json(RESTRICTED, 400))
    server.on(CANCEL, json(CANCELED_ORDER))
    server.on(NEW, json(NEW_MARKET_ORDER))
    const result = await edit()
    expect(server.seen(REPLACE)[0]?.body).toContain('cancelRestrictions=ONLY_NEW')
    expect([result.canceled.filledQuantity.toFixed(), result.placed?.status]).toEqual(['0.004', 'FILLED'])
    expect(server.seen(NEW).map(({ body }) => new URLSearchParams(body).get('quantity'))).toEqual(['0.006'])
  })

  it('goes by two calls at once when something was executed before', async () => {
    server.on(CANCEL, json(CANCELED_ORDER))
    server.on(NEW, json(NEW_MARKET_ORDER))
    await edit('0.003')
    expect(server.seen(REPLACE)).toEqual([])
    expect(server.seen(NEW).map(({ body }) => new URLSearchParams(body).get('quantity'))).toEqual(['0.009'])
  })

  it('places nothing when the exchange tells less than was known to be executed', async () => {
    server.on(CANCEL, json(CANCELED_ORDER))
    const { placed, placeError } = await edit('0.005')
    expect([placed, placeError?.code, placeError?.outcome]).toEqual([null, 'EXCHANGE_UNAVAILABLE', 'NOT_SENT'])
    expect(server.seen(NEW)).toEqual([])
  })

  it.each([
    ['of the one call', '0', REPLACE],
    ['of the cancel', '0.003', CANCEL],
  ])('sends nothing more when the answer %s is lost', async (_name, seen, endpoint) => {
    server.on(endpoint, silence)
    const error = await failure(edit(seen))
    expect([error.code, error.outcome]).toEqual(['UNKNOWN_OUTCOME', 'UNKNOWN'])
    expect(server.received.filter(({ method }) => method !== 'GET')).toHaveLength(1)
  })

  it('tells the canceled order when nobody knows what became of the new one', async () => {
    server.on(CANCEL, json(CANCELED_ORDER))
    server.on(NEW, silence)
    expect(await edit('0.004')).toMatchObject({
      canceled: { status: 'CANCELED' },
      placed: null,
      placeError: { code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' },
    })
    expect(server.seen(NEW)).toHaveLength(1)
  })

  it('cancels nothing where nothing is open', async () => {
    server.on('DELETE /api/v3/openOrders', json({ code: -2011, msg: 'Unknown order sent.' }, 400))
    expect(await client.cancelAll(credentials, 'BTC/USDT')).toEqual([])
    server.on('DELETE /api/v3/openOrders', json([CANCELED_ORDER, OCO_LIST]))
    expect(await client.cancelAll(credentials, 'BTC/USDT')).toHaveLength(3)
  })
})

it('never sends an order whose deadline passed while it waited for a connection', async () => {
  const transport = new HttpTransport(readBaseAddress(server.url, 'http'), { connections: 1 })
  server.on('GET /slow', (_request, response) => setTimeout(() => response.end('{}'), 120))
  server.on('POST /order', json({}))
  const slow = transport.send({ method: 'GET', path: '/slow', headers: {}, timeoutMs: 1000 })
  const late = transport.send({ method: 'POST', path: '/order', headers: {}, body: 'a=1', timeoutMs: 40 })
  await expect(late).rejects.toMatchObject({ wasHandedOver: false })
  await slow
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(server.seen('POST /order')).toHaveLength(0)
  await transport.close()
})
