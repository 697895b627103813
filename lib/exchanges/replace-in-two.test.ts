import { describe, expect, it } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import { REHEARSED_INSTRUMENT } from '@/lib/domain/market/rehearsed-instrument'
import { parseDecimal as d, ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, OrderRequest } from '@/lib/domain/order/order'
import { replaceInTwo } from '@/lib/exchanges/replace-in-two'

const step = d('0.001')
const market: Instrument = { ...REHEARSED_INSTRUMENT, stepSize: step, minQuantity: step, marketStepSize: step }
const replacement: OrderRequest = {
  clientOrderId: 'NEW',
  symbol: 'BTC/USDT',
  side: 'BUY',
  type: 'LIMIT',
  quantity: d('0.01'),
  limitPrice: d('50000'),
}
const old = (status: ExchangeOrder['status'], filled = '0.004'): ExchangeOrder => ({
  clientOrderId: 'OLD',
  exchangeOrderId: '1',
  symbol: 'BTC/USDT',
  side: 'BUY',
  type: 'LIMIT',
  status,
  quantity: d('0.01'),
  filledQuantity: d(filled),
  filledQuoteQuantity: ZERO,
  createdTime: 1,
  updatedTime: 2,
  native: {},
})
const refusedAs = (code: 'UNKNOWN_ORDER' | 'RATE_LIMITED') => new TradingError(code, code, { outcome: 'REFUSED' })

/** An exchange that answers the cancel and then the looks as told. Tells what happened in turn. */
function replacing(cancel: ExchangeOrder | Error, looks: (ExchangeOrder | null)[] = [], place?: Error) {
  const happened: string[] = []
  const client = {
    cancelOrder: () => (cancel instanceof Error ? Promise.reject(cancel) : Promise.resolve(cancel)),
    getOrder: () => Promise.resolve(looks.shift() ?? null),
    createOrder: (_credentials: unknown, request: OrderRequest) => {
      happened.push(`place ${request.quantity?.toFixed()}`)
      return place === undefined ? Promise.resolve(old('ACCEPTED', '0')) : Promise.reject(place)
    },
  }
  const onResize = (quantity: { toFixed(): string }) =>
    Promise.resolve(void happened.push(`tell ${quantity.toFixed()}`))
  const target = { symbol: 'BTC/USDT', clientOrderId: 'OLD' }
  const credentials = { apiKey: 'k', apiSecret: 's' }
  const result = replaceInTwo(client, credentials, target, replacement, market, { executed: ZERO, onResize })
  return { result, happened }
}

describe('replaceInTwo', () => {
  it('places the rest after whoever keeps the journal was told', async () => {
    const { result, happened } = replacing(old('CANCELED'))
    expect(await result).toMatchObject({ canceled: { status: 'CANCELED' }, placed: { status: 'ACCEPTED' } })
    expect(happened).toEqual(['tell 0.006', 'place 0.006'])
  })

  it('tells nothing when the whole is placed', async () => {
    const { result, happened } = replacing(old('CANCELED', '0'))
    await result
    expect(happened).toEqual(['place 0.01'])
  })

  it('waits for an exchange that answers before it has acted', async () => {
    const { result, happened } = replacing(old('PARTIALLY_FILLED', '0.001'), [old('ACCEPTED'), null, old('CANCELED')])
    expect((await result).canceled.status).toBe('CANCELED')
    expect(happened).toEqual(['tell 0.006', 'place 0.006'])
  })

  it('places nothing when the old order does not end', async () => {
    const { result, happened } = replacing(old('PARTIALLY_FILLED'))
    expect(await result).toMatchObject({ placed: null, placeError: { outcome: 'NOT_SENT', isRetryable: false } })
    expect(happened).toEqual([])
  })

  it('tells of an order that was executed whole before the cancel', async () => {
    const { result, happened } = replacing(refusedAs('UNKNOWN_ORDER'), [old('FILLED', '0.01')])
    expect(await result).toMatchObject({
      canceled: { status: 'FILLED' },
      placed: null,
      placeError: { rule: 'NOTHING_LEFT' },
    })
    expect(happened).toEqual([])
  })

  it.each([
    ['was not there', refusedAs('UNKNOWN_ORDER'), []],
    ['was ended by somebody else', refusedAs('UNKNOWN_ORDER'), [old('CANCELED')]],
    ['could not be canceled', refusedAs('RATE_LIMITED'), [old('FILLED')]],
  ])('is refused when the old order %s', async (_what, error, looks) => {
    const { result, happened } = replacing(error, looks)
    await expect(result).rejects.toBe(error)
    expect(happened).toEqual([])
  })

  it('tells how the new order failed, beside the end of the old one', async () => {
    const error = refusedAs('RATE_LIMITED')
    const { result, happened } = replacing(old('CANCELED'), [], error)
    expect(await result).toMatchObject({ canceled: { status: 'CANCELED' }, placed: null, placeError: error })
    expect(happened).toEqual(['tell 0.006', 'place 0.006'])
  })
})
