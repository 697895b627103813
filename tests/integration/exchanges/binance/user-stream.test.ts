import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type RunningSimulator, startSimulator } from '@/daemons/simulator/server'
import type { Balance } from '@/lib/domain/account/balance'
import type { Credentials } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type Amount, parseDecimal as d, toWire } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, OrderRequest } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import type { StreamHandle, StreamState } from '@/lib/exchanges/market-data-client'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import type { SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import { parseEnv } from '@/lib/platform/env'
import { newClientOrderId } from '@/lib/platform/ids'

// The account's stream against the paper exchange over real sockets.

let simulator: RunningSimulator
let registries: ExchangeRegistry[]
let client: ExecutionClient
let credentials: Credentials
let market: Instrument
let price: Amount
let handles: StreamHandle[]
let orders: ExchangeOrder[]
let funds: Map<string, Balance>
let states: StreamState[]
let unreadable: string[]
const symbol = 'BTC/USDT'

const control = async (method: string, path: string, body: unknown) => {
  const answer = await fetch(`${simulator.url}/_control/${path}`, { method, body: JSON.stringify(body) })
  expect(answer.ok, await answer.clone().text()).toBe(true)
  return (await answer.json()) as unknown
}
const clientWith = (timings: Partial<SocketTimings> = {}): ExecutionClient => {
  const env = parseEnv({
    DATABASE_URL: 'postgresql://unused',
    SECRET_KEY: 'x'.repeat(32),
    SIMULATOR_PORT: String(simulator.port),
  })
  const socketTimings = { backoffMinMs: 10, backoffMaxMs: 40, ...timings }
  const registry = new ExchangeRegistry({ clock: Date.now, env, timeoutMs: 5000, socketTimings })
  registries.push(registry)
  return registry.executionClient('binance', 'PAPER')
}

beforeAll(async () => {
  registries = []
  simulator = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir: ':memory:',
    market: { source: 'synthetic', seed: 5, liveRestUrl: 'http://127.0.0.1:9', liveWsUrl: 'ws://127.0.0.1:9' },
  })
  client = clientWith()
  const found = (await client.loadMarkets()).find((instrument) => instrument.symbol === symbol)
  if (found === undefined) throw new Error('no such pair')
  market = found
})
afterAll(async () => {
  for (const registry of registries) await registry.close()
  await simulator.close()
})
beforeEach(async () => {
  handles = []
  orders = []
  funds = new Map()
  states = []
  unreadable = []
  credentials = (await control('POST', 'accounts', { balances: { USDT: '100000', BTC: '1' } })) as Credentials
  price = (await client.getTicker(symbol)).lastPrice
})
afterEach(async () => {
  for (const handle of handles) handle.close()
  await control('PUT', 'faults', {})
})

