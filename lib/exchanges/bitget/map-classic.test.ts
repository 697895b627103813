import { describe, expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import { DEDUCTED_FEE, FILL, MARKET_BUY, ORDER_INFO, PLAN_ORDER, UNFILLED_ORDER } from './fixtures/answers'
import { mapFee, mapFill, mapOrder, mapPlan, placeBody, planBody } from './map-classic'
import { fillSchema, orderSchema, planSchema } from './schemas'

const symbol = 'BTC/USDT'
const texts = (order: ReturnType<typeof mapOrder>) => [
  order.quantity.toFixed(),
  order.filledQuantity.toFixed(),
  order.filledQuoteQuantity.toFixed(),
  order.limitPrice?.toFixed(),
]

describe('orders', () => {
  it('reads one of orderInfo', () => {
    const order = mapOrder(orderSchema.parse(ORDER_INFO), symbol)
    expect(order).toMatchObject({
      clientOrderId: ORDER_INFO.clientOid,
      exchangeOrderId: '1111461743123927040',
      side: 'BUY',
      type: 'LIMIT',
      status: 'ACCEPTED',
      createdTime: 1700719050198,
    })
    expect(texts(order)).toEqual(['0.0002', '0', '0', '25000'])
    expect(order.native).toMatchObject({ enterPointSource: 'API' })
  })

  it('takes the limit of an unfilled order from its average price, where that list has it', () => {
    const order = mapOrder(orderSchema.parse(UNFILLED_ORDER), symbol)
    expect(texts(order)).toEqual(['0.0002', '0.0001', '2.50015', '25000'])
    expect(order.status).toBe('PARTIALLY_FILLED')
  })

  it('does not take the amount that a purchase spends for a quantity', () => {
    expect(texts(mapOrder(orderSchema.parse(MARKET_BUY), symbol))).toEqual(['0.0003', '0.0003', '11.34', undefined])
  })

  it('refuses words that it does not know', () => {
    for (const part of [{ status: 'novel' }, { orderType: 'iceberg' }, { side: 'both' }])
      expect(() => mapOrder(orderSchema.parse({ ...ORDER_INFO, ...part }), symbol)).toThrow('not known')
  })
})

describe('plan orders', () => {
  it.each([
    ['buy', '25000', 'STOP_LIMIT'],
    ['buy', '27000', 'TAKE_PROFIT_LIMIT'],
    ['sell', '25000', 'TAKE_PROFIT_LIMIT'],
    ['sell', '27000', 'STOP_LIMIT'],
  ])('tells the kind of a %s with its trigger at 26000 by the last price %s', (side, last, type) => {
    const { order, isFired } = mapPlan(planSchema.parse({ ...PLAN_ORDER, side }), symbol, d(last))
    expect([order.type, order.status, isFired]).toEqual([type, 'ACCEPTED', false])
    expect([order.stopPrice?.toFixed(), order.limitPrice?.toFixed()]).toEqual(['26000', '25000'])
  })

  it.each([
    ['executed', 'TRIGGERED', true],
    ['fail_execute', 'REJECTED', false],
    ['cancelled', 'CANCELED', false],
  ])('reads the status %s', (status, ours, isFired) => {
    const plan = mapPlan(planSchema.parse({ ...PLAN_ORDER, status }), symbol)
    expect([plan.order.status, plan.isFired]).toEqual([ours, isFired])
  })
})

describe('executions', () => {
  it('turns a fee that was taken away into a positive one', () => {
    const fill = mapFill(fillSchema.parse(FILL), symbol)
    expect([fill.fee.toFixed(), fill.feeAsset, fill.liquidity, fill.side]).toEqual([
      '0.005693536',
      'USDT',
      'TAKER',
      'SELL',
    ])
    expect(fill.quoteQuantity.toFixed()).toBe('5.693536')
  })

  it('reads a fee paid in another coin, in each of its forms', () => {
    for (const detail of [DEDUCTED_FEE, [DEDUCTED_FEE], JSON.stringify(DEDUCTED_FEE)])
      expect(mapFee(detail, -1)).toEqual({ fee: d('0.0171558774'), feeAsset: 'BGB' })
  })

  it('keeps a rebate negative, and nothing at zero', () => {
    expect(mapFee({ feeCoin: 'USDT', totalFee: '0.01' }, -1).fee.toFixed()).toBe('-0.01')
    expect(mapFee({ feeCoin: 'USDT', totalFee: '' }, -1).fee.toFixed()).toBe('0')
  })
})

describe('bodies', () => {
  const request: OrderRequest = { clientOrderId: 'ID', symbol, side: 'BUY', type: 'LIMIT', quantity: d('0.001') }

  it('places limit orders with their force, and purchases at market by what they spend', () => {
    expect(placeBody({ ...request, limitPrice: d('50000'), timeInForce: 'FOK' }, 'BTCUSDT')).toEqual({
      symbol: 'BTCUSDT',
      side: 'buy',
      orderType: 'limit',
      force: 'fok',
      price: '50000',
      size: '0.001',
      clientOid: 'ID',
    })
    const { quantity: _, ...spending } = { ...request, type: 'MARKET' as const, quoteQuantity: d('11.34') }
    expect(placeBody(spending, 'BTCUSDT')).toMatchObject({ orderType: 'market', size: '11.34' })
    expect(placeBody({ ...request, isPostOnly: true }, 'BTCUSDT')['force']).toBe('post_only')
  })

  it('places plan orders with a size in the base asset', () => {
    const plan = { ...request, type: 'STOP_MARKET' as const, stopPrice: d('60000') }
    expect(planBody(plan, 'BTCUSDT')).toMatchObject({
      triggerPrice: '60000',
      orderType: 'market',
      planType: 'amount',
      triggerType: 'fill_price',
      size: '0.001',
      clientOid: 'ID',
    })
    const native = { ...plan, nativeParams: { triggerType: 'mark_price' } }
    expect(planBody(native, 'BTCUSDT')['triggerType']).toBe('mark_price')
  })

  it('hands native parameters on, but for what the bot sets itself', () => {
    expect(placeBody({ ...request, nativeParams: { stpMode: 'cancel_taker' } }, 'BTCUSDT')).toMatchObject({
      stpMode: 'cancel_taker',
    })
    for (const nativeParams of [{ clientOid: 'x' }, { size: '5' }, { tpslType: 'tpsl' }])
      expect(() => placeBody({ ...request, nativeParams }, 'BTCUSDT')).toThrow()
  })
})
