import { expect, it } from 'vitest'
import { allOpenOrders } from '@/daemons/gateway/open-orders'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseDecimal as d, ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder } from '@/lib/domain/order/order'

const credentials = { apiKey: 'key', apiSecret: 'secret' }
const orderOf = (symbol: string): ExchangeOrder => ({
  clientOrderId: `client ${symbol}`,
  exchangeOrderId: symbol,
  symbol,
  side: 'BUY',
  type: 'LIMIT',
  status: 'ACCEPTED',
  quantity: d('1'),
  filledQuantity: ZERO,
  filledQuoteQuantity: ZERO,
  createdTime: 1,
  updatedTime: 1,
  native: {},
})
/** An exchange that answers for one pair at a time only. */
const refusing = (error: Error) => ({
  openOrders: (_: unknown, symbol?: string) =>
    symbol === undefined ? Promise.reject(error) : Promise.resolve([orderOf(symbol)]),
})
const lately = () => Promise.resolve(['BTC/USDT', 'ETH/USDT'])

it('asks pair by pair where an exchange wants one', async () => {
  const client = refusing(new TradingError('BAD_REQUEST', 'symbol is missing', { outcome: 'REFUSED' }))
  const orders = await allOpenOrders(client, credentials, lately)
  expect(orders.map(({ symbol }) => symbol)).toEqual(['BTC/USDT', 'ETH/USDT'])
})

it('hands every other failure on: what was not seen is not gone', async () => {
  const client = refusing(new TradingError('EXCHANGE_UNAVAILABLE', 'away', { outcome: 'NOT_SENT' }))
  await expect(allOpenOrders(client, credentials, lately)).rejects.toThrow('away')
})
