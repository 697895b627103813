import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningSimulator, startSimulator } from '@/daemons/simulator/server'
import type { Credentials } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type Amount, parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { newClientOrderId } from '@/lib/platform/ids'
import { parseEnv } from '@/lib/platform/env'
import { failure } from '../../support/failure'
import { sizedBy } from '../../support/sized-by'

// Every method of the execution port against the paper exchange over real sockets: same code path as the live exchange.

let simulator: RunningSimulator
let registry: ExchangeRegistry
let client: ExecutionClient
let credentials: Credentials
let market: Instrument
let price: Amount
const symbol = 'BTC/USDT'

const control = async (method: string, path: string, body: unknown) => {
  const answer = await fetch(`${simulator.url}/_control/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.ok, await answer.clone().text()).toBe(true)
  return (await answer.json()) as unknown
}

beforeAll(async () => {
  simulator = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir: ':memory:',
    market: { source: 'synthetic', seed: 5, liveRestUrl: 'http://127.0.0.1:9', liveWsUrl: 'ws://127.0.0.1:9' },
  })
  const env = parseEnv({
    DATABASE_URL: 'postgresql://unused',
    SECRET_KEY: 'x'.repeat(32),
    SIMULATOR_PORT: String(simulator.port),
  })
  registry = new ExchangeRegistry({ clock: Date.now, env, timeoutMs: 5000 })
  client = registry.executionClient('binance', 'PAPER')
  await client.warmUp()
  const found = (await client.loadMarkets()).find((instrument) => instrument.symbol === symbol)
  if (found === undefined) throw new Error('no such pair')
  market = found
})
afterAll(async () => {
  await registry.close()
  await simulator.close()
})
beforeEach(async () => {
  credentials = (await control('POST', 'accounts', { balances: { USDT: '100000', BTC: '1' } })) as Credentials
  price = (await client.getTicker(symbol)).lastPrice
})

const order = (more: Partial<OrderRequest> & Pick<OrderRequest, 'type' | 'side'>): OrderRequest => ({
  clientOrderId: newClientOrderId(),
  symbol,
  quantity: d('0.01'),
  ...more,
})
const create = (request: OrderRequest) => client.createOrder(credentials, request, market)

describe('account', () => {
  it('is tested with what the key may do', async () => {
    expect(await client.testConnection(credentials)).toEqual({
      canTrade: true,
      canWithdraw: false,
      isIpRestricted: false,
      accountType: 'SPOT',
      accountMode: null,
    })
  })

  it('refuses a wrong secret and an unknown key', async () => {
    const wrong = { ...credentials, apiSecret: 'wrong' }
    expect(await failure(client.getBalance(wrong))).toMatchObject({
      code: 'AUTHENTICATION',
      outcome: 'REFUSED',
      nativeCode: '-1022',
    })
    expect(await failure(client.getBalance({ apiKey: 'nobody', apiSecret: 's' }))).toMatchObject({
      code: 'AUTHENTICATION',
    })
  })

  it('shows balances and fees', async () => {
    const balances = await client.getBalance(credentials)
    expect(balances.map((balance) => [balance.asset, balance.total.toFixed()]).sort()).toEqual([
      ['BTC', '1'],
      ['USDT', '100000'],
    ])
    expect((await client.getFees(credentials, symbol)).taker.gt(0)).toBe(true)
  })
})

describe('orders', () => {
  it('buys at market, and the fills are the same in the answer and in the history', async () => {
    const request = order({ type: 'MARKET', side: 'BUY' })
    const placed = await create(request)
    expect(placed).toMatchObject({ status: 'FILLED', clientOrderId: request.clientOrderId, symbol })
    const fills = await client.myFills(credentials, symbol, { fromTime: placed.createdTime - 1000 })
    expect(
      fills.map((fill) => [fill.exchangeTradeId, fill.quantity.toFixed(), fill.fee.toFixed(), fill.feeAsset]),
    ).toEqual(
      placed.fills?.map((fill) => [fill.exchangeTradeId, fill.quantity.toFixed(), fill.fee.toFixed(), fill.feeAsset]),
    )
    const last = fills.at(-1)
    expect(await client.myFills(credentials, symbol, { fromId: last?.exchangeTradeId ?? '' })).toHaveLength(1)
  })

  it('spends an amount of the quote asset', async () => {
    const { quantity: _, ...request } = order({ type: 'MARKET', side: 'BUY', quoteQuantity: d('500') })
    const placed = await create(request)
    expect(placed.filledQuoteQuantity.lte(500) && placed.filledQuoteQuantity.gt(480)).toBe(true)
  })

  it.each([
    ['LIMIT', 'BUY', { limit: '0.9' }],
    ['STOP_MARKET', 'SELL', { stop: '0.9' }],
    ['STOP_LIMIT', 'SELL', { stop: '0.9', limit: '0.89' }],
    ['TAKE_PROFIT_MARKET', 'SELL', { stop: '1.1' }],
    ['TAKE_PROFIT_LIMIT', 'SELL', { stop: '1.1', limit: '1.1' }],
    ['TRAILING_STOP', 'SELL', { distance: 500 }],
  ] as const)('%s rests, is found by both ids, and is canceled', async (type, side, at) => {
    const request = order({ type, side, ...('distance' in at ? { trailingDelta: at.distance } : {}) })
    if ('limit' in at) request.limitPrice = price.times(at.limit)
    if ('stop' in at) request.stopPrice = price.times(at.stop)
    const placed = await create(request)
    expect(placed).toMatchObject({ status: 'ACCEPTED', type })
    const { clientOrderId, exchangeOrderId } = placed
    for (const target of [
      { symbol, clientOrderId },
      { symbol, exchangeOrderId },
    ]) {
      expect(await client.getOrder(credentials, target)).toMatchObject({
        clientOrderId,
        exchangeOrderId,
        type,
        status: 'ACCEPTED',
      })
    }
    expect((await client.openOrders(credentials)).map((open) => [open.symbol, open.clientOrderId])).toEqual([
      [symbol, clientOrderId],
    ])
    expect(await client.cancelOrder(credentials, { symbol, clientOrderId })).toMatchObject({
      status: 'CANCELED',
      clientOrderId,
    })
    expect(await client.openOrders(credentials, symbol)).toEqual([])
    expect(await client.getOrder(credentials, { symbol, clientOrderId })).toMatchObject({
      status: 'CANCELED',
      clientOrderId,
    })
    expect(await failure(client.cancelOrder(credentials, { symbol, clientOrderId }))).toMatchObject({
      code: 'UNKNOWN_ORDER',
      outcome: 'REFUSED',
    })
    const history = await client.orderHistory(credentials, symbol, placed.createdTime - 1000)
    expect(history.map((past) => past.status)).toEqual(['CANCELED'])
  })

  it('knows no order that was never sent', async () => {
    expect(await client.getOrder(credentials, { symbol, clientOrderId: newClientOrderId() })).toBeNull()
    expect(await client.getOrderList(credentials, { symbol, clientOrderListId: newClientOrderId() })).toBeNull()
    expect(await client.cancelAll(credentials, symbol)).toEqual([])
  })

  it('refuses what the account cannot pay, a doubled open id, and a maker order that would take', async () => {
    const large = order({ type: 'LIMIT', side: 'BUY', quantity: d('50'), limitPrice: price.times('0.99') })
    expect(await failure(create(large))).toMatchObject({ code: 'INSUFFICIENT_FUNDS', outcome: 'REFUSED' })
    const resting = order({ type: 'LIMIT', side: 'BUY', limitPrice: price.times('0.9') })
    await create(resting)
    expect(await failure(create(resting))).toMatchObject({ code: 'DUPLICATE_ORDER', outcome: 'REFUSED' })
    const taking = order({ type: 'LIMIT', side: 'BUY', isPostOnly: true, limitPrice: price.times('1.05') })
    expect(await failure(create(taking))).toMatchObject({ code: 'INVALID_ORDER', rule: 'POST_ONLY' })
    expect(await client.cancelAll(credentials, symbol)).toHaveLength(1)
  })

  it('refuses by the rules of the market before anything is sent', async () => {
    const small = order({ type: 'LIMIT', side: 'BUY', quantity: d('0.00001'), limitPrice: price.times('0.9') })
    expect(await failure(create(small))).toMatchObject({
      code: 'INVALID_ORDER',
      outcome: 'NOT_SENT',
      rule: 'MIN_NOTIONAL',
    })
  })

  it('replaces an order', async () => {
    const old = await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: price.times('0.9') }))
    const next = order({ type: 'LIMIT', side: 'BUY', limitPrice: price.times('0.91') })
    const edited = await client.replaceOrder(
      credentials,
      { symbol, clientOrderId: old.clientOrderId },
      next,
      market,
      sizedBy('0'),
    )
    expect(edited.canceled).toMatchObject({ clientOrderId: old.clientOrderId, status: 'CANCELED' })
    expect(edited.placed).toMatchObject({ clientOrderId: next.clientOrderId, status: 'ACCEPTED' })
    const gone = client.replaceOrder(
      credentials,
      { symbol, clientOrderId: old.clientOrderId },
      { ...next, clientOrderId: 'X1' },
      market,
      sizedBy('0'),
    )
    expect(await failure(gone)).toMatchObject({ code: 'UNKNOWN_ORDER', outcome: 'REFUSED' })
  })

  it('tells both halves when the old order was canceled and the new one refused', async () => {
    const old = await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: price.times('0.9') }))
    const tooLarge = order({ type: 'LIMIT', side: 'BUY', quantity: d('50'), limitPrice: price.times('0.91') })
    const edited = await client.replaceOrder(
      credentials,
      { symbol, clientOrderId: old.clientOrderId },
      tooLarge,
      market,
      sizedBy('0'),
    )
    expect(edited).toMatchObject({
      canceled: { status: 'CANCELED' },
      placed: null,
      placeError: { code: 'INSUFFICIENT_FUNDS' },
    })
  })

  it.each(['SELL', 'BUY'] as const)('places, finds and cancels a pair: %s', async (side) => {
    const [profit, stop] = side === 'SELL' ? ['1.1', '0.9'] : ['0.9', '1.1']
    const request = {
      clientOrderListId: newClientOrderId(),
      symbol,
      side,
      quantity: d('0.01'),
      takeProfit: { clientOrderId: newClientOrderId(), limitPrice: price.times(profit) },
      stopLoss: { clientOrderId: newClientOrderId(), stopPrice: price.times(stop) },
    }
    const placed = await client.createOco(credentials, request, market)
    const ids = [request.takeProfit.clientOrderId, request.stopLoss.clientOrderId].sort()
    expect(placed.isOpen).toBe(true)
    expect(placed.orders.map((leg) => leg.clientOrderId).sort()).toEqual(ids)
    expect(placed.orders.map((leg) => leg.type).sort()).toEqual(['LIMIT', 'STOP_MARKET'])
    const found = await client.getOrderList(credentials, request)
    expect(found).toMatchObject({ exchangeListId: placed.exchangeListId, isOpen: true, symbol })
    const canceled = await client.cancelOrderList(credentials, request)
    expect(canceled.orders.map((leg) => [leg.clientOrderId, leg.status]).sort()).toEqual(
      ids.map((id) => [id, 'CANCELED']),
    )
    expect((await client.getOrderList(credentials, request))?.isOpen).toBe(false)
  })
})

describe('the answer is lost after the order was executed', () => {
  it('has an unknown outcome, and the order is found by its id, once', async () => {
    await control('PUT', 'faults', { path: 'POST /api/v3/order', dropAnswerAfterExecution: 1 })
    const request = order({ type: 'MARKET', side: 'BUY' })
    expect(await failure(create(request))).toMatchObject({ code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' })
    await control('PUT', 'faults', {})
    const found = await client.getOrder(credentials, { symbol, clientOrderId: request.clientOrderId })
    expect(found?.status).toBe('FILLED')
    expect(await client.orderHistory(credentials, symbol, 0)).toHaveLength(1)
  })

  it('says the same for a 503 after execution', async () => {
    await control('PUT', 'faults', { path: 'POST /api/v3/order', httpStatus: { status: 503, afterExecution: true } })
    const request = order({ type: 'MARKET', side: 'BUY' })
    expect(await failure(create(request))).toMatchObject({ code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' })
    await control('PUT', 'faults', {})
    expect((await client.getOrder(credentials, { symbol, clientOrderId: request.clientOrderId }))?.status).toBe(
      'FILLED',
    )
  })
})

describe('market data', () => {
  it('gives tickers by our names', async () => {
    const tickers = await client.getTickers([symbol, 'ETH/USDT'])
    expect(tickers.map((ticker) => ticker.symbol).sort()).toEqual([symbol, 'ETH/USDT'])
    expect((await client.getTickers()).map((ticker) => ticker.symbol)).toContain(symbol)
  })

  it('pages through candles, the missing timeframe included', async () => {
    const endTime = Math.floor(Date.now() / 600_000) * 600_000
    const range = { symbol, startTime: endTime - 1500 * 60_000, endTime }
    const minutes = await client.getCandles({ ...range, timeframe: '1m' })
    expect(minutes.map((candle) => candle.openTime)).toEqual(
      Array.from({ length: 1500 }, (_, i) => range.startTime + i * 60_000),
    )
    const tens = await client.getCandles({ ...range, timeframe: '10m' })
    expect(tens).toHaveLength(150)
    const last = minutes.slice(-10)
    expect(tens.at(-1)?.close.toFixed()).toBe(last.at(-1)?.close.toFixed())
    expect(tens.at(-1)?.volume.toFixed()).toBe(last.reduce((sum, candle) => sum.plus(candle.volume), d('0')).toFixed())
  })
})
