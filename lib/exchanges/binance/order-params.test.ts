import { describe, expect, it } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { type OcoRequest, ORDER_TYPES, type OrderRequest } from '@/lib/domain/order/order'
import { newOrderParams, ocoParams, otoParams } from '@/lib/exchanges/binance/order-params'

const base: OrderRequest = {
  clientOrderId: 'ID',
  symbol: 'BTC/USDT',
  side: 'SELL',
  type: 'LIMIT',
  quantity: d('0.5'),
}
const defined = (params: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined))

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
    const distance = type === 'TRAILING_STOP' ? { trailingDelta: 150 } : {}
    expect(defined(newOrderParams({ ...base, type, ...distance }, 'BTCUSDT'))).toEqual({
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
      expect(newOrderParams({ ...base, type }, 'BTCUSDT')['type']).toBeDefined()
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
    for (const name of ['newClientOrderId', 'side', 'type', 'quantity', 'timestamp', 'signature'])
      expect(() => newOrderParams({ ...base, nativeParams: { [name]: 'x' } }, 'BTCUSDT')).toThrow(TradingError)
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

describe('otoParams', () => {
  const working: OrderRequest = { ...base, side: 'BUY', type: 'LIMIT', clientOrderId: 'W', limitPrice: d('95') }

  it('names the two orders by their places', () => {
    const pending = { ...base, clientOrderId: 'P', stopPrice: d('90'), type: 'STOP_MARKET' as const }
    expect(defined(otoParams({ clientOrderListId: 'L', working, pending }, 'BTCUSDT'))).toEqual({
      symbol: 'BTCUSDT',
      listClientOrderId: 'L',
      workingSide: 'BUY',
      workingType: 'LIMIT',
      workingTimeInForce: 'GTC',
      workingQuantity: '0.5',
      workingPrice: '95',
      workingClientOrderId: 'W',
      pendingSide: 'SELL',
      pendingType: 'STOP_LOSS',
      pendingQuantity: '0.5',
      pendingStopPrice: '90',
      pendingClientOrderId: 'P',
      newOrderRespType: 'FULL',
    })
  })

  it('gives a pair the places above and below, and native parameters those of their order', () => {
    const pair = {
      side: 'SELL' as const,
      quantity: d('0.4'),
      takeProfit: { clientOrderId: 'TP', limitPrice: d('110') },
      stopLoss: { clientOrderId: 'SL', stopPrice: d('90') },
    }
    const iceberg = { ...working, nativeParams: { icebergQty: '0.1' } }
    expect(otoParams({ clientOrderListId: 'L', working: iceberg, pending: pair }, 'BTCUSDT')).toMatchObject({
      workingIcebergQty: '0.1',
      pendingSide: 'SELL',
      pendingQuantity: '0.4',
      pendingAboveType: 'LIMIT_MAKER',
      pendingAboveClientOrderId: 'TP',
      pendingAbovePrice: '110',
      pendingBelowType: 'STOP_LOSS',
      pendingBelowClientOrderId: 'SL',
      pendingBelowStopPrice: '90',
    })
    const stolen = { ...working, nativeParams: { clientOrderId: 'x' } }
    expect(() => otoParams({ clientOrderListId: 'L', working: stolen, pending: pair }, 'BTCUSDT')).toThrow(TradingError)
  })
})
