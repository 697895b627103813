import type { EpochMs } from '@/lib/domain/market/timeframe'

/** One question "what time is it?" to an exchange; the local times frame the exchange's answer. */
export interface ClockSample {
  sentAt: EpochMs
  receivedAt: EpochMs
  serverTime: EpochMs
}

export interface ClockOffset {
  /** Add to the local clock to get the exchange's. */
  offsetMs: number
  /** The offset is wrong by at most this much. */
  uncertaintyMs: number
}

/**
 * Offset from the sample with the shortest round trip: the answer was stamped somewhere inside that interval, so its
 * middle errs by at most half of it.
 * @throws RangeError without samples.
 */
export function offsetFrom(samples: readonly ClockSample[]): ClockOffset {
  let best: ClockSample | undefined
  for (const sample of samples) {
    if (best === undefined || roundTrip(sample) < roundTrip(best)) best = sample
  }
  if (best === undefined) throw new RangeError('no clock samples')
  const half = roundTrip(best) / 2
  return { offsetMs: Math.round(best.serverTime - (best.sentAt + half)), uncertaintyMs: Math.ceil(half) }
}

const roundTrip = (sample: ClockSample): number => sample.receivedAt - sample.sentAt

/**
 * The exchange's clock as a stream of its messages shows it. A message stamped `eventTime` arrives after that instant, so
 * the largest `eventTime - receivedAt` seen lately is the best lower bound of the offset: the estimate never runs ahead of
 * the exchange, and trails it by the fastest delivery. It follows a replay at any speed as well.
 */
export class StreamClock {
  readonly #windowMs: number
  #current = Number.NEGATIVE_INFINITY
  #previous = Number.NEGATIVE_INFINITY
  #windowStart = Number.NEGATIVE_INFINITY
  #lastReported = 0

  /** Two windows are kept, so that a drift of either clock is forgotten after twice `windowMs`. */
  constructor(windowMs = 60_000) {
    this.#windowMs = windowMs
  }

  observe(eventTime: EpochMs, receivedAt: EpochMs): void {
    if (receivedAt - this.#windowStart >= this.#windowMs || receivedAt < this.#windowStart) {
      this.#previous = this.#current
      this.#current = Number.NEGATIVE_INFINITY
      this.#windowStart = receivedAt
    }
    const bound = eventTime - receivedAt
    if (bound > this.#current) this.#current = bound
  }

  /** The exchange's time at local time `now`; `undefined` before the first message. Never goes back. */
  at(now: EpochMs): EpochMs | undefined {
    const offset = Math.max(this.#current, this.#previous)
    if (offset === Number.NEGATIVE_INFINITY) return undefined
    this.#lastReported = Math.max(this.#lastReported, Math.floor(now + offset))
    return this.#lastReported
  }
}
