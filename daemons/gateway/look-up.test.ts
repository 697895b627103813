import { expect, it } from 'vitest'
import { lookUp } from '@/daemons/gateway/look-up'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { JournaledOrder } from '@/lib/domain/order/journal'
import type { ExchangeOrder } from '@/lib/domain/order/order'

const symbol = 'BTC/USDT'
const order = (of: Partial<JournaledOrder>) =>
  ({ clientOrderId: 'name', exchangeOrderId: '7', symbol, ...of }) as JournaledOrder
const told = (exchangeOrderId: string): ExchangeOrder => ({
  clientOrderId: 'name',
  exchangeOrderId,
  symbol,
  side: 'BUY',
  type: 'LIMIT',
  status: 'ACCEPTED',
  quantity: d('1'),
  filledQuantity: d('0'),
  filledQuoteQuantity: d('0'),
  createdTime: 0,
  updatedTime: 0,
  native: {},
})

/** An exchange that answers by number and by name. */
function accessTo(byNumber: ExchangeOrder | null, byName: ExchangeOrder | null) {
  const getOrder = (_: unknown, target: { exchangeOrderId?: string }) =>
    Promise.resolve(target.exchangeOrderId === undefined ? byName : byNumber)
  return { client: { getOrder } } as unknown as Parameters<typeof lookUp>[0]
}

it('asks for orders of ours by their name, for those placed elsewhere by their number', async () => {
  const access = accessTo(told('7'), told('8'))
  expect((await lookUp(access, order({ source: 'MANUAL' })))?.exchangeOrderId).toBe('8')
  expect((await lookUp(access, order({ source: 'EXTERNAL', type: 'LIMIT' })))?.exchangeOrderId).toBe('7')
})

it('takes no order placed elsewhere for another of the same name, but follows one that fired', async () => {
  const access = accessTo(null, told('8'))
  expect(await lookUp(access, order({ source: 'EXTERNAL', type: 'LIMIT' }))).toBeNull()
  expect((await lookUp(access, order({ source: 'EXTERNAL', type: 'STOP_MARKET' })))?.exchangeOrderId).toBe('8')
})
