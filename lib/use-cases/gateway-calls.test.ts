import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { CALLS } from '@/lib/use-cases/gateway-calls'

const market = {
  clientOrderId: 'a',
  exchangeOrderId: '1',
  symbol: 'BTC/USDT',
  side: 'BUY' as const,
  type: 'MARKET' as const,
  status: 'FILLED' as const,
  quantity: d('0.00000001'),
  filledQuantity: d('0.00000001'),
  filledQuoteQuantity: d('0.0006'),
  createdTime: 1,
  updatedTime: 2,
  native: { any: 'thing' },
}

describe('answers of the gateway', () => {
  it.each([
    ['an order without prices', market],
    ['an order with its prices', { ...market, limitPrice: d('1.5'), stopPrice: d('1e-8') }],
  ])('%s survives the journey', (_, order) => {
    const { answer } = CALLS.open_orders
    const wire: unknown = JSON.parse(JSON.stringify(z.encode(answer, [order])))
    expect(answer.parse(wire)).toEqual([order])
  })
})