const listen = (using = client, keys = credentials) => {
  const handle = using.streamUser(keys, {
    onOrder: (order) => orders.push(order),
    onBalance: (balances) => {
      for (const balance of balances) funds.set(balance.asset, balance)
    },
    onState: (state) => states.push(state),
    onUnreadable: (text, reason) => unreadable.push(`${reason}: ${text}`),
  })
  handles.push(handle)
  return handle
}
const until = async (condition: () => boolean) => {
  for (let i = 0; i < 600 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(condition()).toBe(true)
}
const kinds = () => states.map((state) => state.kind)
const isConnected = () => kinds().includes('CONNECTED')
const order = (more: Partial<OrderRequest> & Pick<OrderRequest, 'type' | 'side'>): OrderRequest => ({
  clientOrderId: newClientOrderId(),
  symbol,
  quantity: d('0.01'),
  ...more,
})
const create = (request: OrderRequest) => client.createOrder(credentials, request, market)
const far = () => price.times('0.7')

it('tells of an order from its acceptance to its cancel, by the id that we gave it', async () => {
  listen()
  await until(isConnected)
  const request = order({ type: 'LIMIT', side: 'BUY', limitPrice: far() })
  const placed = await create(request)
  await client.cancelOrder(credentials, request)
  await until(() => orders.length === 2)
  expect(orders.map((told) => [told.clientOrderId, told.exchangeOrderId, told.status, told.symbol])).toEqual([
    [request.clientOrderId, placed.exchangeOrderId, 'ACCEPTED', symbol],
    [request.clientOrderId, placed.exchangeOrderId, 'CANCELED', symbol],
  ])
  await until(() => funds.get('USDT')?.locked.isZero() === true)
  expect(unreadable).toEqual([])
})

it('tells of executions with their fees, and of the funds afterwards', async () => {
  listen()
  await until(isConnected)
  const answer = await create(order({ type: 'MARKET', side: 'BUY' }))
  await until(() => orders.at(-1)?.status === 'FILLED')
  const fills = orders.flatMap((told) => told.fills ?? [])
  const shown = (list: NonNullable<ExchangeOrder['fills']>) =>
    list.map((fill) => [
      fill.exchangeTradeId,
      toWire(fill.price),
      toWire(fill.quantity),
      toWire(fill.fee),
      fill.feeAsset,
    ])
  expect(shown(fills)).toEqual(shown(answer.fills ?? []))
  expect(shown(await client.myFills(credentials, symbol, { fromTime: 0 }))).toEqual(shown(fills))
  expect(fills.every((fill) => fill.liquidity === 'TAKER')).toBe(true)
  const balances = await client.getBalance(credentials)
  await until(() => funds.size === 2)
  for (const balance of balances) expect(funds.get(balance.asset)).toEqual(balance)
})

it('tells of a trailing stop with its distance', async () => {
  listen()
  await until(isConnected)
  await create(order({ type: 'TRAILING_STOP', side: 'SELL', trailingDelta: 150 }))
  await until(() => orders.length === 1)
  expect(orders[0]).toMatchObject({ type: 'TRAILING_STOP', trailingDelta: 150, status: 'ACCEPTED' })
})

it('is not connected before the account is subscribed, and says why it is not', async () => {
  listen(client, { ...credentials, apiSecret: 'wrong' })
  await until(() => kinds().includes('DISCONNECTED'))
  expect(kinds()).not.toContain('CONNECTED')
  const told = states.find((state) => state.kind === 'DISCONNECTED')
  expect(told?.kind === 'DISCONNECTED' && told.reason).toContain('-1022')
})

it('subscribes again after the connection broke', async () => {
  listen()
  await until(isConnected)
  await control('PUT', 'faults', { disconnectStreams: true })
  await until(() => kinds().filter((kind) => kind === 'CONNECTED').length === 2)
  await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: far() }))
  await until(() => orders.length === 1)
})

it('takes an idle account for a living line', async () => {
  listen(clientWith({ stallMs: 100 }))
  await until(isConnected)
  await control('PUT', 'faults', { stallStreams: true })
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(kinds()).toEqual(['CONNECTING', 'CONNECTED'])
})

it('hands every report on once while one connection takes over from another', async () => {
  listen(clientWith({ renewAfterMs: 40 }))
  await until(isConnected)
  const requests = Array.from({ length: 12 }, () => order({ type: 'LIMIT', side: 'BUY', limitPrice: far() }))
  for (const request of requests) {
    await create(request)
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  await until(() => orders.length >= 12 && kinds().filter((kind) => kind === 'RENEWED').length >= 3)
  expect(orders.map((told) => told.clientOrderId)).toEqual(requests.map((request) => request.clientOrderId))
  expect(kinds()).not.toContain('DISCONNECTED')
})

it('drops doubled reports and funds that are older than those known', async () => {
  listen()
  await until(isConnected)
  await control('PUT', 'faults', { duplicateStreamMessages: true })
  const requests = Array.from({ length: 5 }, () => order({ type: 'LIMIT', side: 'BUY', limitPrice: far() }))
  for (const request of requests) await create(request)
  await client.cancelAll(credentials, symbol)
  await until(() => orders.filter((told) => told.status === 'CANCELED').length === 5)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(orders).toHaveLength(10)
  await until(() => funds.get('USDT')?.locked.isZero() === true)
})

it('measures the clock when the exchange refuses the time of the subscription', async () => {
  const late = clientWith()
  await late.warmUp()
  await control('PUT', 'faults', { clockSkewMs: 60_000 })
  listen(late)
  await until(isConnected)
  expect(kinds()).toContain('DISCONNECTED')
})

it('is quiet after it was closed', async () => {
  const handle = listen()
  await until(isConnected)
  handle.close()
  await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: far() }))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(kinds()).toEqual(['CONNECTING', 'CONNECTED', 'CLOSED'])
  expect(orders).toEqual([])
})
