import type { Connection } from '../connection'
import type { Exchange } from '../exchange'
import { INTERVAL_MS, barStart } from '../market/interval'
import type { MarketTrade } from '../market/source'
import type { Level } from '../matching/book'
import { type Arg, Channels, pushOf, type Subscription } from './channels'
import * as shape from './market-shapes'
import { serveSocket, StreamError } from './stream-socket'

type Version = 'v2' | 'v3'

const BOOK_LEVELS = 60
const BARS = 500
const TICK_MS = 200
const BOOKS: Record<string, number> = { books: BOOK_LEVELS, books1: 1, books5: 5, books15: 15, books50: 50 }

/** What one subscription asks for, in words of both versions. */
interface Topic {
  version: Version
  kind: 'trade' | 'ticker' | 'candle' | 'books'
  symbol: string
  /** Bar length of candles, number of levels of books. */
  intervalMs: number
  levels: number
  isDiff: boolean
}

const INTERVALS: Record<string, string> = { '1H': '1h', '4H': '4h', '6H': '6h', '12H': '12h', '1D': '1d', '1W': '1w' }
const intervalMsOf = (text: string): number | undefined => INTERVAL_MS[INTERVALS[text] ?? text]

interface Memory {
  candle: string
  ticker: string
  book: Map<string, string>
  bookId: number
}

/** The public channels of both versions. A message is made only when somebody listens. */
export class PublicStreams {
  private readonly exchange: Exchange
  private readonly now: () => number
  private readonly channels = new Channels()
  private readonly memories = new Map<Subscription, Memory>()
  private readonly timer: NodeJS.Timeout
  private readonly onFault: (error: unknown) => void
  private isBusy = false

