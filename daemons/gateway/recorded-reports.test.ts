import { expect, it } from 'vitest'
import { RecordedReports } from '@/daemons/gateway/recorded-reports'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderStatus } from '@/lib/domain/order/status'

const report = (status: OrderStatus, filled: string, exchangeOrderId = '7', symbol = 'BTC/USDT') => ({
  symbol,
  exchangeOrderId,
  status,
  filledQuantity: d(filled),
})

it('knows what was recorded, and what came before it', () => {
  const recorded = new RecordedReports()
  recorded.note('broker', report('PARTIALLY_FILLED', '1'))
  expect(recorded.contains('broker', report('PARTIALLY_FILLED', '1'))).toBe(true)
  expect(recorded.contains('broker', report('PARTIALLY_FILLED', '2'))).toBe(false)
  expect(recorded.contains('broker', report('CANCELED', '1'))).toBe(false)
  recorded.note('broker', report('FILLED', '2'))
  expect(recorded.contains('broker', report('ACCEPTED', '0'))).toBe(true)
  expect(recorded.contains('broker', report('PARTIALLY_FILLED', '1'))).toBe(true)
  // A late execution after the end is news.
  expect(recorded.contains('broker', report('FILLED', '3'))).toBe(false)
})

it('takes no account for another, and forgets the oldest', () => {
  const recorded = new RecordedReports()
  recorded.note('broker', report('FILLED', '1'))
  expect(recorded.contains('other', report('FILLED', '1'))).toBe(false)
  // Orders are numbered market by market.
  expect(recorded.contains('broker', report('FILLED', '1', '7', 'ETH/USDT'))).toBe(false)
  for (let i = 0; i < 2000; i++) recorded.note('broker', report('FILLED', '1', `n${i}`))
  expect(recorded.contains('broker', report('FILLED', '1'))).toBe(false)
  expect(recorded.contains('broker', report('FILLED', '1', 'n0'))).toBe(true)
})
