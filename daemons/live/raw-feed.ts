import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { RawMessage } from '@/lib/realtime/channels'

/** As many as the page lists. */
const KEPT = 60

export interface RawFeed {
  take(message: { symbol: string; receivedAt: EpochMs; text: string }): void
  latest(): RawMessage[]
  close(): void
}

/** Raw market messages as a screen can show them: the newest 60, in a batch every interval. */
export function createRawFeed(send: (messages: RawMessage[]) => void, intervalMs: number): RawFeed {
  let kept: RawMessage[] = []
  let fresh: RawMessage[] = []
  let counter = 0
  const timer = setInterval(() => {
    if (fresh.length === 0) return
    send(fresh)
    kept = [...kept, ...fresh].slice(-KEPT)
    fresh = []
  }, intervalMs)

  return {
    take(message) {
      counter += 1
      fresh.push({ id: counter, ...message })
      if (fresh.length > KEPT) fresh.shift()
    },
    latest: () => [...kept, ...fresh].slice(-KEPT),
    close: () => clearInterval(timer),
  }
}
