import type { EpochMs } from '@/lib/domain/market/timeframe'
import { priceOfMessage } from './price-of-message'
import type { PriceFeed } from './price-feed'
import type { RawFeed } from './raw-feed'

interface Batch {
  messages: { symbol: string; receivedAt: EpochMs; text: string }[]
}

/** Feeds a batch of raw market messages to the screens: as text, and as the price it carries. */
export function handleStreamBrut(raw: Pick<RawFeed, 'take'>, prices: Pick<PriceFeed, 'take'>) {
  return ({ messages }: Batch): void => {
    for (const message of messages) {
      raw.take(message)
      const trade = priceOfMessage(message.text)
      if (trade !== null) prices.take(message.symbol, trade.price, trade.time)
    }
  }
}
