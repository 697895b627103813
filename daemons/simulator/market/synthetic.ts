import type { Listing } from './listings'
import { listingOf } from './listings'
import { hashText, mix, Octave } from './noise'
import { formatUnits } from './units'
import type { MarketCandle, MarketTrade } from './source'

// The generated market is a pure function of (seed, symbol, time): any past or future can be computed at any moment,
// history always agrees with what was streamed, and a restart continues as if nothing had happened.
// Prices are whole ticks and quantities whole steps: sums are exact.

const MINUTE = 60_000

/** Periods in minutes and amplitudes (share of the price) of the slow movement; bounded, so that prices stay sane for ever. */
const SLOW: [period: number, amplitude: number][] = [
  [2, 0.0019],
  [5, 0.0015],
  [11, 0.0009],
  [29, 0.0012],
  [61, 0.0018],
  [173, 0.003],
  [480, 0.005],
  [1440, 0.009],
  [4300, 0.015],
  [13_000, 0.025],
  [43_000, 0.04],
  [150_000, 0.06],
]
/** Periods in milliseconds of what happens within a minute. */
const FAST: [period: number, amplitude: number][] = [
  [1_700, 0.00004],
  [6_100, 0.00009],
  [17_000, 0.00016],
]

/** One print in whole ticks and steps. */
export interface RawTrade {
  id: number
  time: number
  ticks: number
  steps: number
  isBuyerMaker: boolean
}

const UNIT = 1 / 0x1_0000_0000

/** The prints of one minute, column by column; print `i` has number `firstId + i`. Valid until the next call. */
export interface MinutePrints {
  firstId: number
  count: number
  times: Float64Array
  ticks: Float64Array
  steps: Float64Array
  /** 1 where the aggressor sold. */
  sold: Uint8Array
}

/** e^x for small x by its series: the same on every machine, to the last bit. */
const exp = (x: number): number => 1 + x * (1 + (x / 2) * (1 + (x / 3) * (1 + (x / 4) * (1 + (x / 5) * (1 + x / 6)))))

/** Price path and prints of one pair. Keeps only what makes neighboring calls cheap; never any state that matters. */
export class SyntheticPath {
  readonly listing: Listing
  private readonly key: number
  private readonly slow: Octave[]
  private readonly fast: Octave[]
  private readonly prints: MinutePrints

  constructor(seed: number, listing: Listing) {
    this.listing = listing
    const count = listing.tradesPerMinute
    const [times, ticks, steps] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
    this.prints = { firstId: 0, count, times, ticks, steps, sold: new Uint8Array(count) }
    this.key = mix(hashText(listing.rules.symbol), seed)
    const octave = (salt: number) => {
      return ([period, amplitude]: [number, number], i: number) =>
        new Octave(mix(this.key, salt + i), period, amplitude * listing.liveliness)
    }
    this.slow = SLOW.map(octave(100))
    this.fast = FAST.map(octave(200))
  }

  private trend(minute: number): number {
    let sum = 0
    for (const octave of this.slow) sum += octave.at(minute)
    return sum
  }

  /** The prints of minute number `minute` (epoch minutes), in order. */
  minute(minute: number): MinutePrints {
    const { tradesPerMinute, meanSteps, referenceTicks, spreadTicks } = this.listing
    const { prints, key, fast } = this
    const from = this.trend(minute)
    const slope = (this.trend(minute + 1) - from) / MINUTE
    const base = referenceTicks * exp(from)
    const slot = MINUTE / tradesPerMinute
    const start = minute * MINUTE
    const firstId = minute * tradesPerMinute
    prints.firstId = firstId
    for (let i = 0; i < tradesPerMinute; i += 1) {
      const h = mix(key, firstId + i)
      const h2 = mix(h, 0x5bd1e995)
      const offset = Math.floor((i + h * UNIT) * slot)
      const time = start + offset
      let move = slope * offset
      for (const octave of fast) move += octave.at(time)
      const isSold = h2 & 1
      prints.times[i] = time
      prints.ticks[i] = Math.round(base * exp(move)) + (isSold === 1 ? 0 : spreadTicks)
      // Many small prints and a few large ones.
      const u = h2 * UNIT
      prints.steps[i] = 1 + Math.floor(u * u * u * meanSteps * ((h & 15) === 0 ? 12 : 3))
      prints.sold[i] = isSold
    }
    return prints
  }

  /** The same as separate prints. */
  trades(minute: number): RawTrade[] {
    const { firstId, count, times, ticks, steps, sold } = this.minute(minute)
    return Array.from({ length: count }, (_, i) => ({
      id: firstId + i,
      time: times[i] ?? 0,
      ticks: ticks[i] ?? 0,
      steps: steps[i] ?? 0,
      isBuyerMaker: sold[i] === 1,
    }))
  }
}

