import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, max, min, parseDecimal, toWire } from '@/lib/domain/money/decimal'
import type { PriceTick } from '@/lib/realtime/channels'

interface Tape {
  last: Amount
  high: Amount
  low: Amount
  time: EpochMs
  sentAt: EpochMs
  timer: ReturnType<typeof setTimeout> | undefined
}

export interface PriceFeed {
  take(symbol: string, price: string, time: EpochMs): void
  /** The last price of each symbol, for a screen that has just opened. */
  latest(): PriceTick[]
  close(): void
}

/**
 * Thins prices out to one message per symbol and interval. The first after a pause goes out at once, and high and low
 * tell what happened in between, so that a chart's live bar misses nothing.
 */
export function createPriceFeed(send: (tick: PriceTick) => void, intervalMs: number, now: () => EpochMs): PriceFeed {
  const tapes = new Map<string, Tape>()

  const tickOf = (symbol: string, tape: Tape): PriceTick => ({
    symbol,
    price: toWire(tape.last),
    high: toWire(tape.high),
    low: toWire(tape.low),
    time: tape.time,
  })

  function flush(symbol: string, tape: Tape): void {
    tape.timer = undefined
    tape.sentAt = now()
    send(tickOf(symbol, tape))
    tape.high = tape.last
    tape.low = tape.last
  }

  return {
    take(symbol, price, time) {
      const amount = parseDecimal(price)
      let tape = tapes.get(symbol)
      if (tape === undefined) {
        tape = { last: amount, high: amount, low: amount, time, sentAt: 0, timer: undefined }
        tapes.set(symbol, tape)
      }
      tape.last = amount
      tape.time = time
      tape.high = max(tape.high, amount)
      tape.low = min(tape.low, amount)
      if (tape.timer !== undefined) return
      const wait = tape.sentAt + intervalMs - now()
      const due = tape
      if (wait <= 0) flush(symbol, due)
      else due.timer = setTimeout(() => flush(symbol, due), wait)
    },
    latest: () => [...tapes].map(([symbol, tape]) => tickOf(symbol, tape)),
    close() {
      for (const tape of tapes.values()) clearTimeout(tape.timer)
    },
  }
}
