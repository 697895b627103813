import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Balance } from '@/lib/domain/account/balance'
import type { Credentials } from '@/lib/domain/account/broker'
import type { TradePrint } from '@/lib/domain/market/trade-print'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import type { StreamHandle, StreamState } from '@/lib/exchanges/market-data-client'
import { until } from '../../../support/until'
import { order, PaperKucoin, SYMBOL as symbol } from './paper'

let paper: PaperKucoin
let handles: StreamHandle[] = []

beforeAll(async () => {
  paper = await PaperKucoin.start()
})
afterEach(async () => {
  for (const handle of handles) handle.close()
  handles = []
  await paper.faults({})
})
afterAll(() => paper.close())

describe.each(['CLASSIC', 'UNIFIED'] as const)('stream of a %s account', (accountMode) => {
  const follow = async (credentials: Credentials) => {
    const seen = {
      orders: [] as ExchangeOrder[],
      balances: [] as Balance[],
      states: [] as StreamState[],
      odd: [] as string[],
    }
    handles.push(
      paper.client.streamUser(credentials, {
        onOrder: (report) => seen.orders.push(report),
        onBalance: (balances) => seen.balances.push(...balances),
        onState: (state) => seen.states.push(state),
        onUnreadable: (text, reason) => seen.odd.push(`${reason}: ${text}`),
      }),
    )
    await until(() => seen.states.some(({ kind }) => kind === 'CONNECTED'))
    return seen
  }

  it('tells of orders, executions with fees, and balances', async () => {
    await paper.hold('60000')
    const credentials = await paper.open(accountMode)
    const seen = await follow(credentials)
    const request = order({ type: 'MARKET', side: 'BUY' })
    await paper.client.createOrder(credentials, request, paper.market)
    const filled = await until(() => seen.orders.find(({ status }) => status === 'FILLED'))
    expect(filled).toMatchObject({ clientOrderId: request.clientOrderId, symbol })
    const fills = seen.orders.flatMap((report) => report.fills ?? [])
    expect(fills.map(({ quantity }) => quantity.toNumber()).reduce((a, b) => a + b, 0)).toBeCloseTo(0.01, 10)
    expect(fills.every(({ fee, feeAsset }) => fee.gt(0) && feeAsset === 'USDT')).toBe(true)
    const bitcoin = await until(() => seen.balances.findLast(({ asset }) => asset === 'BTC'))
    expect(bitcoin.total.toFixed()).toBe('1.01')
    const known = await paper.client.myFills(credentials, symbol, { fromTime: 0 })
    expect(fills.map(({ exchangeTradeId }) => exchangeTradeId).sort()).toEqual(
      known.map(({ exchangeTradeId }) => exchangeTradeId).sort(),
    )
    expect(seen.odd).toEqual([])
  })

  it('tells of resting orders, cancels, and stop orders that wait, trigger and fail', async () => {
    await paper.hold('60000')
    const credentials = await paper.open(accountMode, { USDT: '100000', BTC: '0.01' })
    const seen = await follow(credentials)
    const said = (clientOrderId: string, status: string) =>
      until(() => seen.orders.find((report) => report.clientOrderId === clientOrderId && report.status === status))
    const resting = order({ type: 'LIMIT', side: 'BUY', limitPrice: d('50000') })
    await paper.client.createOrder(credentials, resting, paper.market)
    await said(resting.clientOrderId, 'ACCEPTED')
    await paper.client.cancelOrder(credentials, { symbol, clientOrderId: resting.clientOrderId })
    await said(resting.clientOrderId, 'CANCELED')
    const stops = [1, 2].map(() => order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('59500') }))
    for (const stop of stops) {
      await paper.client.createOrder(credentials, stop, paper.market)
      expect((await said(stop.clientOrderId, 'ACCEPTED')).type).toBe('STOP_MARKET')
    }
    await paper.hold('59000')
    const [first = '', second = ''] = stops.map(({ clientOrderId }) => clientOrderId)
    await said(first, 'FILLED')
    // The account holds no more bitcoin for the second one.
    await said(second, 'CANCELED')
    expect(seen.odd).toEqual([])
  })

  it('comes back after a disconnection and tells what happens then', async () => {
    await paper.hold('60000')
    const credentials = await paper.open(accountMode)
    const seen = await follow(credentials)
    await paper.faults({ disconnectStreams: true })
    await until(() => seen.states.filter(({ kind }) => kind === 'CONNECTED').length === 2)
    const request = order({ type: 'MARKET', side: 'SELL' })
    await paper.client.createOrder(credentials, request, paper.market)
    await until(() => seen.orders.find(({ status }) => status === 'FILLED'))
  })

  it('tells each execution once though messages come twice and out of order', async () => {
    await paper.hold('60000')
    const credentials = await paper.open(accountMode)
    const seen = await follow(credentials)
    await paper.faults({ duplicateStreamMessages: true, reorderStreamMessages: true })
    for (let i = 0; i < 5; i += 1)
      await paper.client.createOrder(credentials, order({ type: 'MARKET', side: 'BUY' }), paper.market)
    const known = await paper.client.myFills(credentials, symbol, { fromTime: 0 })
    const ids = () => seen.orders.flatMap(({ fills = [] }) => fills.map(({ exchangeTradeId }) => exchangeTradeId))
    await until(() => ids().length >= known.length)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(ids().sort()).toEqual(known.map(({ exchangeTradeId }) => exchangeTradeId).sort())
  })
})

describe('public trades', () => {
  it('come as prints with exact amounts, and again after a disconnection', async () => {
    await paper.hold('60000')
    const { url } = paper.simulator
    const market = paper.registry.marketDataClient('kucoin', {
      restUrl: `${url}/kucoin`,
      streamUrl: `${url.replace('http', 'ws')}/kucoin`,
    })
    const prints: TradePrint[] = []
    const states: StreamState[] = []
    handles.push(
      market.streamTrades([symbol, 'ETH/USDT'], {
        onTrade: (print) => prints.push(print),
        onState: (state) => states.push(state),
        onUnreadable: (text, reason) => {
          throw new Error(`${reason}: ${text}`)
        },
      }),
    )
    await until(() => states.some(({ kind }) => kind === 'CONNECTED'))
    await paper.hold('61000')
    const first = await until(() => prints.find((print) => print.symbol === symbol && d(print.price).eq('61000')))
    expect(Math.abs(first.tradeTime - Date.now())).toBeLessThan(5000)
    const native = paper.simulator.exchange.market.lastTrade('BTCUSDT')
    expect([first.tradeId, first.isBuyerMaker]).toEqual([String(native?.id), native?.isBuyerMaker])
    await paper.faults({ disconnectStreams: true })
    await until(() => states.filter(({ kind }) => kind === 'CONNECTED').length === 2)
    await paper.hold('62000')
    await until(() => prints.find((print) => print.symbol === symbol && d(print.price).eq('62000')))
    expect(Math.abs((await market.serverTime()) - Date.now())).toBeLessThan(2000)
  })
})
