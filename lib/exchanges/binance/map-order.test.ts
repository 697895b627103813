import { describe, expect, it } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { ORDER_TYPES, type OcoRequest, type OrderRequest } from '@/lib/domain/order/order'
import {
  CANCELED_ORDER,
  NEW_MARKET_ORDER,
  OCO_LIST,
  QUERIED_STOP_ORDER,
} from '@/lib/exchanges/binance/fixtures/answers'
import { mapOrder, mapStatus, newOrderParams, ocoParams } from '@/lib/exchanges/binance/map-order'
import { orderListSchema, orderSchema } from '@/lib/exchanges/binance/schemas'

const map = (answer: unknown) => mapOrder(orderSchema.parse(answer), 'BTC/USDT')
const base: OrderRequest = { clientOrderId: 'ID', symbol: 'BTC/USDT', side: 'SELL', type: 'LIMIT', quantity: d('0.5') }
const defined = (params: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined))

describe('mapOrder', () => {
  it('reads a filled market order with its executions', () => {
    const order = map(NEW_MARKET_ORDER)
    expect(order).toMatchObject({
      status: 'FILLED',
      type: 'MARKET',
      exchangeOrderId: '28457123',
      createdTime: 1_763_800_000_123,
    })
    expect(order.limitPrice).toBeUndefined()
    expect(order.exchangeListId).toBeUndefined()
    expect(order.fills?.map((fill) => [fill.exchangeTradeId, fill.quoteQuantity.toFixed(), fill.liquidity])).toEqual([
      ['5001', '547.404', 'TAKER'],
      ['5002', '364.941', 'TAKER'],
    ])
    expect(order.native).toMatchObject({ selfTradePreventionMode: 'NONE' })
  })

  it('reads a resting stop order in a list', () => {
    expect(map(QUERIED_STOP_ORDER)).toMatchObject({
      status: 'ACCEPTED',
      type: 'STOP_LIMIT',
      exchangeListId: '77',
      updatedTime: 1_763_800_002_000,
    })
    expect(map(QUERIED_STOP_ORDER).stopPrice?.toFixed()).toBe('88100')
    expect(map(QUERIED_STOP_ORDER).fills).toBeUndefined()
  })

  it("takes the order's own client id from a cancel's answer", () => {
    expect(map(CANCELED_ORDER)).toMatchObject({ clientOrderId: '01JCZX5V6W3K9Q2N8R4T7Y1B0P', status: 'CANCELED' })
  })

  it('reads list reports', () => {
    const list = orderListSchema.parse(OCO_LIST)
    expect(list.orderReports?.map((report) => mapOrder(report, 'BTC/USDT').type)).toEqual(['STOP_LIMIT', 'LIMIT'])
  })

  it.each([
    ['NEW', 'ACCEPTED'],
    ['PENDING_NEW', 'ACCEPTED'],
    ['PARTIALLY_FILLED', 'PARTIALLY_FILLED'],
    ['FILLED', 'FILLED'],
    ['CANCELED', 'CANCELED'],
    ['PENDING_CANCEL', 'CANCELED'],
    ['REJECTED', 'REJECTED'],
    ['EXPIRED', 'EXPIRED'],
    ['EXPIRED_IN_MATCH', 'EXPIRED'],
  ])('status %s is %s', (native, ours) => {
    expect(mapStatus(native)).toBe(ours)
  })

  it('fails loudly on an unknown status, and keeps an unknown field', () => {
    const read = () => map({ ...QUERIED_STOP_ORDER, status: 'SUSPENDED' })
    expect(read).toThrow(TradingError)
    expect(read).toThrow(/SUSPENDED/)
    expect(map({ ...QUERIED_STOP_ORDER, novelty: 1 }).native).toMatchObject({ novelty: 1 })
  })

  it('refuses an id that a JSON number cannot hold', () => {
    expect(orderSchema.safeParse({ ...QUERIED_STOP_ORDER, orderId: 2 ** 60 }).success).toBe(false)
  })
})

