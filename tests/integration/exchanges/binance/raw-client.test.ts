import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Credentials } from '@/lib/domain/account/broker'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import { BINANCE_DIALECT } from '@/lib/exchanges/binance/dialect'
import { BinanceExecutionClient } from '@/lib/exchanges/binance/execution-client'
import { BinanceRawClient } from '@/lib/exchanges/binance/raw-client'
import { BinanceRawMarketClient } from '@/lib/exchanges/binance/raw-market-client'
import { readBaseAddress } from '@/lib/exchanges/http/base-address'
import { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { HttpTransport } from '@/lib/exchanges/http/http-transport'
import type { StreamState } from '@/lib/exchanges/market-data-client'
import { until } from '../../../support/until'
import { PaperBinance } from './paper'

// Every endpoint of the raw clients, answered by the paper exchange and read by our schemas.

let paper: PaperBinance
let http: ExchangeHttp
let raw: BinanceRawClient
let market: BinanceRawMarketClient
let keys: Credentials
const symbol = 'BTCUSDT'
const limit = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '50000' }
const working = {
  symbol,
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingTimeInForce: 'GTC',
  workingPrice: '50000',
  workingQuantity: '0.01',
}

beforeAll(async () => {
  paper = await PaperBinance.start()
  await paper.price('60000')
  http = new ExchangeHttp({
    clock: Date.now,
    transport: new HttpTransport(readBaseAddress(paper.url, 'http')),
    dialect: BINANCE_DIALECT,
  })
  raw = new BinanceRawClient(http)
  market = new BinanceRawMarketClient(http)
  keys = await paper.open()
})
afterAll(async () => {
  await http.close()
  await paper.close()
  expect(paper.ownFaults).toEqual([])
})

it('reads the market', async () => {
  expect(await market.ping()).toEqual({})
  expect((await market.exchangeInfo()).symbols.length).toBeGreaterThan(10)
  expect((await market.executionRules({ symbol })).symbolRules[0]?.symbol).toBe(symbol)
  expect((await market.depth({ symbol, limit: '5' })).asks).toHaveLength(5)
  expect(await market.trades({ symbol, limit: '3' })).toHaveLength(3)
  expect(await market.aggTrades({ symbol, limit: '3' })).toHaveLength(3)
  expect(await market.uiKlines({ symbol, interval: '1h', limit: '2' })).toHaveLength(2)
  expect((await market.averagePrice({ symbol })).mins).toBe(5)
  expect((await market.windowTicker({ symbol, windowSize: '2h' })).lastPrice).toBe('60000.00000000')
  const day = await market.tradingDayTicker({ symbol })
  expect(day.closeTime - day.openTime).toBeLessThanOrEqual(86_400_000)
  expect((await market.priceTicker({ symbol })).price).toBe('60000.00000000')
  expect((await market.bookTicker({ symbol })).symbol).toBe(symbol)
})

it('reads the account', async () => {
  expect((await raw.accountFilters(keys, { symbol })).symbolFilters.length).toBeGreaterThan(5)
  expect((await raw.orderCounts(keys)).map((count) => count.rateLimitType)).toEqual(['ORDERS', 'ORDERS'])
  expect(await raw.myPreventedMatches(keys, { symbol, orderId: '1' })).toEqual([])
})

it('checks an order without placing it', async () => {
  expect(await raw.testOrder(keys, limit)).toEqual({})
  const rates = await raw.testOrder(keys, { ...limit, computeCommissionRates: 'true' })
  expect(rates.standardCommissionForOrder?.maker).toBe('0.00100000')
  expect(await raw.openOrders(keys, { symbol })).toEqual([])
})

it('places, lists and cancels an order that pays for another, and one that pays for a pair', async () => {
  const pending = { pendingType: 'LIMIT_MAKER', pendingSide: 'SELL', pendingPrice: '70000' }
  const pair = {
    pendingSide: 'SELL',
    pendingAboveType: 'LIMIT_MAKER',
    pendingAbovePrice: '70000',
    pendingBelowType: 'STOP_LOSS',
    pendingBelowStopPrice: '40000',
  }
  const one = await raw.newOpoOrderList(keys, { ...working, ...pending })
  const two = await raw.newOpocoOrderList(keys, { ...working, ...pair })
  expect([one.orders.length, two.orders.length]).toEqual([2, 3])
  expect((await raw.openOrderLists(keys)).map((list) => list.orderListId)).toEqual([one.orderListId, two.orderListId])
  await raw.cancelOpenOrders(keys, { symbol })
  expect(await raw.openOrderLists(keys)).toEqual([])
  expect((await raw.allOrderLists(keys, {})).every((list) => list.listOrderStatus === 'ALL_DONE')).toBe(true)
})

it('keeps the history of what was made smaller', async () => {
  const { orderId } = await raw.newOrder(keys, { ...limit, newOrderRespType: 'FULL', newClientOrderId: 'first' })
  const id = String(orderId)
  await raw.amendOrderKeepPriority(keys, { symbol, orderId: id, newQty: '0.009', newClientOrderId: 'second' })
  const [row] = await raw.orderAmendments(keys, { symbol, orderId: id })
  expect(row).toMatchObject({ origClientOrderId: 'first', newClientOrderId: 'second', newQty: '0.00900000' })
  await raw.cancelOrder(keys, { symbol, origClientOrderId: 'second' })
})

it('refuses pegged orders and what an iceberg may not be, in the words of Binance', async () => {
  const refusal = (more: Record<string, string>) =>
    raw.newOrder(keys, { ...limit, ...more }).then(
      () => 'accepted',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    )
  expect(await refusal({ pegPriceType: 'PRIMARY_PEG' })).toContain('Pegged orders are not supported')
  expect(await refusal({ icebergQty: '0.02' })).toContain('IcebergQty exceeds QTY')
  expect(await refusal({ icebergQty: '0.0005' })).toContain('ICEBERG_PARTS')
  expect(await refusal({ icebergQty: '0.005', timeInForce: 'IOC' })).toContain('-1160')
  expect(await refusal({ strategyType: '5' })).toContain('-1134')
})

it('follows an account whose key is a key pair, by logging the connection on', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { apiKey } = await paper.open({ publicKey: publicKey.export({ type: 'spki', format: 'pem' }) })
  const credentials = { apiKey, apiSecret: privateKey.export({ type: 'pkcs8', format: 'pem' }) }
  const client = new BinanceExecutionClient({
    http,
    environment: 'PAPER',
    privateUrl: paper.socketUrl,
    timings: { backoffMinMs: 10, backoffMaxMs: 40 },
  })
  const states: StreamState[] = []
  const orders: ExchangeOrder[] = []
  const handle = client.streamUser(credentials, {
    onOrder: (order) => orders.push(order),
    onBalance: () => undefined,
    onState: (state) => states.push(state),
  })
  await until(() => states.some((state) => state.kind === 'CONNECTED'))
  await raw.newOrder(credentials, { ...limit, newOrderRespType: 'FULL', newClientOrderId: 'by-key-pair' })
  await until(() => orders.some((order) => order.clientOrderId === 'by-key-pair'))
  handle.close()
  expect(states.some((state) => state.kind === 'DISCONNECTED')).toBe(false)
})
