import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Balance } from '@/lib/domain/account/balance'
import type { Credentials } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, OrderRequest } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import type { StreamState } from '@/lib/exchanges/market-data-client'
import { failure } from '../../../support/failure'
import { until } from '../../../support/until'
import { openTrading, order, type PaperBitget, type PaperTrading, SYMBOL as symbol } from './paper'

// Lost answers and the private stream, for both account systems, over real sockets.

let trading: PaperTrading
let paper: PaperBitget
let client: ExecutionClient
let market: Instrument

beforeAll(async () => {
  trading = await openTrading()
  ;({ paper, client, market } = trading)
})
afterAll(() => trading.close())

describe.each(['CLASSIC', 'UNIFIED'] as const)('a %s account', (mode) => {
  let credentials: Credentials
  const create = (request: OrderRequest) => client.createOrder(credentials, request, market)

  beforeEach(async () => {
    credentials = await paper.open(mode)
    await paper.price('60000')
  })

  describe('when an answer is lost', () => {
    const path = mode === 'CLASSIC' ? '/api/v2/spot/trade/' : '/api/v3/trade/'
    it.each([
      ['the connection is cut', { dropAnswerAfterExecution: 1 }],
      ['503', { httpStatus: { status: 503, afterExecution: true } }],
      ['no JSON', { garbage: 1 }],
    ])('after execution (%s), the order is found again, exactly once', async (_name, fault) => {
      for (const [endpoint, request] of [
        ['place-order', order({ type: 'MARKET', side: 'SELL' })],
        [
          mode === 'CLASSIC' ? 'place-plan-order' : 'place-strategy-order',
          order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('54000') }),
        ],
      ] as const) {
        await paper.faults({ path: `POST ${path}${endpoint}`, ...fault })
        expect(await failure(create(request))).toMatchObject({ code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' })
        await paper.faults({})
        const found = await client.getOrder(credentials, { symbol, clientOrderId: request.clientOrderId })
        expect(found?.status).toBe(request.type === 'MARKET' ? 'FILLED' : 'ACCEPTED')
      }
      expect(await client.orderHistory(credentials, symbol, 0)).toHaveLength(2)
    })

    it('says of a 503 before execution that nobody knows, and that there is no such order', async () => {
      await paper.faults({ path: `POST ${path}place-order`, httpStatus: { status: 503 } })
      const request = order({ type: 'MARKET', side: 'SELL' })
      expect(await failure(create(request))).toMatchObject({ code: 'UNKNOWN_OUTCOME' })
      await paper.faults({})
      expect(await client.getOrder(credentials, { symbol, clientOrderId: request.clientOrderId })).toBeNull()
    })
  })

  it('follows orders, executions and balances, over a cut connection too', async () => {
    const orders: ExchangeOrder[] = []
    const balances: Balance[] = []
    const states: StreamState['kind'][] = []
    const unreadable: string[] = []
    const handle = client.streamUser(credentials, {
      onOrder: (one) => orders.push(one),
      onBalance: (some) => balances.push(...some),
      onState: (state) => states.push(state.kind),
      onUnreadable: (_text, reason) => unreadable.push(reason),
    })
    await until(() => states.includes('CONNECTED'))
    const limit = await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: d('54000') }))
    await until(() => orders.some((one) => one.clientOrderId === limit.clientOrderId && one.status === 'ACCEPTED'))
    await client.cancelOrder(credentials, { symbol, clientOrderId: limit.clientOrderId })
    await until(() => orders.some((one) => one.clientOrderId === limit.clientOrderId && one.status === 'CANCELED'))
    const sold = await create(order({ type: 'MARKET', side: 'SELL' }))
    const fills = () =>
      orders.filter((one) => one.clientOrderId === sold.clientOrderId).flatMap((one) => one.fills ?? [])
    await until(() =>
      fills()
        .reduce((sum, fill) => sum.plus(fill.quantity), d('0'))
        .eq('0.01'),
    )
    expect(new Set(fills().map((fill) => fill.exchangeTradeId)).size).toBe(fills().length)
    expect(fills().every((fill) => fill.feeAsset === 'USDT' && fill.fee.gt(0))).toBe(true)
    await until(() => balances.some(({ asset }) => asset === 'BTC'))
    await paper.faults({ disconnectStreams: true })
    await paper.faults({})
    await until(() => states.filter((kind) => kind === 'CONNECTED').length === 2)
    const stop = await create(order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('59000') }))
    await until(() => orders.some((one) => one.clientOrderId === stop.clientOrderId && one.status === 'ACCEPTED'))
    await paper.price('58990')
    const done = await until(() =>
      orders.find((one) => one.clientOrderId === stop.clientOrderId && one.status === 'FILLED'),
    )
    expect(done.type).toBe('STOP_MARKET')
    handle.close()
    expect(states.at(-1)).toBe('CLOSED')
    expect(unreadable).toEqual([])
    const strangers = orders.filter((one) => !/^[0-9A-Z]{26}$/.test(one.clientOrderId))
    expect(strangers).toEqual([])
  })
})
