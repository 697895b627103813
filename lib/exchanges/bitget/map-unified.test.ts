import { describe, expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import { PUSHED_ORDER, STRATEGY, UNIFIED_FILL, UNIFIED_ORDER } from './fixtures/answers'
import { mapPushedOrder, pushedOrderSchema } from './map-user-event'
import { mapStrategy, mapUnifiedFill, mapUnifiedOrder, strategyBody, unifiedPlaceBody } from './map-unified'
import { onlyMatch } from './plan-child'
import { strategySchema, unifiedFillSchema, unifiedOrderSchema } from './unified-schemas'

const symbol = 'BTC/USDT'

it('reads an order', () => {
  const order = mapUnifiedOrder(unifiedOrderSchema.parse(UNIFIED_ORDER), symbol)
  expect(order).toMatchObject({ type: 'LIMIT', status: 'PARTIALLY_FILLED', timeInForce: 'GTC' })
  expect([order.quantity.toFixed(), order.filledQuoteQuantity.toFixed()]).toEqual(['0.001', '20'])
})

it('reads an execution, whose fee is positive here', () => {
  const fill = mapUnifiedFill(unifiedFillSchema.parse(UNIFIED_FILL), symbol)
  expect([fill.fee.toFixed(), fill.feeAsset, fill.liquidity, fill.tradeTime]).toEqual([
    '0.00642032',
    'USDT',
    'MAKER',
    1751020520451,
  ])
})

describe('strategy orders', () => {
  it('have their kind told by the exit that they are', () => {
    const { order } = mapStrategy(strategySchema.parse(STRATEGY), symbol)
    expect([order.type, order.status, order.stopPrice?.toFixed(), order.limitPrice?.toFixed()]).toEqual([
      'STOP_LIMIT',
      'ACCEPTED',
      '114000',
      '113000',
    ])
    const profit = { ...STRATEGY, stopLoss: '', takeProfit: '120000' }
    expect(mapStrategy(strategySchema.parse(profit), symbol).order.type).toBe('TAKE_PROFIT_MARKET')
  })

  it('have it told by the last price where they are a mere trigger', () => {
    const trigger = { ...STRATEGY, stopLoss: '', triggerPrice: '110000', triggerOrderType: 'market' }
    expect(mapStrategy(strategySchema.parse(trigger), symbol, d('100000')).order.type).toBe('TAKE_PROFIT_MARKET')
    expect(mapStrategy(strategySchema.parse(trigger), symbol, d('120000')).order.type).toBe('STOP_MARKET')
  })
})

describe('the order that a strategy order placed', () => {
  const fired = { ...STRATEGY, status: 'success' }
  const plan = mapStrategy(strategySchema.parse(fired), symbol)
  const child: ExchangeOrder = {
    ...plan.order,
    clientOrderId: '1330984742276198499',
    exchangeOrderId: 'child',
    type: 'LIMIT',
    status: 'FILLED',
    createdTime: plan.order.updatedTime + 5,
  }

  it('is the only one that it can be', () => {
    expect(onlyMatch(plan, [child])).toBe('child')
    expect(onlyMatch(plan, [child, { ...child }])).toBe('child')
  })

  it.each([
    ['another side', { side: 'BUY' }],
    ['another quantity', { quantity: d('0.002') }],
    ['another limit', { limitPrice: d('113001') }],
    ['another kind', { type: 'MARKET' }],
    ['another time', { createdTime: plan.order.updatedTime + 60_000 }],
    ['an id of the bot', { clientOrderId: '01JD0000000000000000000009' }],
  ] as const)('is not one of %s', (_name, part) => {
    expect(onlyMatch(plan, [{ ...child, ...part }])).toBeNull()
  })

  it('cannot be told where there are two', () => {
    expect(onlyMatch(plan, [child, { ...child, exchangeOrderId: 'other' }])).toBeNull()
  })
})

it('makes the bodies of v3', () => {
  const request = { clientOrderId: 'ID', symbol, side: 'BUY', quantity: d('0.001') } as const
  expect(unifiedPlaceBody({ ...request, type: 'LIMIT', limitPrice: d('50000') }, 'BTCUSDT')).toEqual({
    category: 'SPOT',
    symbol: 'BTCUSDT',
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'gtc',
    price: '50000',
    qty: '0.001',
    clientOid: 'ID',
  })
  expect(strategyBody({ ...request, type: 'STOP_MARKET', stopPrice: d('60000') }, 'BTCUSDT')).toMatchObject({
    type: 'trigger',
    triggerPrice: '60000',
    triggerOrderType: 'market',
    qty: '0.001',
    triggerBy: 'market',
  })
})

it('reads a pushed order with the execution that it tells of', () => {
  const order = mapPushedOrder(pushedOrderSchema.parse(PUSHED_ORDER), 'EOS/USDT')
  expect([order.quantity.toFixed(), order.filledQuantity.toFixed(), order.filledQuoteQuantity.toFixed()]).toEqual([
    '7',
    '5',
    '4.05',
  ])
  const [fill] = order.fills ?? []
  expect([fill?.price.toFixed(), fill?.quantity.toFixed(), fill?.quoteQuantity.toFixed(), fill?.fee.toFixed()]).toEqual(
    ['0.809', '2', '1.618', '0.0019987'],
  )
  expect([fill?.feeAsset, fill?.liquidity]).toEqual(['EOS', 'TAKER'])
  const { tradeId: _, ...quiet } = PUSHED_ORDER
  expect(mapPushedOrder(pushedOrderSchema.parse(quiet), 'EOS/USDT').fills).toBeUndefined()
})
