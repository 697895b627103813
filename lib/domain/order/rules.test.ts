import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import { parseDecimal as d, ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, OcoRequest, OrderRequest } from '@/lib/domain/order/order'
import { applyAmendRules, applyMarketRules, applyOcoRules, applyOtoRules } from '@/lib/domain/order/rules'

const market: Instrument = {
  symbol: 'BTC/USDT',
  exchangeSymbol: 'BTCUSDT',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  tickSize: d('0.01'),
  stepSize: d('0.00001'),
  minQuantity: d('0.00001'),
  maxQuantity: d('9000'),
  marketStepSize: d('0.00001'),
  marketMaxQuantity: d('120'),
  quoteStepSize: d('0.00000001'),
  minNotional: d('5'),
  isTrading: true,
  isOcoAllowed: true,
  orderTypes: [],
}
const limit: OrderRequest = {
  clientOrderId: '01H',
  symbol: 'BTC/USDT',
  side: 'BUY',
  type: 'LIMIT',
  quantity: d('0.123456789'),
  limitPrice: d('30000.005'),
}
const refusal = (run: () => unknown): TradingError => {
  try {
    run()
  } catch (error) {
    if (error instanceof TradingError) return error
  }
  throw new Error('nothing was refused')
}

describe('applyMarketRules', () => {
  it('rounds the price to the tick and the quantity down', () => {
    const rounded = applyMarketRules(limit, market)
    expect(rounded.limitPrice?.toFixed()).toBe('30000.01')
    expect(rounded.quantity?.toFixed()).toBe('0.12345')
  })

  it.each([
    ['MIN_QUANTITY', { quantity: d('0.000001') }, '0.00001'],
    ['MAX_QUANTITY', { quantity: d('9001') }, '9000'],
    ['MIN_NOTIONAL', { quantity: d('0.00016'), limitPrice: d('30000') }, '0.00017'],
    ['TICK_SIZE', { limitPrice: d('0.001') }, '0.01'],
  ])('names the rule %s and the nearest value', (rule, change, nearest) => {
    const error = refusal(() => applyMarketRules({ ...limit, ...change }, market))
    expect([error.code, error.outcome, error.rule, error.nearest]).toEqual(['INVALID_ORDER', 'NOT_SENT', rule, nearest])
  })

  it('uses the market limits for market orders, and checks their value when a price is known', () => {
    const { limitPrice: _, ...rest } = limit
    const order: OrderRequest = { ...rest, type: 'MARKET', quantity: d('121') }
    expect(refusal(() => applyMarketRules(order, market)).rule).toBe('MAX_QUANTITY')
    const small = { ...order, quantity: d('0.0001') }
    expect(applyMarketRules(small, market).quantity?.toFixed()).toBe('0.0001')
    expect(refusal(() => applyMarketRules(small, market, d('30000'))).rule).toBe('MIN_NOTIONAL')
  })

  it.each([
    ['QUANTITY', { quoteQuantity: d('10') }],
    ['LIMIT_PRICE', { type: 'MARKET' as const }],
    ['STOP_PRICE', { type: 'STOP_LIMIT' as const }],
  ])('refuses an incoherent request: %s', (rule, change) => {
    expect(refusal(() => applyMarketRules({ ...limit, ...change }, market)).rule).toBe(rule)
  })

  it('refuses a pair that does not trade', () => {
    expect(refusal(() => applyMarketRules(limit, { ...market, isTrading: false })).rule).toBe('NOT_TRADING')
  })

  it('never enlarges an order, and the nearest value it names passes', () => {
    const cents = fc.integer({ min: 1, max: 10_000_000 })
    fc.assert(
      fc.property(cents, cents, (quantity, price) => {
        const request = { ...limit, quantity: d(`${quantity}e-7`), limitPrice: d(`${price}e-2`) }
        try {
          const rounded = applyMarketRules(request, market)
          expect(rounded.quantity?.lte(request.quantity)).toBe(true)
          expect(rounded.quantity?.mod(market.stepSize).isZero()).toBe(true)
        } catch (error) {
          if (!(error instanceof TradingError) || error.nearest === undefined) throw error
          // One refusal may hide a second; the values named must lead to acceptance.
          let next = { ...request, quantity: d(error.nearest) }
          const second = trial(next)
          if (second?.nearest !== undefined) next = { ...next, quantity: d(second.nearest) }
          expect(trial(next)).toBeUndefined()
        }
      }),
    )
  })
})

const trial = (request: OrderRequest): TradingError | undefined => {
  try {
    applyMarketRules(request, market)
    return undefined
  } catch (error) {
    if (error instanceof TradingError) return error
    throw error
  }
}

