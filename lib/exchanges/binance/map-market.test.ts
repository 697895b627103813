import { describe, expect, it } from 'vitest'
import type { HttpCall } from '@/lib/exchanges/http/exchange-http'
import { AGG_TRADE, EXCHANGE_INFO } from '@/lib/exchanges/binance/fixtures/answers'
import { BINANCE_DIALECT } from '@/lib/exchanges/binance/dialect'
import { limitsOf } from '@/lib/exchanges/binance/limits'
import { mapCommission, mapInstrument, mapKline, mapPrint } from '@/lib/exchanges/binance/map-market'
import { commissionSchema, exchangeInfoSchema, klineSchema, symbolSchema } from '@/lib/exchanges/binance/schemas'

const CALL: HttpCall = { kind: 'READ', lane: 'MARKET', method: 'GET', path: '/', params: {}, costs: [] }

describe('mapInstrument', () => {
  it('reads the filters', () => {
    const instrument = mapInstrument(symbolSchema.parse(EXCHANGE_INFO.symbols[0]))
    expect(instrument).toMatchObject({ symbol: 'BTC/USDT', isTrading: true, isOcoAllowed: true })
    expect(
      [instrument.tickSize, instrument.stepSize, instrument.marketStepSize, instrument.marketMaxQuantity].map(String),
    ).toEqual(['0.01', '0.00001', '0.00001', '95.24270211'])
    expect(instrument.minNotional.toFixed()).toBe('5')
  })

  it('gives zero for rules that are not stated', () => {
    const instrument = mapInstrument(symbolSchema.parse(EXCHANGE_INFO.symbols[2]))
    expect(instrument.isTrading).toBe(false)
    expect(instrument.tickSize.isZero()).toBe(true)
  })
})

it('reads the published limits', () => {
  expect(limitsOf(exchangeInfoSchema.parse(EXCHANGE_INFO))).toEqual({
    WEIGHT_1M: 6000,
    ORDERS_10S: 100,
    ORDERS_1D: 200_000,
  })
})

it('reads the usage headers', () => {
  const headers = {
    'x-mbx-used-weight-1m': '37',
    'x-mbx-order-count-10s': '2',
    'x-mbx-order-count-1d': '41',
    date: 'x',
  }
  expect(BINANCE_DIALECT.usageOf(headers, CALL)).toEqual({
    WEIGHT_1M: { used: 37 },
    ORDERS_10S: { used: 2 },
    ORDERS_1D: { used: 41 },
  })
  expect(BINANCE_DIALECT.usageOf({}, CALL)).toEqual({})
})

it('closes a bar by the clock of the exchange', () => {
  const row = klineSchema.parse([60_000, '1.0', '3', '0.5', '2', '10.5', 119_999, '20', 7, '1', '2', '0'])
  expect(mapKline(row, 'BTC/USDT', '1m', 119_999).isClosed).toBe(false)
  expect(mapKline(row, 'BTC/USDT', '1m', 120_000)).toMatchObject({ isClosed: true, closeTime: 120_000, tradeCount: 7 })
})

it('adds up the parts of a fee', () => {
  const rates = { maker: '0.00100000', taker: '0.00200000' }
  const native = commissionSchema.parse({ symbol: 'BTCUSDT', standardCommission: rates, taxCommission: rates })
  expect(mapCommission(native, 'BTC/USDT').taker.toFixed()).toBe('0.004')
})

describe('mapPrint', () => {
  const names = new Map([['BTCUSDT', 'BTC/USDT']])

  it('reads an aggregate', () => {
    expect(mapPrint(AGG_TRADE.data, names)).toEqual({
      symbol: 'BTC/USDT',
      tradeId: '700001',
      price: '91234.01000000',
      quantity: '0.00120000',
      tradeTime: 1_763_800_000_248,
      eventTime: 1_763_800_000_250,
      isBuyerMaker: true,
      count: 3,
    })
  })

  it('reads a single trade', () => {
    const { a: _, f: __, l: ___, ...rest } = AGG_TRADE.data
    expect(mapPrint({ ...rest, e: 'trade', t: 12 }, names)).toMatchObject({ tradeId: '12', count: 1 })
  })

  it.each([
    [undefined, 'not an object'],
    [{ ...AGG_TRADE.data, p: 1 }, 'price'],
    [{ ...AGG_TRADE.data, T: '1' }, 'times'],
    [{ ...AGG_TRADE.data, a: undefined }, 'trade id'],
    [{ ...AGG_TRADE.data, s: 'ETHUSDT' }, 'was not asked for'],
  ])('says what is wrong with %o', (event, reason) => {
    expect(mapPrint(event, names)).toContain(reason)
  })
})
