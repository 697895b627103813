// Runs inside the sandbox, before the user's code, as one script without imports: the Strategy base class, the indicators,
// and the driver that feeds candles and asks for a decision. Only text crosses the border: candles come in as JSON, the
// answer goes out as JSON. What user code may have done to the built-ins harms nobody but itself: the parent checks all.
import { Atr } from '@/lib/indicators/atr'
import { Bollinger } from '@/lib/indicators/bollinger'
import { Ema } from '@/lib/indicators/ema'
import { Macd } from '@/lib/indicators/macd'
import { Rsi } from '@/lib/indicators/rsi'
import type { Series } from '@/lib/indicators/series'
import { Sma } from '@/lib/indicators/sma'
import type { SandboxAnswer, SandboxInput } from '@/lib/strategy-runtime/protocol'

const { parse, stringify } = JSON
const RealDate = Date

type Source = 'open' | 'high' | 'low' | 'close' | 'volume'
const SOURCES: readonly string[] = ['open', 'high', 'low', 'close', 'volume']

interface Bar {
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** The run's data, and how far time has come in it. Nothing beyond `now` can be read. */
interface Feed {
  input: SandboxInput
  now: number
  isOpen: boolean
  listeners: ((index: number) => void)[]
  log: string[]
}

// Set while a strategy is being constructed; the base class takes it over.
let current: Feed | undefined

function barAt(feed: Feed, index: number): Bar {
  const { input } = feed
  const at = (column: number[]): number => column[index] ?? Number.NaN
  return Object.freeze({
    time: at(input.openTime),
    open: at(input.open),
    high: at(input.high),
    low: at(input.low),
    close: at(input.close),
    volume: at(input.volume),
  })
}

/** Indicators of a strategy. They are made while it is constructed, and then fed every closed candle. */
class TechnicalAnalysis {
  readonly #feed: Feed

  constructor(feed: Feed) {
    this.#feed = feed
  }

  #watch<T>(indicator: T, update: (indicator: T, index: number) => void): T {
    if (!this.#feed.isOpen)
      throw new Error('Indicators are made as fields of the class or in its constructor, not later.')
    this.#feed.listeners.push((index) => update(indicator, index))
    return indicator
  }

  #ofOne<T extends { update(x: number): void }>(indicator: T, source: Source): T {
    if (!SOURCES.includes(source)) throw new Error(`There is no price called ${source}.`)
    const column = this.#feed.input[source]
    return this.#watch(indicator, (each, index) => each.update(column[index] ?? Number.NaN))
  }

  sma = (length = 10, source: Source = 'close'): Series => this.#ofOne(new Sma(length), source)
  ema = (length = 10, source: Source = 'close'): Series => this.#ofOne(new Ema(length), source)
  rsi = (length = 14, source: Source = 'close'): Series => this.#ofOne(new Rsi(length), source)
  macd = (fast = 12, slow = 26, signal = 9, source: Source = 'close'): Macd =>
    this.#ofOne(new Macd(fast, slow, signal), source)
  bollinger = (length = 20, deviations = 2, source: Source = 'close'): Bollinger =>
    this.#ofOne(new Bollinger(length, deviations), source)

  atr = (length = 14): Series => {
    const { high, low, close } = this.#feed.input
    return this.#watch(new Atr(length), (each, i) =>
      each.update(high[i] ?? Number.NaN, low[i] ?? Number.NaN, close[i] ?? Number.NaN),
    )
  }
}

/** What a user's strategy extends. */
class Strategy {
  readonly ta: TechnicalAnalysis
  readonly balance: number
  readonly position: SandboxInput['position']
  readonly candles: { readonly length: number; at(back: number): Bar }
  readonly #feed: Feed

  constructor() {
    const feed = current
    if (feed === undefined) throw new Error('A strategy is made by the engine only.')
    this.#feed = feed
    this.ta = new TechnicalAnalysis(feed)
    this.balance = feed.input.balance
    this.position = feed.input.position && Object.freeze({ ...feed.input.position })
    this.candles = Object.freeze({
      get length() {
        return feed.now + 1
      },
      at(back: number): Bar {
        if (!Number.isInteger(back) || back < 0 || back > feed.now)
          throw new RangeError(`There is no candle ${back} back: ${feed.now + 1} are known.`)
        return barAt(feed, feed.now - back)
      },
    })
  }

  get candle(): Bar {
    return barAt(this.#feed, this.#feed.now)
  }

  log(...values: unknown[]): void {
    if (this.#feed.log.length < 50) this.#feed.log.push(values.map(String).join(' ').slice(0, 200))
  }

  shouldLong(): boolean {
    return false
  }
  shouldShort(): boolean {
    return false
  }
  calculatePositionSize(): number {
    return 0
  }
  calculateStopLoss(): number {
    return 0
  }
  calculateTakeProfit(): number {
    return 0
  }
}

const valueOf = (x: Series | number): number => (typeof x === 'number' ? x : x.value)
const prevOf = (x: Series | number): number => (typeof x === 'number' ? x : x.prev)

/** True on the candle on which `a` comes from at or below `b` to above it. */
const crossesOver = (a: Series | number, b: Series | number): boolean =>
  prevOf(a) <= prevOf(b) && valueOf(a) > valueOf(b)
const crossesUnder = (a: Series | number, b: Series | number): boolean =>
  prevOf(a) >= prevOf(b) && valueOf(a) < valueOf(b)

/** The same answer at every run: no clock but the candle's, no chance but a seeded one (mulberry32). */
function makeDeterministic(now: number): void {
  let state = now >>> 0
  Math.random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [number]) {
      if (args.length === 0) super(now)
      else super(...args)
    }
    static override now(): number {
      return now
    }
  } as DateConstructor
}

function lineOf(error: unknown): number | null {
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? String(error.stack) : ''
  const match = /strategy\.ts:(\d+)/.exec(stack)
  return match ? Math.trunc(+(match[1] ?? '0')) : null
}

function decide(Made: new () => Strategy, feed: Feed): SandboxAnswer {
  current = feed
  const strategy = new Made()
  current = undefined
  feed.isOpen = false
  const count = feed.input.close.length
  for (let index = 0; index < count; index++) {
    feed.now = index
    for (const listener of feed.listeners) listener(index)
  }
  const { log } = feed
  if (feed.input.position !== null) return strategy.shouldShort() ? { kind: 'EXIT', log } : { kind: 'HOLD', log }
  if (!strategy.shouldLong()) return { kind: 'HOLD', log }
  return {
    kind: 'ENTER',
    size: strategy.calculatePositionSize(),
    stopLoss: strategy.calculateStopLoss(),
    takeProfit: strategy.calculateTakeProfit(),
    log,
  }
}

Object.assign(globalThis, { Strategy, crossesOver, crossesUnder })

/** The script's value: takes the user's class (as a function that makes it) and the data, answers with text. */
export function drive(make: () => unknown, inputText: string): string {
  try {
    const input = parse(inputText) as SandboxInput
    makeDeterministic(input.closeTime)
    const Made = make()
    if (typeof Made !== 'function' || !(Made.prototype instanceof Strategy))
      throw new Error('The class must extend Strategy.')
    return stringify(decide(Made as new () => Strategy, { input, now: -1, isOpen: true, listeners: [], log: [] }))
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return stringify({ kind: 'ERROR', message: message.slice(0, 500), line: lineOf(error) } satisfies SandboxAnswer)
  }
}
