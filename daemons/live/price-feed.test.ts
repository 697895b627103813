import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PriceTick } from '@/lib/realtime/channels'
import { createPriceFeed } from './price-feed'

beforeEach(() => void vi.useFakeTimers({ now: 1000 }))
afterEach(() => void vi.useRealTimers())

test('the first price goes out at once, the following ones together with their range', () => {
  const sent: PriceTick[] = []
  const feed = createPriceFeed((tick) => sent.push(tick), 50, Date.now)
  feed.take('BTC/USDT', '100', 1)
  expect(sent).toEqual([{ symbol: 'BTC/USDT', price: '100', high: '100', low: '100', time: 1 }])
  feed.take('BTC/USDT', '110', 2)
  feed.take('BTC/USDT', '90.5', 3)
  feed.take('BTC/USDT', '95', 4)
  feed.take('ETH/USDT', '7', 4)
  vi.advanceTimersByTime(50)
  expect(sent.slice(1)).toEqual([
    { symbol: 'ETH/USDT', price: '7', high: '7', low: '7', time: 4 },
    { symbol: 'BTC/USDT', price: '95', high: '110', low: '90.5', time: 4 },
  ])
  expect(feed.latest().map((tick) => tick.price)).toEqual(['95', '7'])
  feed.close()
})