describe('newOrderParams', () => {
  it.each([
    ['MARKET', 'MARKET', {}],
    ['LIMIT', 'LIMIT', { timeInForce: 'GTC' }],
    ['STOP_MARKET', 'STOP_LOSS', {}],
    ['STOP_LIMIT', 'STOP_LOSS_LIMIT', { timeInForce: 'GTC' }],
    ['TAKE_PROFIT_MARKET', 'TAKE_PROFIT', {}],
    ['TAKE_PROFIT_LIMIT', 'TAKE_PROFIT_LIMIT', { timeInForce: 'GTC' }],
    ['TRAILING_STOP', 'STOP_LOSS', { trailingDelta: '150' }],
  ] as const)('%s becomes %s', (type, native, more) => {
    const nativeParams: Record<string, string> = type === 'TRAILING_STOP' ? { trailingDelta: '150' } : {}
    expect(defined(newOrderParams({ ...base, type, nativeParams }, 'BTCUSDT'))).toEqual({
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: native,
      quantity: '0.5',
      newClientOrderId: 'ID',
      newOrderRespType: 'FULL',
      ...more,
    })
  })

  it('covers every order type', () => {
    for (const type of ORDER_TYPES) {
      expect(newOrderParams({ ...base, type, nativeParams: { trailingDelta: '10' } }, 'BTCUSDT')['type']).toBeDefined()
    }
  })

  it('writes small amounts without an exponent', () => {
    expect(newOrderParams({ ...base, quantity: d('0.00000001') }, 'SHIBBTC')['quantity']).toBe('0.00000001')
  })

  it('makes a post-only order a LIMIT_MAKER without time in force', () => {
    const params = newOrderParams({ ...base, isPostOnly: true, limitPrice: d('1') }, 'BTCUSDT')
    expect(defined(params)).toMatchObject({ type: 'LIMIT_MAKER', price: '1' })
    expect(params['timeInForce']).toBeUndefined()
  })

  it('passes native parameters through, but not the identity of the order', () => {
    expect(newOrderParams({ ...base, nativeParams: { icebergQty: '0.1' } }, 'BTCUSDT')['icebergQty']).toBe('0.1')
    expect(() => newOrderParams({ ...base, nativeParams: { newClientOrderId: 'x' } }, 'BTCUSDT')).toThrow(TradingError)
    expect(() => newOrderParams({ ...base, type: 'TRAILING_STOP' }, 'BTCUSDT')).toThrow(/trailingDelta/)
  })
})

describe('ocoParams', () => {
  const oco: OcoRequest = {
    clientOrderListId: 'L',
    symbol: 'BTC/USDT',
    side: 'SELL',
    quantity: d('1'),
    takeProfit: { clientOrderId: 'TP', limitPrice: d('110') },
    stopLoss: { clientOrderId: 'SL', stopPrice: d('90') },
  }

  it('puts the profit of a sale above and its stop below', () => {
    expect(defined(ocoParams(oco, 'BTCUSDT'))).toEqual({
      symbol: 'BTCUSDT',
      listClientOrderId: 'L',
      side: 'SELL',
      quantity: '1',
      aboveType: 'LIMIT_MAKER',
      aboveClientOrderId: 'TP',
      abovePrice: '110',
      belowType: 'STOP_LOSS',
      belowClientOrderId: 'SL',
      belowStopPrice: '90',
      newOrderRespType: 'FULL',
    })
  })

  it('mirrors a purchase, with a limit on its stop', () => {
    const stopLoss = { clientOrderId: 'SL', stopPrice: d('110'), limitPrice: d('111') }
    const params = defined(
      ocoParams({ ...oco, side: 'BUY', takeProfit: { clientOrderId: 'TP', limitPrice: d('90') }, stopLoss }, 'X'),
    )
    expect(params).toMatchObject({ belowType: 'LIMIT_MAKER', belowPrice: '90', aboveType: 'STOP_LOSS_LIMIT' })
    expect(params).toMatchObject({ aboveStopPrice: '110', abovePrice: '111', aboveTimeInForce: 'GTC' })
  })
})