/** Sums of prints in whole ticks and steps; `quote` and `takerQuote` in tick-steps. */
export interface RawCandle {
  open: number
  high: number
  low: number
  close: number
  steps: number
  takerSteps: number
  quote: bigint
  takerQuote: bigint
  count: number
  firstId: number
  lastId: number
}

/** Bar of the prints of one minute before `until` (epoch ms); undefined when there are none. */
export function minuteCandle(path: SyntheticPath, minute: number, until = Infinity): RawCandle | undefined {
  const { firstId, count: all, times, ticks, steps, sold } = path.minute(minute)
  let count = 0
  let high = 0
  let low = Infinity
  let volume = 0
  let takerSteps = 0
  let quote = 0
  let takerQuote = 0
  for (; count < all && (times[count] ?? 0) < until; count += 1) {
    const price = ticks[count] ?? 0
    const size = steps[count] ?? 0
    if (price > high) high = price
    if (price < low) low = price
    volume += size
    quote += price * size
    if (sold[count] === 1) continue
    takerSteps += size
    takerQuote += price * size
  }
  if (count === 0) return undefined
  const sums = { steps: volume, takerSteps, quote: BigInt(quote), takerQuote: BigInt(takerQuote) }
  const ids = { count, firstId, lastId: firstId + count - 1 }
  return { open: ticks[0] ?? 0, high, low, close: ticks[count - 1] ?? 0, ...sums, ...ids }
}

/** The bar of two neighboring spans. */
export const joinCandles = (a: RawCandle | undefined, b: RawCandle | undefined): RawCandle | undefined =>
  a === undefined || b === undefined
    ? (a ?? b)
    : {
        open: a.open,
        high: Math.max(a.high, b.high),
        low: Math.min(a.low, b.low),
        close: b.close,
        steps: a.steps + b.steps,
        takerSteps: a.takerSteps + b.takerSteps,
        quote: a.quote + b.quote,
        takerQuote: a.takerQuote + b.takerQuote,
        count: a.count + b.count,
        firstId: a.firstId,
        lastId: b.lastId,
      }

/** A print in the words of the wire. */
export function toMarketTrade(listing: Listing, trade: RawTrade): MarketTrade {
  const { symbol, priceDecimals, quantityDecimals } = listing.rules
  return {
    symbol,
    id: trade.id,
    firstId: trade.id,
    lastId: trade.id,
    price: formatUnits(trade.ticks, priceDecimals),
    quantity: formatUnits(trade.steps, quantityDecimals),
    tradeTime: trade.time,
    eventTime: trade.time,
    isBuyerMaker: trade.isBuyerMaker,
  }
}

export function toMarketCandle(listing: Listing, openTime: number, intervalMs: number, raw: RawCandle): MarketCandle {
  const { priceDecimals, quantityDecimals } = listing.rules
  const both = priceDecimals + quantityDecimals
  return {
    openTime,
    closeTime: openTime + intervalMs,
    open: formatUnits(raw.open, priceDecimals),
    high: formatUnits(raw.high, priceDecimals),
    low: formatUnits(raw.low, priceDecimals),
    close: formatUnits(raw.close, priceDecimals),
    volume: formatUnits(raw.steps, quantityDecimals),
    quoteVolume: formatUnits(raw.quote, both),
    takerVolume: formatUnits(raw.takerSteps, quantityDecimals),
    takerQuoteVolume: formatUnits(raw.takerQuote, both),
    tradeCount: raw.count,
    firstId: raw.firstId,
    lastId: raw.lastId,
  }
}

function listed(symbol: string): Listing {
  const listing = listingOf(symbol)
  if (listing === undefined) throw new RangeError(`the generated market has no pair ${symbol}`)
  return listing
}

/** Prints of a pair with `from <= time < to` (epoch ms), for tests and look-ahead. Throws RangeError for an unknown pair. */
export function syntheticTrades(seed: number, symbol: string, from: number, to: number): MarketTrade[] {
  const listing = listed(symbol)
  const path = new SyntheticPath(seed, listing)
  const trades: MarketTrade[] = []
  for (let minute = Math.floor(from / MINUTE); minute * MINUTE < to; minute += 1)
    for (const trade of path.trades(minute))
      if (trade.time >= from && trade.time < to) trades.push(toMarketTrade(listing, trade))
  return trades
}

/** The complete bar of a pair that opens at `openTime` (epoch ms) and lasts `timeframeMs`, a multiple of one minute. */
export function syntheticCandle(seed: number, symbol: string, openTime: number, timeframeMs: number): MarketCandle {
  const listing = listed(symbol)
  const path = new SyntheticPath(seed, listing)
  let raw: RawCandle | undefined
  for (let time = openTime; time < openTime + timeframeMs; time += MINUTE)
    raw = joinCandles(raw, minuteCandle(path, Math.floor(time / MINUTE)))
  if (raw === undefined) throw new RangeError('a bar lasts at least one minute')
  return toMarketCandle(listing, openTime, timeframeMs, raw)
}
