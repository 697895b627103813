import { RestClientV2, RestClientV3, WebsocketClientV2, WebsocketClientV3 } from 'bitget-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newClientOrderId } from '@/lib/platform/ids'
import { until } from '../../../support/until'
import { PaperBitget } from './paper'

// The `bitget-api` package as a witness: REST and streams of both account systems.

let paper: PaperBitget
const symbol = 'BTCUSDT'

beforeAll(async () => {
  paper = await PaperBitget.start()
  await paper.price('60000')
})
afterAll(async () => {
  await paper.close()
  expect(PaperBitget.faults).toEqual([])
})

/** It tells a refusal by throwing an object with the answer's body. */
const codeOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'success',
    (error: unknown) => (error as { body?: { code?: unknown } }).body?.code,
  )

const quiet = { trace: () => undefined, info: () => undefined, error: () => undefined }

describe('v2', () => {
  let client: RestClientV2
  let keys: { apiKey: string; apiSecret: string; apiPass: string }
  beforeAll(async () => {
    const { apiKey, apiSecret, apiPassphrase } = await paper.open('CLASSIC')
    keys = { apiKey, apiSecret, apiPass: apiPassphrase }
    client = new RestClientV2({ ...keys, baseUrl: paper.url })
  })

  it('reads the market', async () => {
    expect((await client.getSpotSymbolInfo({ symbol })).data[0]?.pricePrecision).toBe('2')
    expect((await client.getSpotTicker({ symbol })).data[0]?.lastPr).toBe('60000')
    const candles = await client.getSpotCandles({ symbol, granularity: '1min', limit: '20' })
    expect(candles.data).toHaveLength(20)
    const older = await client.getSpotHistoricCandles({
      symbol,
      granularity: '1h',
      endTime: String(Date.now() - 86_400_000),
      limit: '5',
    })
    expect(older.data).toHaveLength(5)
    expect((await client.getSpotOrderBookDepth({ symbol, limit: '5' })).data.asks).toHaveLength(5)
    expect((await client.getSpotRecentTrades({ symbol, limit: '3' })).data).toHaveLength(3)
  })

  it('reads the account', async () => {
    expect((await client.getSpotAccount()).data.authorities).toContain('stow')
    const { data } = await client.getSpotAccountAssets()
    expect(data.map((asset) => [asset.coin, asset.available]).sort()).toEqual([
      ['BTC', '2'],
      ['USDT', '100000'],
    ])
    expect((await client.getTradeRate({ symbol, businessType: 'spot' })).data).toEqual({
      makerFeeRate: '0.001',
      takerFeeRate: '0.001',
    })
  })

  it('places, finds, replaces and cancels orders of every kind', async () => {
    const market = await client.spotSubmitOrder({ symbol, side: 'buy', orderType: 'market', force: 'gtc', size: '600' })
    const [info] = (await client.getSpotOrder({ orderId: market.data.orderId })).data
    expect([info?.status, info?.size]).toEqual(['filled', '600'])
    const fills = await client.getSpotFills({ symbol, orderId: market.data.orderId })
    expect(fills.data.every((fill) => fill.feeDetail.totalFee.startsWith('-'))).toBe(true)

    const clientOid = newClientOrderId()
    const order = { symbol, side: 'buy', orderType: 'limit', force: 'gtc', price: '50000', size: '0.01' } as const
    await client.spotSubmitOrder({ ...order, clientOid })
    expect(await codeOf(client.spotSubmitOrder({ ...order, clientOid }))).toBe('40786')
    expect((await client.getSpotOrder({ clientOid })).data[0]?.status).toBe('live')
    const newClientOid = newClientOrderId()
    const replaced = await client.spotCancelandSubmitOrder({
      symbol,
      clientOid,
      newClientOid,
      price: '51000',
      size: '0.02',
    })
    expect(replaced.data).toMatchObject({ success: 'success', clientOid: newClientOid })
    const [open] = (await client.getSpotOpenOrders({ symbol })).data
    expect([open?.clientOid, open?.priceAvg]).toEqual([newClientOid, '51000'])
    expect(await codeOf(client.spotCancelOrder({ symbol, clientOid }))).toBe('43001')
    await client.spotCancelOrder({ symbol, clientOid: newClientOid })

    const batch = await client.spotBatchSubmitOrders({
      symbol,
      orderList: [
        { side: 'buy', orderType: 'limit', force: 'post_only', price: '50000', size: '0.01' },
        { side: 'buy', orderType: 'limit', force: 'gtc', price: '50000', size: '0.00001' },
        { side: 'buy', orderType: 'limit', force: 'gtc', price: '50000.001', size: '0.01' },
      ],
    })
    expect([batch.data.successList.length, batch.data.failureList.map((one) => one.errorCode)]).toEqual([
      1,
      ['45110', '40808'],
    ])
    await client.spotCancelSymbolOrder({ symbol })
    expect((await client.getSpotOpenOrders({ symbol })).data).toEqual([])
  })

  it('places, changes, fires and cancels plan orders', async () => {
    const plan = {
      symbol,
      side: 'sell',
      triggerPrice: '59000',
      orderType: 'market',
      size: '0.01',
      triggerType: 'fill_price',
    } as const
    const { orderId } = (await client.spotSubmitPlanOrder(plan)).data
    await client.spotModifyPlanOrder({ orderId, triggerPrice: '59500', orderType: 'market', size: '0.01' })
    const current = (await client.getSpotCurrentPlanOrders({ symbol })).data
    expect(
      current.orderList.map((one: { orderId: string; triggerPrice: string }) => [one.orderId, one.triggerPrice]),
    ).toEqual([[orderId, '59500']])
    await paper.price('59490')
    const [child] = (await client.getSpotPlanSubOrder({ planOrderId: orderId })).data as unknown as {
      orderId: string
    }[]
    expect(child?.orderId).not.toBe(orderId)
    expect((await client.getSpotOrder({ orderId: child?.orderId ?? '' })).data[0]?.status).toBe('filled')
    await paper.price('60000')
    await client.spotSubmitPlanOrder(plan)
    await client.spotCancelPlanOrders({ symbolList: [symbol] })
    const history = await client.getSpotHistoricPlanOrders({
      symbol,
      startTime: String(Date.now() - 60_000),
      endTime: String(Date.now() + 1000),
    })
    expect(history.data.orderList.map((one: { status: string }) => one.status)).toEqual(['cancelled', 'executed'])
    expect(await codeOf(client.spotCancelPlanOrder({ orderId }))).toBe('43025')
  })

  it('places the preset exits of an entry, of which one ends the other', async () => {
    await client.spotSubmitOrder({
      symbol,
      side: 'buy',
      orderType: 'limit',
      force: 'gtc',
      price: '60500',
      size: '0.01',
      presetTakeProfitPrice: '66000',
      presetStopLossPrice: '54000',
    })
    const exits = async () => (await client.getSpotOpenOrders({ symbol, tpslType: 'tpsl' })).data
    expect((await exits()).map((order) => order.triggerPrice).sort()).toEqual(['54000', '66000'])
    await paper.price('66001')
    expect(await exits()).toEqual([])
    await paper.price('60000')
  })

  it('is limited', async () => {
    await paper.control('PUT', 'limits', { exchange: 'bitget', limits: { default: 3 } })
    const codes = await Promise.all(Array.from({ length: 12 }, () => codeOf(client.getSpotAccountAssets())))
    await paper.control('PUT', 'limits', { exchange: 'bitget' })
    expect(codes).toContain('429')
    expect(codes).toContain('success')
  })

  it('follows public and private streams', async () => {
    const base = paper.url.replace('http', 'ws')
    const open = new WebsocketClientV2({ wsUrl: `${base}/v2/ws/public` }, quiet)
    const own = new WebsocketClientV2({ ...keys, wsUrl: `${base}/v2/ws/private` }, quiet)
    const seen: string[] = []
    for (const socket of [open, own])
      socket.on('update', (data: { arg?: { channel?: string } }) => seen.push(data.arg?.channel ?? ''))
    for (const channel of ['trade', 'ticker', 'candle1m', 'books5', 'books'] as const)
      void open.subscribeTopic('SPOT', channel, symbol)
    for (const channel of ['orders', 'account'] as const) void own.subscribeTopic('SPOT', channel, 'default')
    await until(() =>
      ['trade', 'ticker', 'candle1m', 'books5', 'books', 'account'].every((name) => seen.includes(name)),
    )
    await client.spotSubmitOrder({ symbol, side: 'sell', orderType: 'market', force: 'gtc', size: '0.01' })
    await until(() => seen.includes('orders'))
    open.closeAll(true)
    own.closeAll(true)
  })
})

