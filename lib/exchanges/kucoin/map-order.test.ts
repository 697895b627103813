import { describe, expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import { FILL, OCO_DETAILS, ORDER, STOP_ORDER, UNIFIED_ORDER } from '@/lib/exchanges/kucoin/fixtures/answers'
import { mapOco } from '@/lib/exchanges/kucoin/map-oco'
import { mapFill, mapOrder, mapStopOrder } from '@/lib/exchanges/kucoin/map-order'
import { mapUnifiedOrder } from '@/lib/exchanges/kucoin/map-unified'
import { classicOrderJson, ocoJson, unifiedOrderJson } from '@/lib/exchanges/kucoin/order-params'
import * as s from '@/lib/exchanges/kucoin/schemas'
import { unifiedOrderSchema } from '@/lib/exchanges/kucoin/unified-schemas'

describe('orders', () => {
  it('are read whole', () => {
    expect(mapOrder(s.orderSchema.parse(ORDER))).toMatchObject({
      clientOrderId: ORDER.clientOid,
      exchangeOrderId: ORDER.id,
      symbol: 'BTC/USDT',
      side: 'BUY',
      type: 'LIMIT',
      status: 'PARTIALLY_FILLED',
      timeInForce: 'GTC',
      quantity: d('0.00002'),
      filledQuantity: d('0.00001'),
      filledQuoteQuantity: d('0.677176'),
      limitPrice: d('70000'),
      createdTime: 1729577515444,
      updatedTime: 1729577515481,
    })
  })

  it.each([
    [{ active: true, dealSize: '0' }, 'ACCEPTED'],
    [{ active: true }, 'PARTIALLY_FILLED'],
    [{ active: false, cancelExist: false }, 'FILLED'],
    [{ active: false, cancelExist: true }, 'CANCELED'],
  ])('%j is %s', (state, status) => {
    expect(mapOrder(s.orderSchema.parse({ ...ORDER, ...state })).status).toBe(status)
  })

  it('do not count what was canceled while they went on', () => {
    expect(mapOrder(s.orderSchema.parse({ ...ORDER, cancelledSize: '0.000005' })).quantity.toFixed()).toBe('0.000015')
  })

  it('by an amount to spend have the quantity that was executed', () => {
    const market = { ...ORDER, type: 'market', price: '0', size: '0', funds: '1', active: false }
    const order = mapOrder(s.orderSchema.parse(market))
    expect([order.type, order.quantity.toFixed(), order.limitPrice]).toEqual(['MARKET', '0.00001', undefined])
  })

  it('of a kind that is not known are no guess', () => {
    for (const odd of [{ type: 'novel' }, { side: 'both' }])
      expect(() => mapOrder(s.orderSchema.parse({ ...ORDER, ...odd }))).toThrow(
        expect.objectContaining({ code: 'UNKNOWN_OUTCOME', outcome: 'UNKNOWN' }),
      )
    for (const odd of [{ status: 'NOVEL' }, { stop: 'novel' }])
      expect(() => mapStopOrder(s.stopOrderSchema.parse({ ...STOP_ORDER, ...odd }))).toThrow(/not known/)
    expect(() => mapUnifiedOrder(unifiedOrderSchema.parse({ ...UNIFIED_ORDER, status: 9 }))).toThrow(/not known/)
  })

  it('have fills with fee and exact ids', () => {
    expect(mapFill(s.fillSchema.parse(FILL))).toMatchObject({
      exchangeTradeId: '11029373945659393',
      exchangeOrderId: ORDER.id,
      fee: d('0.000677176'),
      feeAsset: 'USDT',
      liquidity: 'TAKER',
      quoteQuantity: d('0.677176'),
    })
  })
})

describe('conditional orders', () => {
  it.each([
    ['sell', 'loss', 'market', 'STOP_MARKET'],
    ['sell', 'loss', 'limit', 'STOP_LIMIT'],
    ['sell', 'entry', 'limit', 'TAKE_PROFIT_LIMIT'],
    ['buy', 'entry', 'market', 'STOP_MARKET'],
    ['buy', 'loss', 'market', 'TAKE_PROFIT_MARKET'],
    ['buy', 'loss', 'limit', 'TAKE_PROFIT_LIMIT'],
  ])('%s %s %s is %s, there and back, in both account systems', (side, stop, type, ours) => {
    const native = { ...STOP_ORDER, side, stop, type, ...(type === 'market' ? { price: null } : {}) }
    const order = mapStopOrder(s.stopOrderSchema.parse(native))
    expect([order.type, order.status, order.stopPrice?.toFixed()]).toEqual([ours, 'ACCEPTED', '60000'])
    const request: OrderRequest = {
      clientOrderId: 'ID',
      symbol: 'BTC/USDT',
      side: order.side,
      type: order.type,
      quantity: d('1'),
      stopPrice: d('60000'),
      ...(type === 'limit' ? { limitPrice: d('50000') } : {}),
    }
    expect(classicOrderJson(request, 'BTC-USDT')).toMatchObject({ side, stop, type, stopPrice: '60000' })
    const triggerDirection = stop === 'entry' ? 'UP' : 'DOWN'
    expect(unifiedOrderJson(request, 'BTC-USDT')).toMatchObject({ triggerDirection, triggerPrice: '60000' })
    const triggered = { ...UNIFIED_ORDER, side: order.side, orderType: type.toUpperCase(), triggerDirection }
    expect(mapUnifiedOrder(unifiedOrderSchema.parse({ ...triggered, triggerPrice: '60000' })).type).toBe(ours)
  })
})

describe('unified orders', () => {
  it('are read with times of nanoseconds and sizes of either asset', () => {
    const order = mapUnifiedOrder(unifiedOrderSchema.parse(UNIFIED_ORDER))
    expect(order).toMatchObject({
      exchangeOrderId: '426319129738321920',
      status: 'PARTIALLY_FILLED',
      quantity: d('0.003'),
      filledQuantity: d('0.001'),
      filledQuoteQuantity: d('0.9995'),
      createdTime: 1774455603156,
    })
    const spent = { ...UNIFIED_ORDER, sizeUnit: 'QUOTECCY', orderType: 'MARKET', size: '10', filledSize: '9.995' }
    expect(mapUnifiedOrder(unifiedOrderSchema.parse({ ...spent, status: 3 }))).toMatchObject({
      status: 'FILLED',
      quantity: d('0.01'),
      filledQuoteQuantity: d('9.995'),
    })
  })
})

describe('pairs', () => {
  const details = s.ocoDetailsSchema.parse(OCO_DETAILS)
  const ids = { clientOrderListId: 'L', takeProfit: { clientOrderId: 'T' }, stopLoss: { clientOrderId: 'S' } }

  it.each([
    ['buy', ['T', 'S']],
    ['sell', ['S', 'T']],
  ])('of a %s tell their legs apart by their triggers, in any order', (side, expected) => {
    const orders = details.orders.map((leg) => ({ ...leg, side }))
    expect(mapOco({ ...details, orders }, ids, null).orders.map((leg) => leg.clientOrderId)).toEqual(expected)
    const reversed = mapOco({ ...details, orders: orders.toReversed() }, ids, null)
    expect(reversed.orders.map((leg) => leg.clientOrderId)).toEqual(expected.toReversed())
  })

  it('show the order that a leg became, under the id of the leg', () => {
    const orders = details.orders.map((leg, i) => ({ ...leg, status: i === 0 ? 'TRIGGERED' : 'CANCELED' }))
    const placed = mapOrder(s.orderSchema.parse({ ...ORDER, active: false }))
    const list = mapOco({ ...details, orders }, ids, placed)
    expect(list.isOpen).toBe(false)
    expect(list.orders[0]).toMatchObject({ clientOrderId: 'T', status: 'FILLED', exchangeOrderId: ORDER.id })
  })

  it('go by their own id where ours are not known', () => {
    const list = mapOco(details, { clientOrderListId: 'L' }, null)
    expect(list.orders.map((leg) => leg.clientOrderId)).toEqual([details.clientOid, details.clientOid])
  })

  it('are asked for with one client id, and only with a limit price for the stop', () => {
    const request = {
      clientOrderListId: 'L',
      symbol: 'BTC/USDT',
      side: 'SELL',
      quantity: d('1'),
      takeProfit: { clientOrderId: 'T', limitPrice: d('110') },
      stopLoss: { clientOrderId: 'S', stopPrice: d('90'), limitPrice: d('89') },
    } as const
    expect(ocoJson(request, 'BTC-USDT')).toMatchObject({
      clientOid: 'L',
      price: '110',
      stopPrice: '90',
      limitPrice: '89',
    })
    const { limitPrice: _, ...stopLoss } = request.stopLoss
    expect(() => ocoJson({ ...request, stopLoss }, 'BTC-USDT')).toThrow(/limit price/)
  })
})

describe('native parameters', () => {
  const request: OrderRequest = {
    clientOrderId: 'ID',
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: 'LIMIT',
    quantity: d('1'),
    limitPrice: d('2'),
  }

  it('are handed on as what they are', () => {
    const nativeParams = { hidden: 'true', cancelAfter: '60', stp: 'CN', timeInForce: 'GTT' }
    expect(classicOrderJson({ ...request, nativeParams }, 'BTC-USDT')).toMatchObject({
      hidden: true,
      cancelAfter: 60,
      stp: 'CN',
      timeInForce: 'GTT',
    })
  })

  it.each(['clientOid', 'size', 'side', 'stopPrice'])('may not replace %s', (name) => {
    const nativeParams = { [name]: 'x' }
    for (const build of [classicOrderJson, unifiedOrderJson])
      expect(() => build({ ...request, nativeParams }, 'BTC-USDT')).toThrow(
        expect.objectContaining({ code: 'BAD_REQUEST', outcome: 'NOT_SENT' }),
      )
  })
})
