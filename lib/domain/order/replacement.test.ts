import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import { REHEARSED_INSTRUMENT } from '@/lib/domain/market/rehearsed-instrument'
import { fromInteger, parseDecimal as d, ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, OrderRequest } from '@/lib/domain/order/order'
import { applyReplacementRules, restOf } from '@/lib/domain/order/replacement'

const market: Instrument = { ...REHEARSED_INSTRUMENT, minQuantity: d('0.00002'), marketMaxQuantity: d('120') }
const replacement: OrderRequest = {
  clientOrderId: 'NEW',
  symbol: 'BTC/USDT',
  side: 'BUY',
  type: 'LIMIT',
  quantity: d('0.01'),
  limitPrice: d('50000'),
}
const ended = (filled: string, more: Partial<ExchangeOrder> = {}): ExchangeOrder => ({
  clientOrderId: 'OLD',
  exchangeOrderId: '1',
  symbol: 'BTC/USDT',
  side: 'BUY',
  type: 'LIMIT',
  status: 'CANCELED',
  quantity: d('0.01'),
  filledQuantity: d(filled),
  filledQuoteQuantity: ZERO,
  createdTime: 1,
  updatedTime: 2,
  native: {},
  ...more,
})
const rest = (executed: string, old: ExchangeOrder, request = replacement, instrument = market) =>
  restOf(request, d(executed), old, instrument)
const refusal = (run: () => unknown): TradingError => {
  try {
    run()
  } catch (error) {
    if (error instanceof TradingError) return error
  }
  throw new Error('nothing was refused')
}

describe('restOf', () => {
  it.each([
    ['nothing was executed', '0', '0', '0.01'],
    ['something was executed after the look', '0', '0.004', '0.006'],
    ['all that was executed was known', '0.004', '0.004', '0.01'],
    ['more was executed after the look', '0.003', '0.004', '0.009'],
  ])('%s', (_what, executed, filled, left) => {
    const { quantity, ...others } = rest(executed, ended(filled))
    expect(quantity.toFixed()).toBe(left)
    const { quantity: _, ...asked } = replacement
    expect(others).toEqual(asked)
  })

  it('counts of the asked quantity what rounding would have cut off', () => {
    const request = { ...replacement, quantity: d('0.010005') }
    expect(rest('0', ended('0.000005'), request).quantity.toFixed()).toBe('0.01')
    expect(rest('0', ended('0.000006'), request).quantity.toFixed()).toBe('0.00999')
  })

  it.each([
    ['as much as the replacement asks for', ended('0.01')],
    ['more than it asks for', ended('0.02', { quantity: d('0.05') })],
    ['all but less than a step', ended('0.009995')],
    ['all but less than the smallest quantity', ended('0.00999')],
    ['all but less than the smallest value', ended('0.00991')],
    ['the whole order', ended('0.01', { status: 'FILLED' })],
    ['the whole order, of which more was asked for now', ended('0.005', { status: 'FILLED', quantity: d('0.005') })],
    ['something, and it expired', ended('0.004', { status: 'EXPIRED' })],
  ])('nothing where %s is executed', (_what, old) => {
    const error = refusal(() => rest('0', old))
    expect(error).toMatchObject({
      code: 'INVALID_ORDER',
      outcome: 'NOT_SENT',
      rule: 'NOTHING_LEFT',
      isRetryable: false,
    })
    expect(error.message).toMatch(/^BTC\/USDT: .*old order .*\.$/)
  })

  it.each([
    ['open', ended('0.004', { status: 'PARTIALLY_FILLED' }), '0'],
    ['executed less than was known', ended('0.004'), '0.005'],
  ])('nothing while the old order is told as %s', (_what, old, executed) => {
    expect(refusal(() => rest(executed, old))).toMatchObject({
      code: 'EXCHANGE_UNAVAILABLE',
      outcome: 'NOT_SENT',
      isRetryable: false,
    })
  })

  it('never asks for more than is left, and for all of it that the market takes', () => {
    const amount = fc.integer({ min: 0, max: 2_000_000 }).map((units) => fromInteger(units).times('0.00000001'))
    fc.assert(
      fc.property(amount, amount, amount, (wanted, executed, later) => {
        const filled = executed.plus(later)
        const left = wanted.minus(later)
        try {
          const { quantity } = restOf(
            { ...replacement, quantity: wanted },
            executed,
            ended(filled.toFixed(), { quantity: d('1') }),
            market,
          )
          expect(quantity.lte(left) && quantity.plus(market.stepSize).gt(left)).toBe(true)
        } catch (error) {
          if (!(error instanceof TradingError)) throw error
          expect(error.outcome).toBe('NOT_SENT')
          expect(left.times('50000').lt(d('5').plus('0.5'))).toBe(true)
        }
      }),
    )
  })
})

describe('applyReplacementRules', () => {
  it('rounds as the market does', () => {
    const rounded = applyReplacementRules({ ...replacement, quantity: d('0.0123456') }, market)
    expect(rounded.quantity.toFixed()).toBe('0.01234')
  })

  it('refuses what is given as an amount to spend: of that nobody can tell what is left', () => {
    const { quantity: _, limitPrice: __, ...request } = replacement
    const spending: OrderRequest = { ...request, type: 'MARKET', quoteQuantity: d('500') }
    expect(refusal(() => applyReplacementRules(spending, market))).toMatchObject({
      code: 'INVALID_ORDER',
      outcome: 'NOT_SENT',
      rule: 'QUANTITY',
    })
  })
})