  constructor(exchange: Exchange, now: () => number, onFault: (error: unknown) => void) {
    this.exchange = exchange
    this.now = now
    this.onFault = onFault
    exchange.on('trade', (trade) => this.onTrade(trade))
    this.timer = setInterval(() => {
      if (this.isBusy) return
      this.isBusy = true
      this.tick()
        .catch(onFault)
        .finally(() => {
          this.isBusy = false
        })
    }, TICK_MS)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  serve(connection: Connection, version: Version): void {
    serveSocket(connection, {
      subscribe: (arg) => {
        const topic = this.topicOf(arg, version)
        return () => {
          this.channels.add({ ...arg, version }, connection)
          this.exchange.market.onSubscriber?.(topic.symbol)
          this.begin(topic, arg, connection).catch(this.onFault)
        }
      },
      unsubscribe: (arg) => this.channels.remove({ ...arg, version }, connection),
      close: () => this.channels.removeAll(connection),
      onFault: this.onFault,
    })
  }

  /** Throws StreamError 30001 for what the exchange does not have. */
  private topicOf(arg: Arg, version: Version): Topic {
    const channel = arg[version === 'v2' ? 'channel' : 'topic'] ?? ''
    const symbol = arg[version === 'v2' ? 'instId' : 'symbol'] ?? ''
    const none = { version, symbol, intervalMs: 0, levels: 0, isDiff: false }
    const missing = new StreamError(
      30001,
      `instType:${arg['instType'] ?? ''},channel:${channel},instId:${symbol} doesn't exist`,
    )
    if (arg['instType']?.toLowerCase() !== 'spot' || this.exchange.rulesOf(symbol) === undefined) throw missing
    if (channel === (version === 'v2' ? 'trade' : 'publicTrade')) return { ...none, kind: 'trade' }
    if (channel === 'ticker') return { ...none, kind: 'ticker' }
    const levels = BOOKS[channel]
    if (levels !== undefined) return { ...none, kind: 'books', levels, isDiff: channel === 'books' }
    const interval = version === 'v3' && channel === 'kline' ? arg['interval'] : /^candle(\w+)$/.exec(channel)?.[1]
    const intervalMs = interval === undefined ? undefined : intervalMsOf(interval)
    if (intervalMs === undefined) throw missing
    return { ...none, kind: 'candle', intervalMs }
  }

  /** The state at the moment of subscribing. */
  private async begin(topic: Topic, arg: Arg, connection: Connection): Promise<void> {
    const data = await this.stateOf(topic, BARS)
    if (data !== undefined) connection.stream(pushOf('snapshot', arg, data, this.now()))
  }

  private async stateOf(topic: Topic, bars: number): Promise<unknown[] | undefined> {
    const { symbol, version } = topic
    const { market } = this.exchange
    switch (topic.kind) {
      case 'trade':
        return market
          .trades(symbol, 20)
          .toReversed()
          .map((trade) => (version === 'v2' ? shape.classicTrade(trade) : shape.unifiedPrint(trade)))
      case 'ticker': {
        if (market.lastTrade(symbol) === undefined) return undefined
        const facts = await shape.tickerFacts(this.exchange, symbol)
        const { symbol: instId, usdtVolume: _, open: open24h, ...rest } = shape.classicTicker(symbol, facts)
        return [version === 'v2' ? { instId, open24h, ...rest } : shape.unifiedTicker(facts)]
      }
      case 'candle': {
        const now = market.now()
        const from = barStart(now, topic.intervalMs) - (bars - 1) * topic.intervalMs
        const rows = (await market.candles(symbol, topic.intervalMs, from, now, bars)).map(shape.candleRow)
        return version === 'v2' ? rows : rows.map(klineOf)
      }
      case 'books': {
        const view = this.exchange.view(symbol)
        if (view === undefined) return undefined
        return [this.bookOf(topic, rowsOf(view.asks, topic.levels), rowsOf(view.bids, topic.levels))]
      }
    }
  }

  private bookOf({ version, symbol }: Topic, asks: unknown, bids: unknown) {
    const seq = String(this.exchange.market.lastTrade(symbol)?.id ?? 0)
    const ts = String(this.now())
    return version === 'v2' ? { asks, bids, seq, ts } : { a: asks, b: bids, seq, pseq: '0', ts }
  }

  private onTrade(trade: MarketTrade): void {
    const subscriptions = this.channels.all()
    if (subscriptions.length === 0) return
    for (const { arg, connections } of subscriptions) {
      const { version, ...plain } = arg
      const [channel, symbol] =
        version === 'v2' ? [plain['channel'], plain['instId']] : [plain['topic'], plain['symbol']]
      if (symbol !== trade.symbol || (channel !== 'trade' && channel !== 'publicTrade')) continue
      const data = [version === 'v2' ? shape.classicTrade(trade) : shape.unifiedPrint(trade)]
      send(connections, pushOf('update', plain, data, this.now()))
    }
  }

  private async tick(): Promise<void> {
    for (const subscription of this.channels.all()) {
      const { version, ...arg } = subscription.arg
      const topic = this.topicOf(arg, version === 'v3' ? 'v3' : 'v2')
      if (topic.kind === 'trade') continue
      const push = await this.changeOf(topic, arg, this.memoryOf(subscription))
      if (push !== undefined) send(subscription.connections, push)
    }
    for (const known of this.memories.keys()) if (known.connections.size === 0) this.memories.delete(known)
  }

  private memoryOf(subscription: Subscription): Memory {
    let memory = this.memories.get(subscription)
    if (memory === undefined)
      this.memories.set(subscription, (memory = { candle: '', ticker: '', book: new Map(), bookId: 0 }))
    return memory
  }

  /** The push for what changed since the last one; undefined when nothing did. */
  private async changeOf(topic: Topic, arg: Arg, memory: Memory): Promise<string | undefined> {
    const { symbol } = topic
    const lastId = this.exchange.market.lastTrade(symbol)?.id ?? 0
    if (topic.kind === 'books') {
      if (lastId === memory.bookId) return undefined
      memory.bookId = lastId
      if (topic.isDiff) return this.diffOf(topic, arg, memory)
    }
    const data = await this.stateOf(topic, 2)
    if (data === undefined) return undefined
    const text = JSON.stringify(data)
    if (topic.kind !== 'books') {
      const before = topic.kind === 'candle' ? memory.candle : memory.ticker
      if (before === text) return undefined
      if (topic.kind === 'candle') memory.candle = text
      else memory.ticker = text
    }
    return pushOf(topic.kind === 'candle' ? 'update' : 'snapshot', arg, data, this.now())
  }

  private diffOf(topic: Topic, arg: Arg, memory: Memory): string | undefined {
    const view = this.exchange.view(topic.symbol)
    if (view === undefined) return undefined
    const asks = changes(memory.book, 'a', rowsOf(view.asks, topic.levels))
    const bids = changes(memory.book, 'b', rowsOf(view.bids, topic.levels))
    return pushOf('update', arg, [this.bookOf(topic, asks, bids)], this.now())
  }
}

const rowsOf = (levels: Level[], limit: number) => shape.levelRows(levels, limit)

const klineOf = ([start, open, high, low, close, volume, turnover]: string[]) => ({
  start,
  open,
  close,
  high,
  low,
  volume,
  turnover,
})

/** Levels that differ from those pushed before; those that are gone have size zero. */
function changes(book: Map<string, string>, side: string, rows: [string, string][]): [string, string][] {
  const wanted = new Map(rows.map(([price, size]) => [side + price, size]))
  const changed = rows.filter(([price, size]) => book.get(side + price) !== size)
  for (const [key, size] of [...book])
    if (key.startsWith(side) && size !== '0' && !wanted.has(key)) changed.push([key.slice(side.length), '0'])
  for (const [price, size] of changed) {
    if (size === '0') book.delete(side + price)
    else book.set(side + price, size)
  }
  return changed
}

const send = (connections: Iterable<Connection>, text: string): void => {
  for (const connection of connections) connection.stream(text)
}
