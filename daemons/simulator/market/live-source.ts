import { WebSocket } from 'ws'
import { z } from 'zod'
import type { Clock } from '@/lib/platform/clock'
import { parseDecimal } from '@/lib/domain/money/decimal'
import type { Level } from '../matching/book'
import type { Rules } from '../matching/rules'
import { tradeOfMessage } from './agg-trade'
import { INTERVAL_MS } from './interval'
import { LISTINGS } from './listings'
import { RecordedTrades } from './recorded-trades'
import { isObject } from './shape'
import type { MarketCandle, MarketSource, MarketTrade } from './source'

const LOOK_UP_MS = 600
const REST_TIMEOUT_MS = 5000
const RETRY_MS = [500, 1000, 2000, 5000, 10_000]

const klineSchema = z
  .tuple([
    z.number(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.number(),
    z.string(),
    z.number(),
    z.string(),
    z.string(),
  ])
  .rest(z.unknown())
const tradeRowSchema = z.object({
  a: z.number(),
  p: z.string(),
  q: z.string(),
  f: z.number(),
  l: z.number(),
  T: z.number(),
  m: z.boolean(),
})

/** Does the live exchange answer, quickly? Bounded, so that a machine without internet starts at once. */
export async function reachesLive(restUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${restUrl}/api/v3/ping`, { signal: AbortSignal.timeout(LOOK_UP_MS) })).ok
  } catch {
    return false
  }
}

/** Follows the public market of the live exchange: prints and best quotes by stream, bars by REST. */
export class LiveSource implements MarketSource {
  readonly kind = 'live'
  readonly description: string
  readonly rules: Rules[] = LISTINGS.map((listing) => listing.rules)
  private readonly urls: { rest: string; ws: string }
  private readonly clock: Clock
  private readonly recorded = new Map(LISTINGS.map(({ rules }) => [rules.symbol, new RecordedTrades()]))
  private readonly quotes = new Map<string, { bid: Level; ask: Level }>()
  private onTrade: (trade: MarketTrade) => void = () => undefined
  private socket: WebSocket | undefined
  private retry: NodeJS.Timeout | undefined
  private attempts = 0
  private isStopped = false

  constructor(urls: { rest: string; ws: string }, clock: Clock) {
    this.urls = urls
    this.clock = clock
    this.description = `live market of ${new URL(urls.ws).host}`
  }

  now(): number {
    return this.clock()
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

  bestQuote(symbol: string): { bid: Level; ask: Level } | undefined {
    return this.quotes.get(symbol)
  }

  /** The live exchange's own bars; while it cannot be reached, those made of the prints received. */
  async candles(symbol: string, intervalMs: number, from: number, to: number, limit: number): Promise<MarketCandle[]> {
    const interval = Object.keys(INTERVAL_MS).find((name) => INTERVAL_MS[name] === intervalMs) ?? '1m'
    const query = `symbol=${symbol}&interval=${interval}&startTime=${Math.ceil(from)}&endTime=${Math.floor(to)}&limit=${limit}`
    try {
      const rows = z.array(klineSchema).parse(await this.get(`/api/v3/klines?${query}`))
      return rows.map((row) => candleOfRow(row))
    } catch {
      return this.recorded.get(symbol)?.candles(intervalMs, from, to, limit) ?? []
    }
  }

  start(onTrade: (trade: MarketTrade) => void): void {
    this.onTrade = onTrade
    this.connect()
    for (const { symbol } of this.rules) void this.loadLast(symbol)
  }

  stop(): void {
    this.isStopped = true
    clearTimeout(this.retry)
    this.socket?.terminate()
  }

  private connect(): void {
    const streams = this.rules.flatMap(({ symbol }) => [
      `${symbol.toLowerCase()}@aggTrade`,
      `${symbol.toLowerCase()}@bookTicker`,
    ])
    const socket = new WebSocket(`${this.urls.ws}/stream?streams=${streams.join('/')}`)
    this.socket = socket
    socket.on('open', () => {
      this.attempts = 0
    })
    socket.on('message', (data: Buffer) => {
      try {
        this.receive(data.toString())
      } catch {
        // A message that makes no sense: begin again on a fresh connection.
        socket.terminate()
      }
    })
    // The close that follows an error starts the next attempt.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (this.isStopped) return
      this.retry = setTimeout(() => this.connect(), RETRY_MS[Math.min(this.attempts, RETRY_MS.length - 1)])
      this.attempts += 1
    })
  }

  private receive(text: string): void {
    const message: unknown = JSON.parse(text)
    const data = isObject(message) ? message['data'] : undefined
    if (!isObject(data)) return
    if (data['e'] === 'aggTrade') this.announce(tradeOfMessage(data, JSON.stringify(data)))
    else if (typeof data['b'] === 'string' && typeof data['a'] === 'string') this.quote(data)
  }

  private announce(trade: MarketTrade): void {
    const recorded = this.recorded.get(trade.symbol)
    if (recorded === undefined || trade.id <= (recorded.last?.id ?? -1)) return
    recorded.add(trade)
    this.onTrade(trade)
  }

  private quote(data: Record<string, unknown>): void {
    const { s, b, B, a, A } = data
    if (
      typeof s !== 'string' ||
      typeof b !== 'string' ||
      typeof B !== 'string' ||
      typeof a !== 'string' ||
      typeof A !== 'string'
    )
      return
    this.quotes.set(s, {
      bid: { price: parseDecimal(b), quantity: parseDecimal(B) },
      ask: { price: parseDecimal(a), quantity: parseDecimal(A) },
    })
  }

  /** The last print before the stream began, so that quiet pairs have a price at once. */
  private async loadLast(symbol: string): Promise<void> {
    try {
      const rows = z.array(tradeRowSchema).parse(await this.get(`/api/v3/aggTrades?symbol=${symbol}&limit=1`))
      for (const { a, p, q, f, l, T, m } of rows)
        this.announce({
          symbol,
          id: a,
          firstId: f,
          lastId: l,
          price: p,
          quantity: q,
          tradeTime: T,
          eventTime: T,
          isBuyerMaker: m,
        })
    } catch {
      // The stream brings the price with the next print.
    }
  }

  private async get(path: string): Promise<unknown> {
    const response = await fetch(`${this.urls.rest}${path}`, { signal: AbortSignal.timeout(REST_TIMEOUT_MS) })
    if (!response.ok) throw new Error(`the live exchange answered ${response.status}`)
    return response.json()
  }
}

const candleOfRow = (row: z.infer<typeof klineSchema>): MarketCandle => ({
  openTime: row[0],
  closeTime: row[6] + 1,
  open: row[1],
  high: row[2],
  low: row[3],
  close: row[4],
  volume: row[5],
  quoteVolume: row[7],
  takerVolume: row[9],
  takerQuoteVolume: row[10],
  tradeCount: row[8],
  firstId: -1,
  lastId: -1,
})