describe('v3', () => {
  let client: RestClientV3
  let keys: { apiKey: string; apiSecret: string; apiPass: string }
  const order = { category: 'SPOT', symbol, side: 'buy', orderType: 'limit', price: '50000', qty: '0.01' } as const
  beforeAll(async () => {
    const { apiKey, apiSecret, apiPassphrase } = await paper.open('UNIFIED')
    keys = { apiKey, apiSecret, apiPass: apiPassphrase }
    client = new RestClientV3({ ...keys, baseUrl: paper.url })
  })

  it('reads market and account', async () => {
    expect((await client.getInstruments({ category: 'SPOT', symbol })).data[0]?.quantityPrecision).toBe('5')
    expect((await client.getTickers({ category: 'SPOT', symbol })).data[0]?.lastPrice).toBe('60000')
    expect((await client.getCandles({ category: 'SPOT', symbol, interval: '1m', limit: '7' })).data).toHaveLength(7)
    expect((await client.getAccountSettings()).data.accountMode).toBe('unified')
    expect((await client.getAccountInfo()).data.permissions).toEqual(['uta_trade'])
    const { assets } = (await client.getBalances()).data
    expect(assets.map((asset) => [asset.coin, asset.available]).sort()).toEqual([
      ['BTC', '2'],
      ['USDT', '100000'],
    ])
  })

  it('places, changes in place and cancels orders', async () => {
    const { orderId } = (await client.submitNewOrder(order)).data
    await client.modifyOrder({ orderId, price: '51000', qty: '0.02' })
    expect((await client.getOrderInfo({ orderId })).data).toMatchObject({ price: '51000', qty: '0.02' })
    expect(await codeOf(client.submitNewOrder({ ...order, qty: '100' }))).toBe('25202')
    await client.cancelOrder({ orderId })
    expect(await codeOf(client.cancelOrder({ orderId }))).toBe('25204')
    const { list } = (await client.getHistoryOrders({ category: 'SPOT' })).data
    expect(list.map((one: { orderStatus: string }) => one.orderStatus)).toEqual(['cancelled'])
  })

  it('places, changes and cancels strategy orders', async () => {
    const strategy = { category: 'SPOT', symbol, side: 'sell', qty: '0.01', type: 'trigger' } as const
    const { orderId } = (
      await client.submitStrategyOrder({ ...strategy, triggerPrice: '54000', triggerOrderType: 'market' })
    ).data
    await client.modifyStrategyOrder({ orderId, qty: '0.02', triggerPrice: '55000', triggerOrderType: 'market' })
    const [open] = (await client.getUnfilledStrategyOrders({ category: 'SPOT' })).data
    expect([open?.orderId, open?.qty, open?.triggerPrice]).toEqual([orderId, '0.02', '55000'])
    await client.cancelStrategyOrder({ orderId })
    const { list } = (await client.getHistoryStrategyOrders({ category: 'SPOT' })).data
    expect(list.map((one: { status?: string }) => one.status)).toEqual(['cancelled'])
  })

  it('cancels everything when it is not heard of in time', async () => {
    await client.submitNewOrder(order)
    expect(await codeOf(client.countdownCancelAll({ countdown: '3' }))).toBe('40020')
    // Once a second is documented.
    expect(await codeOf(client.countdownCancelAll({ countdown: '5' }))).toBe('429')
    await paper.control('PUT', 'limits', { exchange: 'bitget' })
    expect(await codeOf(client.countdownCancelAll({ countdown: '5' }))).toBe('success')
    const openOrders = async () => (await client.getUnfilledOrders({ category: 'SPOT' })).data.list.length
    expect(await openOrders()).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 5300))
    expect(await openOrders()).toBe(0)
  })

  it('follows public and private streams', async () => {
    const base = paper.url.replace('http', 'ws')
    const open = new WebsocketClientV3({ wsUrl: `${base}/v3/ws/public` }, quiet)
    const own = new WebsocketClientV3({ ...keys, wsUrl: `${base}/v3/ws/private` }, quiet)
    const seen: string[] = []
    for (const socket of [open, own])
      socket.on('update', (data: { arg?: { topic?: string } }) => seen.push(data.arg?.topic ?? ''))
    for (const topic of ['publicTrade', 'ticker', 'books'] as const)
      void open.subscribe({ topic, payload: { instType: 'spot', symbol } }, 'v3Public')
    void open.subscribe({ topic: 'kline', payload: { instType: 'spot', symbol, interval: '1m' } }, 'v3Public')
    for (const topic of ['order', 'fill', 'account'] as const)
      void own.subscribe({ topic, payload: { instType: 'UTA' } }, 'v3Private')
    await until(() => ['publicTrade', 'ticker', 'books', 'kline', 'account'].every((name) => seen.includes(name)))
    await client.submitNewOrder({ ...order, orderType: 'market', side: 'sell' })
    await until(() => ['order', 'fill'].every((name) => seen.includes(name)))
    open.closeAll(true)
    own.closeAll(true)
  })
})
