import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import { bitgetDialect } from '@/lib/exchanges/bitget/dialect'
import { BitgetExecutionClient } from '@/lib/exchanges/bitget/execution-client'
import { readBaseAddress } from '@/lib/exchanges/http/base-address'
import { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { HttpTransport } from '@/lib/exchanges/http/http-transport'
import { failure } from '../../../support/failure'
import { pairOf } from '../../../support/stand-in-exchange'
import { json, ScriptedServer, silence, text } from '../scripted-server'

// What is read before an order goes out, and what it carries so that it cannot arrive late.

const SKEW_MS = 3_600_000
const PLACE = 'POST /api/v2/spot/trade/place-order'
const PLAN = 'POST /api/v2/spot/trade/place-plan-order'
const TICKER = 'GET /api/v2/spot/market/tickers'
const SETTINGS = 'GET /api/v3/account/settings'
const keys = { apiKey: 'k', apiSecret: 's', apiPassphrase: 'p' }
const classic = { ...keys, accountMode: 'CLASSIC' as const }
const market = pairOf('BTC/USDT')
const placed = json({ code: '00000', msg: 'success', data: { orderId: '1', clientOid: 'ID1' } })
const order = (of: Partial<OrderRequest>): OrderRequest => ({
  clientOrderId: 'ID1',
  symbol: 'BTC/USDT',
  side: 'SELL',
  type: 'MARKET',
  quantity: d('0.01'),
  ...of,
})

let server: ScriptedServer
let client: BitgetExecutionClient

beforeEach(async () => {
  server = await ScriptedServer.start()
  const serverTime = () => (Date.now() - SKEW_MS).toFixed()
  server.on('GET /api/v2/public/time', (request, response) =>
    json({ code: '00000', msg: 'success', data: { serverTime: serverTime() } })(request, response),
  )
  server.on(PLACE, placed)
  server.on(PLAN, placed)
  const http = new ExchangeHttp({
    clock: Date.now,
    transport: new HttpTransport(readBaseAddress(server.url, 'http'), { connectTimeoutMs: 500 }),
    dialect: bitgetDialect(false),
    timeoutMs: 150,
  })
  client = new BitgetExecutionClient({ http, clock: Date.now, privateUrl: 'ws://127.0.0.1:9' })
})
afterEach(async () => {
  await server.close()
  await client.close()
})

it('an order tells how long it may take to arrive, by the time of the exchange', async () => {
  await client.createOrder(classic, order({}), market)
  const [sent] = server.seen(PLACE)
  const { requestTime, receiveWindow } = JSON.parse(sent?.body ?? '{}') as Record<string, string>
  expect(requestTime).toBe(sent?.headers['access-timestamp'])
  expect(Math.abs(Number(requestTime) - (Date.now() - SKEW_MS))).toBeLessThan(1000)
  expect(receiveWindow).toBe('5000')
})

it('waits longer for an order that Bitget gives no window', () => {
  expect(client.arrivesWithinMs('CLASSIC', 'LIMIT')).toBe(15_000)
  expect(client.arrivesWithinMs('CLASSIC', 'STOP_MARKET')).toBe(45_000)
  expect(client.arrivesWithinMs('UNIFIED', 'LIMIT')).toBe(45_000)
  expect(client.arrivesWithinMs(null, 'LIMIT')).toBe(45_000)
})

describe.each([
  ['silence', silence],
  ['HTTP 500', text('oops', 500)],
])('when what is read before the order gets %s, nothing was sent', (_name, answer) => {
  const notSent = { code: 'EXCHANGE_UNAVAILABLE', outcome: 'NOT_SENT', isRetryable: true }

  it.each([
    ['the price beside a trigger', TICKER, classic, { type: 'STOP_MARKET', stopPrice: d('50000') }],
    ['the price of a purchase', TICKER, classic, { side: 'BUY' }],
    ['the kind of account', SETTINGS, keys, {}],
  ] as const)('%s', async (_what, endpoint, credentials, terms) => {
    server.on(endpoint, answer)
    expect(await failure(client.createOrder(credentials, order(terms), market))).toMatchObject(notSent)
    expect([server.seen(PLACE), server.seen(PLAN)]).toEqual([[], []])
  })

  it('the kind of account, before a cancel', async () => {
    server.on(SETTINGS, answer)
    const reference = { symbol: 'BTC/USDT', clientOrderId: 'ID1' }
    expect(await failure(client.cancelOrder(keys, reference))).toMatchObject(notSent)
  })
})

it("a 429 holds back the account's own new orders only, for a moment", async () => {
  server.on(PLACE, json({ code: '429', msg: 'Too Many Requests', data: null }, 429), placed)
  server.on('POST /api/v2/spot/trade/cancel-order', placed)
  const limited = { code: 'RATE_LIMITED', retryAfterMs: 1000 }
  expect(await failure(client.createOrder(classic, order({}), market))).toMatchObject({
    ...limited,
    outcome: 'REFUSED',
  })
  expect(await failure(client.createOrder(classic, order({}), market))).toMatchObject({ outcome: 'NOT_SENT' })
  await client.createOrder({ ...classic, apiKey: 'other' }, order({}), market)
  await client.cancelOrder(classic, { symbol: 'BTC/USDT', exchangeOrderId: '1' }).catch(() => undefined)
  expect([server.seen(PLACE).length, server.seen('POST /api/v2/spot/trade/cancel-order').length]).toEqual([2, 1])
})
