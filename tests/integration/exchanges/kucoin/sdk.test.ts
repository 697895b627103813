import * as universal from 'kucoin-universal-sdk'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { newClientOrderId } from '@/lib/platform/ids'
import { PaperKucoin } from './paper'

// KuCoin's own client against the paper KuCoin. It is CommonJS with classes of its own for every request.

type Request = Record<string, unknown>
interface Api {
  [method: string]: (request?: Request) => Promise<Record<string, unknown>>
}
interface Sdk {
  DefaultClient: new (
    options: unknown,
  ) => {
    restService(): {
      getSpotService(): { getOrderApi(): Api; getMarketApi(): Api }
      getAccountService(): { getAccountApi(): Api; getFeeApi(): Api }
    }
    wsService(): { newSpotPrivateWS(): SocketApi; newSpotPublicWS(): SocketApi }
  }
  ClientOptionBuilder: new () => Builder
  TransportOptionBuilder: new () => Builder
  WebSocketClientOptionBuilder: new () => Builder
}
interface Builder {
  [setter: string]: (value?: unknown) => Builder
}
interface SocketApi {
  start(): Promise<void>
  stop(): Promise<void>
  orderV2(callback: (topic: string, subject: string, event: Record<string, unknown>) => void): Promise<string>
  account(callback: (topic: string, subject: string, event: Record<string, unknown>) => void): Promise<string>
  stopOrder(callback: (topic: string, subject: string, event: Record<string, unknown>) => void): Promise<string>
  trade(
    symbols: string[],
    callback: (topic: string, subject: string, event: Record<string, unknown>) => void,
  ): Promise<string>
}

const sdk = universal as unknown as Sdk
const symbol = 'BTC-USDT'

let paper: PaperKucoin
let client: InstanceType<Sdk['DefaultClient']>
let orders: Api
const open: SocketApi[] = []

beforeAll(async () => {
  paper = await PaperKucoin.start()
})
beforeEach(async () => {
  await paper.hold('60000')
  const { apiKey, apiSecret, apiPassphrase } = await paper.open('CLASSIC')
  const built = (builder: Builder, values: Record<string, unknown>): unknown => {
    let last = builder
    for (const [setter, value] of Object.entries(values)) last = last[setter]?.(value) ?? last
    return last['build']?.()
  }
  const options = built(new sdk.ClientOptionBuilder(), {
    setKey: apiKey,
    setSecret: apiSecret,
    setPassphrase: apiPassphrase,
    setSpotEndpoint: `${paper.simulator.url}/kucoin`,
    setTransportOption: built(new sdk.TransportOptionBuilder(), { setKeepAlive: true }),
    setWebSocketClientOption: built(new sdk.WebSocketClientOptionBuilder(), {}),
  })
  client = new sdk.DefaultClient(options)
  orders = client.restService().getSpotService().getOrderApi()
})
afterAll(async () => {
  await Promise.all(open.map((socket) => socket.stop()))
  await paper.close()
})

/** Fields that go into the path; the SDK's own request classes say so by metadata. */
const PATH_FIELDS: Record<string, string> = {
  getOrderByOrderId: 'orderId',
  cancelPartialOrder: 'orderId',
  getOrderByClientOid: 'clientOid',
  cancelOrderByClientOidSync: 'clientOid',
  getOcoOrderDetailByOrderId: 'orderId',
  cancelOcoOrderByClientOid: 'clientOid',
}
const { defineMetadata } = Reflect as unknown as {
  defineMetadata(kind: string, value: string, target: object, field: string): void
}

const call = (api: Api, method: string, request?: Request) => {
  const run = api[method]
  if (run === undefined) throw new Error(`the SDK has no ${method}`)
  if (request === undefined) return run.call(api)
  const asked = { ...request, toJson: () => JSON.stringify(request) }
  const field = PATH_FIELDS[method]
  if (field !== undefined) defineMetadata('path', field, asked, field)
  return run.call(api, asked)
}

it('reads the market and the account', async () => {
  const market = client.restService().getSpotService().getMarketApi()
  const symbols = (await call(market, 'getAllSymbols', {}))['data'] as { symbol: string; priceIncrement: string }[]
  expect(symbols.find((row) => row.symbol === symbol)?.priceIncrement).toBe('0.01')
  expect((await call(market, 'getTicker', { symbol }))['price']).toBe('60000.00000000')
  const candles = await call(market, 'getKlines', {
    symbol,
    type: '1min',
    startAt: Math.floor(Date.now() / 1000) - 600,
  })
  expect((candles['data'] as string[][]).length).toBeGreaterThan(5)
  const account = client.restService().getAccountService().getAccountApi()
  const rows = (await call(account, 'getSpotAccountList', { type: 'trade' }))['data'] as {
    currency: string
    balance: string
  }[]
  expect(rows.map((row) => [row.currency, row.balance]).sort()).toEqual([
    ['BTC', '1'],
    ['USDT', '100000'],
  ])
  expect((await call(account, 'getApikeyInfo'))['permission']).toContain('Spot')
  const fees = client.restService().getAccountService().getFeeApi()
  const [fee] = (await call(fees, 'getSpotActualFee', { symbols: symbol }))['data'] as { takerFeeRate: string }[]
  expect(fee?.takerFeeRate).toBe('0.001')
})

