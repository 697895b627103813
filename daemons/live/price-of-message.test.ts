import { expect, test } from 'vitest'
import { priceOfMessage } from './price-of-message'

test('a trade of a single and of a combined stream', () => {
  const trade = { e: 'trade', E: 5, s: 'BTCUSDT', t: 1, p: '97000.10', q: '0.1', T: 4, m: true }
  expect(priceOfMessage(JSON.stringify(trade))).toEqual({ price: '97000.10', time: 4 })
  expect(priceOfMessage(JSON.stringify({ stream: 'btcusdt@trade', data: { ...trade, e: 'aggTrade' } }))).toEqual({
    price: '97000.10',
    time: 4,
  })
})

test.each(['', 'not json', '[]', '{"e":"kline","p":"1","T":1}', '{"e":"trade","p":"NaN","T":1}'])(
  '%s is no trade',
  (text) => {
    expect(priceOfMessage(text)).toBeNull()
  },
)
