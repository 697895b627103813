import { describe, expect, it } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import {
  CANCELED_ORDER,
  NEW_MARKET_ORDER,
  OCO_LIST,
  QUERIED_STOP_ORDER,
} from '@/lib/exchanges/binance/fixtures/answers'
import { mapOrder, mapStatus } from '@/lib/exchanges/binance/map-order'
import { orderListSchema, orderSchema } from '@/lib/exchanges/binance/schemas'

const map = (answer: unknown) => mapOrder(orderSchema.parse(answer), 'BTC/USDT')

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
