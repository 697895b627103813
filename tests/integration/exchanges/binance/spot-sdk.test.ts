import { type ConfigurationSpot, Spot, type SpotRestAPI } from '@binance/spot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../support/until'
import { PaperBinance } from './paper'

// Binance's own client as a witness, REST and WebSocket.

let paper: PaperBinance
let spot: Spot
const symbol = 'BTCUSDT'

// The package's enums are plain texts on the wire.
const order = (values: Record<string, unknown>) =>
  spot.restAPI.newOrder({ symbol, quantity: 0.01, ...values } as unknown as SpotRestAPI.NewOrderRequest)
const dataOf = async <T>(call: Promise<{ data: () => Promise<T> }>): Promise<T> => (await call).data()

beforeAll(async () => {
  paper = await PaperBinance.start()
  await paper.price('60000')
  const keys = await paper.open()
  const configuration: unknown = {
    configurationRestAPI: { ...keys, basePath: paper.url },
    configurationWebsocketAPI: { ...keys, wsURL: `${paper.socketUrl}/ws-api/v3` },
    configurationWebsocketStreams: { wsURL: paper.socketUrl },
  }
  spot = new Spot(configuration as ConfigurationSpot)
})
afterAll(async () => {
  await paper.close()
  expect(paper.ownFaults).toEqual([])
})

it('reads the market', async () => {
  const info = await dataOf(spot.restAPI.exchangeInfo({ symbol }))
  expect(info.symbols?.[0]).toMatchObject({ symbol, otoAllowed: true, opoAllowed: true, amendAllowed: true })
  expect(await dataOf(spot.restAPI.tickerPrice({ symbol }))).toMatchObject({ symbol, price: '60000.00000000' })
  expect((await dataOf(spot.restAPI.depth({ symbol, limit: 5 }))).bids).toHaveLength(5)
  const klines = await dataOf(spot.restAPI.klines({ symbol, interval: '5m' as never, limit: 3 }))
  expect(klines).toHaveLength(3)
  expect((await dataOf(spot.restAPI.avgPrice({ symbol }))).mins).toBe(5)
  expect(await dataOf(spot.restAPI.executionRules({ symbol }))).toMatchObject({ symbolRules: [{ symbol }] })
})

it('reads the account', async () => {
  const account = await dataOf(spot.restAPI.getAccount({ omitZeroBalances: true }))
  expect(account.balances).toContainEqual({ asset: 'BTC', free: '2.00000000', locked: '0.00000000' })
  expect((await dataOf(spot.restAPI.accountCommission({ symbol }))).standardCommission?.taker).toBe('0.00100000')
  expect((await dataOf(spot.restAPI.myFilters({ symbol }))).symbolFilters?.length).toBeGreaterThan(5)
  expect(await dataOf(spot.restAPI.rateLimitOrder())).toHaveLength(2)
  expect(await dataOf(spot.restAPI.myPreventedMatches({ symbol, orderId: 1 }))).toEqual([])
})

