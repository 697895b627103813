import { describe, expect, it } from 'vitest'
import { SYMBOL, TICKER } from './fixtures/answers'
import { isOurs, madeAt } from './client-id'
import { mapCandle, mapInstrument, mapPrint, mapTicker } from './map-market'
import { symbolSchema, tickerSchema } from './schemas'

it('reads the rules of a pair, which are numbers of decimals', () => {
  const instrument = mapInstrument(symbolSchema.parse(SYMBOL))
  expect(instrument).toMatchObject({ symbol: 'ETH/BTC', exchangeSymbol: 'ETHBTC', isTrading: true })
  const { tickSize, stepSize, quoteStepSize, minNotional } = instrument
  expect([tickSize, stepSize, quoteStepSize].map((amount) => amount.toFixed())).toEqual([
    '0.000001',
    '0.0001',
    '0.0000000001',
  ])
  // Stated in USDT, which says nothing about an order in BTC.
  expect(minNotional.toFixed()).toBe('0')
  const usdt = { ...SYMBOL, quoteCoin: 'USDT', status: 'halt' }
  const other = mapInstrument(symbolSchema.parse(usdt))
  expect([other.minNotional.toFixed(), other.isTrading]).toEqual(['1', false])
})

it('reads a ticker', () => {
  const ticker = mapTicker(tickerSchema.parse(TICKER), 'BTC/USDT')
  expect(
    [ticker.lastPrice, ticker.bidPrice, ticker.askPrice, ticker.openPrice].map((amount) => amount.toFixed()),
  ).toEqual(['37583.69', '37583.68', '37583.7', '37202.46'])
})

it('closes a candle when its time is over', () => {
  const row = ['1645911960000', '39406', '39407', '39374.5', '39379', '35.526', '1399132.341'] as never
  expect(mapCandle(row, 'BTC/USDT', '1m', 1645911960000 + 59_999).isClosed).toBe(false)
  expect(mapCandle(row, 'BTC/USDT', '1m', 1645911960000 + 60_000)).toMatchObject({ isClosed: true, tradeCount: 1 })
})

describe('prints', () => {
  const row = { ts: '1701910980366', price: '43854.01', size: '0.0535', side: 'buy', tradeId: '1116461060594286593' }
  it('are read', () => {
    expect(mapPrint(row, 'BTC/USDT', 5)).toEqual({
      symbol: 'BTC/USDT',
      tradeId: '1116461060594286593',
      price: '43854.01',
      quantity: '0.0535',
      tradeTime: 1701910980366,
      eventTime: 5,
      isBuyerMaker: false,
      count: 1,
    })
  })
  it.each([{ price: '1e5' }, { size: 1 }, { ts: 'now' }, { tradeId: '' }, { side: 'both' }])(
    'are refused with %o',
    (part) => {
      expect(typeof mapPrint({ ...row, ...part }, 'BTC/USDT', 5)).toBe('string')
    },
  )
})

it('tells when an id of the bot was made', () => {
  expect(madeAt('01ARYZ6S410000000000000000')).toBe(1469918176385)
  expect(isOurs('01ARYZ6S410000000000000000')).toBe(true)
  expect(madeAt('1600000000000000001')).toBeUndefined()
})