describe('applyOcoRules', () => {
  const oco: OcoRequest = {
    clientOrderListId: 'L',
    symbol: 'BTC/USDT',
    side: 'SELL',
    quantity: d('0.0100001'),
    takeProfit: { clientOrderId: 'A', limitPrice: d('32000.001') },
    stopLoss: { clientOrderId: 'B', stopPrice: d('29000'), limitPrice: d('28999.999') },
  }

  it('rounds every leg', () => {
    const rounded = applyOcoRules(oco, market)
    expect([rounded.quantity, rounded.takeProfit.limitPrice, rounded.stopLoss.limitPrice].map(String)).toEqual([
      '0.01',
      '32000',
      '29000',
    ])
  })

  it('refuses prices on the wrong sides, a pair without OCO, and a leg below the minimum value', () => {
    expect(refusal(() => applyOcoRules({ ...oco, side: 'BUY' }, market)).rule).toBe('OCO_PRICES')
    expect(refusal(() => applyOcoRules(oco, { ...market, isOcoAllowed: false })).rule).toBe('OCO')
    const low = { ...oco, stopLoss: { clientOrderId: 'B', stopPrice: d('1') } }
    expect(refusal(() => applyOcoRules(low, market)).rule).toBe('MIN_NOTIONAL')
  })

  it('accepts a market without rules', () => {
    const bare = { ...market, tickSize: ZERO, stepSize: ZERO, minQuantity: ZERO, maxQuantity: ZERO, minNotional: ZERO }
    expect(applyOcoRules(oco, bare).quantity.toFixed()).toBe('0.0100001')
  })
})

describe('trailing stops', () => {
  const trailing: OrderRequest = {
    clientOrderId: '01H',
    symbol: 'BTC/USDT',
    side: 'SELL',
    type: 'TRAILING_STOP',
    quantity: d('1'),
    trailingDelta: 150,
  }

  it('need a distance in whole basis points, and take the price from which they trail', () => {
    expect(applyMarketRules(trailing, market).trailingDelta).toBe(150)
    expect(applyMarketRules({ ...trailing, stopPrice: d('30000.005') }, market).stopPrice?.toFixed()).toBe('30000.01')
    const { trailingDelta: _distance, ...without } = trailing
    expect(refusal(() => applyMarketRules(without, market)).rule).toBe('TRAILING_DELTA')
    for (const trailingDelta of [0, 1.5, 10_000, -1, Number.NaN])
      expect(refusal(() => applyMarketRules({ ...trailing, trailingDelta }, market)).rule).toBe('TRAILING_DELTA')
  })

  it('alone have one', () => {
    expect(refusal(() => applyMarketRules({ ...limit, trailingDelta: 100 }, market)).rule).toBe('TRAILING_DELTA')
  })
})

describe('applyOtoRules', () => {
  const stop: OrderRequest = {
    ...limit,
    clientOrderId: 'P',
    side: 'SELL',
    type: 'STOP_LIMIT',
    stopPrice: d('29000.001'),
  }
  const pair = {
    side: 'SELL' as const,
    quantity: d('0.123456'),
    takeProfit: { clientOrderId: 'TP', limitPrice: d('31000.001') },
    stopLoss: { clientOrderId: 'SL', stopPrice: d('29000') },
  }

  it('rounds both orders, or the pair', () => {
    const one = applyOtoRules({ clientOrderListId: 'L', working: limit, pending: stop }, market)
    expect(one.working.quantity?.toFixed()).toBe('0.12345')
    expect('type' in one.pending && one.pending.stopPrice?.toFixed()).toBe('29000')
    const two = applyOtoRules({ clientOrderListId: 'L', working: limit, pending: pair }, market)
    expect('takeProfit' in two.pending && two.pending.takeProfit.limitPrice.toFixed()).toBe('31000')
    expect('takeProfit' in two.pending && two.pending.quantity.toFixed()).toBe('0.12345')
  })

  it('refuses a first order that is no limit order, another pair, and an amount to spend', () => {
    const { limitPrice: _price, ...market_ } = limit
    const oto = (working: OrderRequest, pending: OrderRequest) => () =>
      applyOtoRules({ clientOrderListId: 'L', working, pending }, market)
    expect(refusal(oto({ ...market_, type: 'MARKET' }, stop)).rule).toBe('OTO')
    expect(refusal(oto(limit, { ...stop, symbol: 'ETH/USDT' })).rule).toBe('OTO')
    const { quantity: _quantity, ...unsized } = market_
    expect(refusal(oto(limit, { ...unsized, type: 'MARKET', quoteQuantity: d('50') })).rule).toBe('QUANTITY')
  })
})

describe('applyAmendRules', () => {
  const target: ExchangeOrder = {
    clientOrderId: 'C',
    exchangeOrderId: '1',
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: 'LIMIT',
    status: 'PARTIALLY_FILLED',
    quantity: d('1'),
    filledQuantity: d('0.4'),
    filledQuoteQuantity: d('12000'),
    limitPrice: d('30000'),
    createdTime: 1,
    updatedTime: 1,
    native: null,
  }

  it('rounds what changes and leaves the rest out', () => {
    const changed = applyAmendRules(target, { quantity: d('0.512345678'), limitPrice: d('29000.001') }, market)
    expect([changed.quantity?.toFixed(), changed.limitPrice?.toFixed(), changed.stopPrice]).toEqual([
      '0.51234',
      '29000',
      undefined,
    ])
    expect(applyAmendRules(target, {}, market)).toEqual({})
  })

  it('refuses less than is filled, and what the market does not take', () => {
    expect(refusal(() => applyAmendRules(target, { quantity: d('0.4') }, market)).rule).toBe('QUANTITY')
    const fresh = { ...target, filledQuantity: ZERO }
    expect(refusal(() => applyAmendRules(fresh, { quantity: d('0.0001') }, market)).rule).toBe('MIN_NOTIONAL')
    expect(refusal(() => applyAmendRules(fresh, { limitPrice: d('0.001') }, market)).rule).toBe('TICK_SIZE')
  })
})
