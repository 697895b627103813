import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import type { Clock } from '@/lib/platform/clock'
import { sleep } from '@/lib/platform/clock'
import type { Rules } from '../matching/rules'
import { rulesOf } from '../matching/rules'
import { tradeOfMessage } from './agg-trade'
import { listingOf } from './listings'
import { RecordedTrades } from './recorded-trades'
import type { MarketCandle, MarketSource, MarketTrade } from './source'

const SCANNED_LINES = 5000
const SLICE_MS = 8
const QUOTES = ['USDT', 'USDC', 'FDUSD', 'BTC', 'ETH', 'BNB', 'EUR']

async function* linesOf(file: string): AsyncGenerator<string> {
  const bytes = createReadStream(file)
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
  // An unreadable file must end the iteration with its error, not the process.
  bytes.on('error', (error) => text.destroy(error))
  try {
    for await (const line of createInterface({ input: text, crlfDelay: Infinity })) if (line !== '') yield line
  } finally {
    bytes.destroy()
  }
}

const decimalsOf = (text: string): number => (text.split('.')[1] ?? '').replace(/0+$/, '').length

/** Rules of a recorded pair: the listed ones where it is listed, else made from the decimals that its prints use. */
function inferRules(symbol: string, priceDecimals: number, quantityDecimals: number): Rules {
  const listed = listingOf(symbol)
  if (listed !== undefined) return listed.rules
  const quote = QUOTES.find((asset) => symbol.endsWith(asset) && symbol.length > asset.length) ?? symbol.slice(-3)
  return rulesOf(symbol.slice(0, -quote.length), quote, priceDecimals, quantityDecimals)
}

/** Opens a recording of Binance aggTrade messages, one JSON object a line, gzip or plain. Throws when it cannot be read. */
export async function openReplay(file: string, speed: number, clock: Clock): Promise<ReplaySource> {
  const decimals = new Map<string, [price: number, quantity: number]>()
  let scanned = 0
  for await (const line of linesOf(file)) {
    const { symbol, price, quantity } = tradeOfMessage(JSON.parse(line), line)
    const [p, q] = decimals.get(symbol) ?? [0, 0]
    decimals.set(symbol, [Math.max(p, decimalsOf(price)), Math.max(q, decimalsOf(quantity))])
    scanned += 1
    if (scanned >= SCANNED_LINES) break
  }
  if (scanned === 0) throw new Error(`The recording ${basename(file)} is empty.`)
  return new ReplaySource(
    file,
    speed,
    clock,
    [...decimals].map(([symbol, [p, q]]) => inferRules(symbol, p, q)),
  )
}

/**
 * Replays a recording, message for message, at a multiple of its speed. It begins when the first client listens to a
 * recorded pair, so that nothing is missed; after its end the market is quiet.
 */
export class ReplaySource implements MarketSource {
  readonly kind = 'replay'
  readonly rules: Rules[]
  readonly file: string
  readonly speed: number
  backPressure: (() => Promise<void> | undefined) | undefined
  private readonly clock: Clock
  private readonly recorded: Map<string, RecordedTrades>
  private onTrade: (trade: MarketTrade) => void = () => undefined
  private marketTime = 0
  private readonly stopping = new AbortController()
  private hasBegun = false
  private problem: string | undefined

  constructor(file: string, speed: number, clock: Clock, rules: Rules[]) {
    this.file = file
    this.speed = speed
    this.clock = clock
    this.rules = rules
    this.recorded = new Map(rules.map(({ symbol }) => [symbol, new RecordedTrades()]))
  }

  get description(): string {
    const text = `replay of ${basename(this.file)} at ${this.speed} times its speed`
    return this.problem === undefined ? text : `${text}, broken off: ${this.problem}`
  }

  now(): number {
    return this.marketTime === 0 ? this.clock() : this.marketTime
  }

  lastTrade(symbol: string): MarketTrade | undefined {
    return this.recorded.get(symbol)?.last
  }

  trades(symbol: string, limit: number, fromId?: number): MarketTrade[] {
    return this.recorded.get(symbol)?.trades(limit, fromId) ?? []
  }

  tradesBetween(symbol: string, from: number, to: number, limit: number): MarketTrade[] {
    return this.recorded.get(symbol)?.between(from, to, limit) ?? []
  }

  candles(symbol: string, intervalMs: number, from: number, to: number, limit: number): Promise<MarketCandle[]> {
    return Promise.resolve(this.recorded.get(symbol)?.candles(intervalMs, from, to, limit) ?? [])
  }

  start(onTrade: (trade: MarketTrade) => void): void {
    this.onTrade = onTrade
  }

  stop(): void {
    this.stopping.abort()
  }

  onSubscriber(symbol: string): void {
    if (this.hasBegun || !this.recorded.has(symbol)) return
    this.hasBegun = true
    this.run().catch((error: unknown) => {
      this.problem = error instanceof Error ? error.message : String(error)
    })
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping
    const startedAt = performance.now()
    let firstTime: number | undefined
    let sliceEnd = startedAt + SLICE_MS
    for await (const line of linesOf(this.file)) {
      if (signal.aborted) return
      const trade = tradeOfMessage(JSON.parse(line), line)
      firstTime ??= trade.eventTime
      const wait = (trade.eventTime - firstTime) / this.speed - (performance.now() - startedAt)
      if (wait > 1) await sleep(wait, signal)
      await this.backPressure?.()
      if (performance.now() > sliceEnd) {
        await setImmediate()
        sliceEnd = performance.now() + SLICE_MS
      }
      this.marketTime = Math.max(this.marketTime, trade.eventTime)
      this.recorded.get(trade.symbol)?.add(trade)
      this.onTrade(trade)
    }
  }
}
