import { setImmediate } from 'node:timers/promises'
import type { Clock } from '@/lib/platform/clock'
import type { Rules } from '../matching/rules'
import { barStart } from './interval'
import { LISTINGS, listingOf } from './listings'
import { Overlays } from './overlays'
import { SyntheticHistory } from './synthetic-history'
import type { RawTrade } from './synthetic'
import { joinCandles, SyntheticPath, toMarketCandle, toMarketTrade } from './synthetic'
import type { MarketCandle, MarketSource, MarketTrade } from './source'

const MINUTE = 60_000
const HOUR = 3_600_000
const TICK_MS = 20
/** No bars before this day: the pairs were not listed yet. */
const LISTED_SINCE = Date.UTC(2019, 0, 1)

/** The generated market, running: announces each print at its time. */
export class SyntheticSource implements MarketSource {
  readonly kind = 'synthetic'
  readonly description: string
  readonly rules: Rules[] = LISTINGS.map((listing) => listing.rules)
  readonly seed: number
  private readonly clock: Clock
  private readonly histories = new Map<string, SyntheticHistory>()
  private readonly overlays = new Map<string, Overlays>()
  private readonly last = new Map<string, MarketTrade>()
  /** Prints before this time are announced, the others are the future. */
  private announcedUntil: number
  private timer: NodeJS.Timeout | undefined
  private onTrade: (trade: MarketTrade) => void = () => undefined

  constructor(seed: number, clock: Clock) {
    this.seed = seed
    this.clock = clock
    this.description = `synthetic market, seed ${seed}`
    this.announcedUntil = clock()
    for (const listing of LISTINGS) {
      const overlays = new Overlays()
      this.overlays.set(listing.rules.symbol, overlays)
      this.histories.set(listing.rules.symbol, new SyntheticHistory(new SyntheticPath(seed, listing), overlays))
      const [before] = this.trades(listing.rules.symbol, 1)
      if (before !== undefined) this.last.set(listing.rules.symbol, before)
    }
  }

  now(): number {
    return this.clock()
  }

  lastTrade(symbol: string): MarketTrade | undefined {
    return this.last.get(symbol)
  }

  start(onTrade: (trade: MarketTrade) => void): void {
    this.onTrade = onTrade
    this.timer = setInterval(() => this.announce(this.clock()), TICK_MS)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  /** Announces what happened up to and including `now`. */
  announce(now: number): void {
    const from = this.announcedUntil
    if (now < from) return
    this.announcedUntil = now + 1
    for (const [symbol, history] of this.histories)
      for (const trade of history.between(from, now + 1)) this.publish(symbol, trade, now)
  }

  trades(symbol: string, limit: number, fromId?: number): MarketTrade[] {
    const history = this.histories.get(symbol)
    const listing = listingOf(symbol)
    if (history === undefined || listing === undefined) return []
    const raw =
      fromId === undefined
        ? history.newest(this.announcedUntil, limit)
        : history.fromId(fromId, this.announcedUntil, limit)
    return raw.map((trade) => toMarketTrade(listing, trade))
  }

  tradesBetween(symbol: string, from: number, to: number, limit: number): MarketTrade[] {
    const history = this.histories.get(symbol)
    const listing = listingOf(symbol)
    if (history === undefined || listing === undefined) return []
    return history.between(from, Math.min(to, this.announcedUntil), limit).map((trade) => toMarketTrade(listing, trade))
  }

  async candles(symbol: string, intervalMs: number, from: number, to: number, limit: number): Promise<MarketCandle[]> {
    const history = this.histories.get(symbol)
    const listing = listingOf(symbol)
    if (history === undefined || listing === undefined) return []
    const until = this.announcedUntil
    const candles: MarketCandle[] = []
    let sliceEnd = performance.now() + 10
    let open = barStart(Math.max(from, LISTED_SINCE), intervalMs)
    if (open < from) open += intervalMs
    for (; open <= to && open < until && candles.length < limit; open += intervalMs) {
      let raw
      const end = open + intervalMs
      for (let time = open; time < end && time < until; ) {
        const isWholeHour = time % HOUR === 0 && time + HOUR <= Math.min(end, until)
        raw = joinCandles(raw, isWholeHour ? history.hour(time / HOUR) : history.minute(time / MINUTE, until))
        time += isWholeHour ? HOUR : MINUTE
        // Long bars are many prints: the streams and the orders go on meanwhile.
        if (performance.now() > sliceEnd) {
          await setImmediate()
          sliceEnd = performance.now() + 10
        }
      }
      if (raw !== undefined) candles.push(toMarketCandle(listing, open, intervalMs, raw))
    }
    return candles
  }

  /** Forces the price: prints it at once, and moves (or holds) the market there from now on. */
  jump(symbol: string, price: string, isHeld: boolean): void {
    const listing = listingOf(symbol)
    const overlays = this.overlays.get(symbol)
    if (listing === undefined || overlays === undefined)
      throw new RangeError(`the generated market has no pair ${symbol}`)
    const ticks = Math.round(Number(price) * 10 ** listing.rules.priceDecimals)
    if (!(ticks > 0)) throw new RangeError('the price must be above zero')
    const now = this.clock()
    this.announce(now)
    const history = this.histories.get(symbol)
    const [before] = history?.newest(this.announcedUntil, 1) ?? []
    if (history === undefined || before === undefined) return
    const time = this.announcedUntil - 1
    const steps = Math.max(1, Math.round(listing.meanSteps))
    const print: RawTrade = { id: before.id + 1, time, ticks, steps, isBuyerMaker: ticks < before.ticks }
    overlays.add({ from: this.announcedUntil, ratio: ticks / history.pureTicks(before.time), isHeld, print })
    history.forget()
    this.publish(symbol, print, now)
  }

  private publish(symbol: string, trade: RawTrade, now: number): void {
    const listing = listingOf(symbol)
    if (listing === undefined) return
    const announced = { ...toMarketTrade(listing, trade), eventTime: now }
    this.last.set(symbol, announced)
    this.onTrade(announced)
  }
}