it('places, finds, changes and cancels orders', async () => {
  const clientOid = newClientOrderId()
  const limit = { clientOid, symbol, side: 'buy', type: 'limit', price: '50000', size: '0.01' }
  const placed = await call(orders, 'addOrder', limit)
  expect(placed['clientOid']).toBe(clientOid)
  const orderId = String(placed['orderId'])
  expect(await call(orders, 'getOrderByOrderId', { orderId, symbol })).toMatchObject({ id: orderId, active: true })
  await call(orders, 'cancelPartialOrder', { orderId, symbol, cancelSize: '0.004' })
  expect(await call(orders, 'getOrderByClientOid', { clientOid, symbol })).toMatchObject({
    cancelledSize: '0.004',
    remainSize: '0.006',
  })
  const altered = await call(orders, 'modifyOrder', { symbol, orderId, newPrice: '51000' })
  expect(altered['clientOid']).toBe(clientOid)
  const canceled = await call(orders, 'cancelOrderByClientOidSync', { clientOid, symbol })
  expect(canceled).toMatchObject({ status: 'done', canceledSize: '0.006' })
  const market = await call(orders, 'addOrderSync', {
    clientOid: newClientOrderId(),
    symbol,
    side: 'buy',
    type: 'market',
    size: '0.01',
  })
  expect(market).toMatchObject({ status: 'done', dealSize: '0.01' })
  const fills = (await call(orders, 'getTradeHistory', { symbol, orderId: market['orderId'] }))['items'] as {
    fee: string
  }[]
  expect(fills.length).toBeGreaterThan(0)
  const done = (await call(orders, 'getClosedOrders', { symbol }))['items'] as { id: string }[]
  expect(done).toHaveLength(3)
  await call(orders, 'setDCP', { timeout: 600, symbols: symbol })
  expect(await call(orders, 'getDCP')).toMatchObject({ timeout: 600, symbols: symbol })
})

it('places, finds and cancels stop orders and pairs', async () => {
  const clientOid = newClientOrderId()
  await call(orders, 'addStopOrder', {
    clientOid,
    symbol,
    side: 'sell',
    type: 'limit',
    price: '54000',
    stopPrice: '55000',
    size: '0.01',
  })
  const [stop] = (await call(orders, 'getStopOrderByClientOid', { clientOid, symbol }))['data'] as Record<
    string,
    unknown
  >[]
  // Without a word on the direction the trigger lies below.
  expect(stop).toMatchObject({ status: 'NEW', stop: 'loss' })
  expect(await call(orders, 'cancelStopOrderByClientOid', { clientOid, symbol })).toMatchObject({ clientOid })
  const pair = newClientOrderId()
  const legs = {
    clientOid: pair,
    symbol,
    side: 'sell',
    price: '66000',
    size: '0.01',
    stopPrice: '55000',
    limitPrice: '54000',
  }
  const { orderId } = await call(orders, 'addOcoOrder', { ...legs, tradeType: 'TRADE' })
  const details = await call(orders, 'getOcoOrderDetailByOrderId', { orderId })
  expect((details['orders'] as { status: string }[]).map(({ status }) => status)).toEqual(['NEW', 'NEW'])
  const canceled = await call(orders, 'cancelOcoOrderByClientOid', { clientOid: pair })
  expect(canceled['cancelledOrderIds']).toHaveLength(2)
})

it('follows orders, stop orders, balances and prints', async () => {
  const socket = client.wsService().newSpotPrivateWS()
  const market = client.wsService().newSpotPublicWS()
  open.push(socket, market)
  await Promise.all([socket.start(), market.start()])
  const seen = { orders: [] as unknown[], stops: [] as unknown[], balances: [] as unknown[], prints: [] as unknown[] }
  const keep = (list: unknown[]) => (_topic: string, _subject: string, event: unknown) => void list.push(event)
  await socket.orderV2(keep(seen.orders))
  await socket.account(keep(seen.balances))
  await socket.stopOrder(keep(seen.stops))
  await market.trade([symbol], keep(seen.prints))
  await call(orders, 'addOrder', { clientOid: newClientOrderId(), symbol, side: 'buy', type: 'market', size: '0.01' })
  await call(orders, 'addStopOrder', {
    clientOid: newClientOrderId(),
    symbol,
    side: 'sell',
    type: 'market',
    stopPrice: '55000',
    size: '0.01',
  })
  await paper.hold('60001')
  await expect
    .poll(() => [seen.orders.length >= 3, seen.stops.length, seen.balances.length >= 2, seen.prints.length > 0], {
      timeout: 5000,
    })
    .toEqual([true, 1, true, true])
}, 20_000)