describe('orders', () => {
  it.each([
    ['LIMIT', { price: 54000, timeInForce: 'GTC' }],
    ['LIMIT', { price: 54000, timeInForce: 'GTC', icebergQty: 0.005 }],
    ['LIMIT_MAKER', { price: 54000 }],
    ['STOP_LOSS', { stopPrice: 63000 }],
    ['STOP_LOSS_LIMIT', { stopPrice: 63000, price: 63100, timeInForce: 'GTC' }],
    ['TAKE_PROFIT', { stopPrice: 57000 }],
    ['TAKE_PROFIT_LIMIT', { stopPrice: 57000, price: 56900, timeInForce: 'GTC' }],
    ['STOP_LOSS', { trailingDelta: 200 }],
  ])('%s with %j rests, is found, is made smaller and is canceled', async (type, more) => {
    const placed = await dataOf(order({ side: 'BUY', type, ...more, newOrderRespType: 'FULL' }))
    const orderId = Number(placed.orderId)
    expect(await dataOf(spot.restAPI.getOrder({ symbol, orderId }))).toMatchObject({ status: 'NEW', type })
    const amended = await dataOf(spot.restAPI.orderAmendKeepPriority({ symbol, orderId, newQty: 0.009 }))
    expect(amended.amendedOrder).toMatchObject({ qty: '0.00900000', status: 'NEW' })
    expect(await dataOf(spot.restAPI.orderAmendments({ symbol, orderId }))).toHaveLength(1)
    expect(await dataOf(spot.restAPI.deleteOrder({ symbol, orderId }))).toMatchObject({ status: 'CANCELED' })
  })

  it('trades at market, checks without placing, replaces, and reads histories', async () => {
    const bought = await dataOf(order({ side: 'BUY', type: 'MARKET' }))
    expect(bought).toMatchObject({ status: 'FILLED', executedQty: '0.01000000' })
    expect(bought.fills?.[0]?.commissionAsset).toBe('BTC')
    const test = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 0.01, price: 50000 }
    await spot.restAPI.orderTest(test as unknown as SpotRestAPI.OrderTestRequest)
    const { orderId } = await dataOf(order({ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: 50000 }))
    const replacement = { ...test, price: 51000, cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId: Number(orderId) }
    const replaced = await dataOf(
      spot.restAPI.orderCancelReplace(replacement as unknown as SpotRestAPI.OrderCancelReplaceRequest),
    )
    expect(replaced).toMatchObject({ cancelResult: 'SUCCESS', newOrderResult: 'SUCCESS' })
    expect(await dataOf(spot.restAPI.getOpenOrders({ symbol }))).toHaveLength(1)
    expect(await dataOf(spot.restAPI.deleteOpenOrders({ symbol }))).toHaveLength(1)
    expect((await dataOf(spot.restAPI.allOrders({ symbol }))).length).toBeGreaterThan(5)
    expect(await dataOf(spot.restAPI.myTrades({ symbol }))).toHaveLength(1)
    await expect(
      order({ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: 50000, quantity: 100 }),
    ).rejects.toThrow('insufficient balance')
  })

  const working = {
    symbol,
    workingType: 'LIMIT',
    workingSide: 'BUY',
    workingPrice: 50000,
    workingQuantity: 0.01,
    workingTimeInForce: 'GTC',
  }
  const pair = {
    pendingSide: 'SELL',
    pendingAboveType: 'LIMIT_MAKER',
    pendingAbovePrice: 70000,
    pendingBelowType: 'STOP_LOSS',
    pendingBelowStopPrice: 45000,
  }
  const pending = { pendingType: 'LIMIT', pendingSide: 'SELL', pendingPrice: 70000, pendingTimeInForce: 'GTC' }
  it.each([
    [
      'orderListOco',
      {
        symbol,
        side: 'SELL',
        quantity: 0.01,
        aboveType: 'LIMIT_MAKER',
        abovePrice: 70000,
        belowType: 'STOP_LOSS',
        belowStopPrice: 50000,
      },
      'OCO',
      2,
    ],
    ['orderListOto', { ...working, ...pending, pendingQuantity: 0.009 }, 'OTO', 2],
    ['orderListOtoco', { ...working, ...pair, pendingQuantity: 0.009 }, 'OTO', 3],
    ['orderListOpo', { ...working, ...pending }, 'OTO', 2],
    ['orderListOpoco', { ...working, ...pair }, 'OTO', 3],
  ] as const)('%s is placed, found and canceled', async (method, request, contingencyType, count) => {
    const place = spot.restAPI[method].bind(spot.restAPI) as (
      values: unknown,
    ) => Promise<{ data: () => Promise<SpotRestAPI.OrderListOtoResponse> }>
    const list = await dataOf(place(request))
    expect(list).toMatchObject({ contingencyType, listOrderStatus: 'EXECUTING' })
    expect(list.orderReports).toHaveLength(count)
    if (contingencyType === 'OTO') expect(list.orderReports?.map((report) => report.status)).toContain('PENDING_NEW')
    const orderListId = Number(list.orderListId)
    expect((await dataOf(spot.restAPI.getOrderList({ orderListId }))).orders).toHaveLength(count)
    expect(await dataOf(spot.restAPI.openOrderList())).toHaveLength(1)
    const canceled = await dataOf(spot.restAPI.deleteOrderList({ symbol, orderListId }))
    expect(canceled).toMatchObject({ listOrderStatus: 'ALL_DONE' })
    expect(canceled.orderReports?.every((report) => report.status === 'CANCELED')).toBe(true)
  })
})

it('trades and listens over the WebSocket API', async () => {
  const connection = await spot.websocketAPI.connect()
  try {
    const events: Record<string, unknown>[] = []
    const { response, stream } = await connection.userDataStreamSubscribeSignature()
    expect(response.data.subscriptionId).toBe(0)
    stream.on('message', (event) => {
      events.push(event as unknown as Record<string, unknown>)
    })
    const request = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: 0.01, price: 50000 }
    const placed = await connection.orderPlace({ ...request, newClientOrderId: 'sdk-1' } as never)
    expect(placed.data).toMatchObject({ clientOrderId: 'sdk-1' })
    const status = await connection.orderStatus({ symbol, origClientOrderId: 'sdk-1' })
    expect(status.data).toMatchObject({ status: 'NEW' })
    await connection.orderCancel({ symbol, origClientOrderId: 'sdk-1' })
    await until(() => events.some((event) => event['x'] === 'CANCELED' && event['C'] === 'sdk-1'))
    await until(() => events.some((event) => event['e'] === 'outboundAccountPosition'))
  } finally {
    await connection.disconnect()
  }
})

it('listens to the market streams', async () => {
  const connection = await spot.websocketStreams.connect()
  try {
    const prices: unknown[] = []
    const klines: unknown[] = []
    connection.aggTrade({ symbol }).on('message', (data) => void prices.push(data.p))
    connection.kline({ symbol, interval: '1m' as never }).on('message', (data) => void klines.push(data.k))
    await new Promise((resolve) => setTimeout(resolve, 200))
    await paper.price('60100')
    await until(() => prices.includes('60100.00000000'))
    await until(() => klines.length > 0)
  } finally {
    await connection.disconnect()
  }
})
