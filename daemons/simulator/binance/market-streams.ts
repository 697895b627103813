import type { Exchange } from '../exchange'
import { dayStatistics } from '../market/day-statistics'
import type { MarketTrade } from '../market/source'
import type { Level } from '../matching/book'
import { KlineStreams } from './kline-streams'
import { aggTradeEvent, tradeEvent } from './market-shapes'
import { wire8 } from './native'
import { StreamHub } from './stream-hub'
import { parseStream } from './stream-name'
import { derived } from './tickers'

const TICK_MS = 50
const PERIOD_MS = 1000
const DIFF_LEVELS = 60

type Rows = [price: string, quantity: string][]

const rows = (levels: Level[], limit: number): Rows =>
  levels.slice(0, limit).map(({ price, quantity }) => [wire8(price), wire8(quantity)])

/** Levels that changed between two books; those that are gone have quantity zero. */
export function changedLevels(before: Rows, after: Rows): Rows {
  const old = new Map(before)
  const changed = after.filter(([price, quantity]) => old.get(price) !== quantity)
  const kept = new Set(after.map(([price]) => price))
  return [
    ...changed,
    ...before.filter(([price]) => !kept.has(price)).map(([price]): [string, string] => [price, '0.00000000']),
  ]
}

interface DepthState {
  id: number
  bids: Rows
  asks: Rows
}

/** The market's streams. Names as on Binance; a message is made only when somebody listens. */
export class MarketStreams {
  readonly hub: StreamHub
  private readonly exchange: Exchange
  private readonly klines: KlineStreams
  private readonly depths = new Map<string, DepthState>()
  private readonly bests = new Map<string, string>()
  private readonly timer: NodeJS.Timeout
  private periodAt = 0

  constructor(exchange: Exchange) {
    this.exchange = exchange
    this.hub = new StreamHub(
      (stream) => this.onFirst(stream),
      (stream) => this.onNone(stream),
    )
    this.klines = new KlineStreams(exchange, (stream, message) =>
      this.hub.publish(stream, () => JSON.stringify(message)),
    )
    exchange.on('trade', (trade) => this.onTrade(trade))
    exchange.on('market', () => this.onMarket())
    this.onMarket()
    this.timer = setInterval(() => this.tick(performance.now()), TICK_MS)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private onMarket(): void {
    const { market } = this.exchange
    market.backPressure = () => this.hub.drained()
    this.klines.restart()
    this.depths.clear()
    for (const stream of this.hub.streams()) {
      const kind = parseStream(stream)
      if (kind !== null && 'symbol' in kind) market.onSubscriber?.(kind.symbol)
    }
  }

  private onFirst(stream: string): void {
    const kind = parseStream(stream)
    if (kind === null || !('symbol' in kind)) return
    if (kind.kind === 'kline') this.klines.add(stream, kind.symbol, kind.interval)
    this.exchange.market.onSubscriber?.(kind.symbol)
  }

  private onNone(stream: string): void {
    this.klines.remove(stream)
    this.depths.delete(stream)
    this.bests.delete(stream)
  }

  private onTrade(trade: MarketTrade): void {
    const symbol = trade.symbol.toLowerCase()
    this.hub.publish(`${symbol}@aggTrade`, () => trade.raw ?? JSON.stringify(aggTradeEvent(trade)))
    this.hub.publish(`${symbol}@trade`, () => JSON.stringify(tradeEvent(trade)))
    const quotes = `${symbol}@bookTicker`
    if (this.hub.has(quotes)) this.publishQuote(quotes, trade)
  }

  private publishQuote(stream: string, trade: MarketTrade): void {
    const view = this.exchange.view(trade.symbol)
    const [bid, ask] = [view?.bids[0], view?.asks[0]]
    if (bid === undefined || ask === undefined) return
    const quote = { b: wire8(bid.price), B: wire8(bid.quantity), a: wire8(ask.price), A: wire8(ask.quantity) }
    const text = JSON.stringify(quote)
    if (this.bests.get(stream) === text) return
    this.bests.set(stream, text)
    this.hub.publish(stream, () => JSON.stringify({ u: trade.id, s: trade.symbol, ...quote }))
  }

  private tick(wall: number): void {
    this.klines.tick(wall)
    if (wall - this.periodAt < PERIOD_MS) return
    this.periodAt = wall
    for (const stream of this.hub.streams()) void this.periodic(stream)
  }

  private async periodic(stream: string): Promise<void> {
    const kind = parseStream(stream)
    switch (kind?.kind) {
      case 'partialDepth': {
        const view = this.exchange.view(kind.symbol)
        const lastUpdateId = this.exchange.market.lastTrade(kind.symbol)?.id
        if (view === undefined || lastUpdateId === undefined) return
        const { levels } = kind
        this.hub.publish(stream, () =>
          JSON.stringify({ lastUpdateId, bids: rows(view.bids, levels), asks: rows(view.asks, levels) }),
        )
        return
      }
      case 'depth':
        this.publishDiff(stream, kind.symbol)
        return
      case 'ticker':
      case 'miniTicker': {
        const message = await this.ticker(kind.symbol, kind.kind === 'miniTicker')
        if (message !== undefined) this.hub.publish(stream, () => JSON.stringify(message))
        return
      }
      case 'allMiniTickers': {
        const all = await Promise.all(this.exchange.rules.map(({ symbol }) => this.ticker(symbol, true)))
        this.hub.publish(stream, () => JSON.stringify(all.filter((message) => message !== undefined)))
        return
      }
      case 'avgPrice': {
        const { symbol } = kind
        const E = this.exchange.market.now()
        const w = wire8(this.exchange.averagePrice(symbol))
        this.hub.publish(stream, () => JSON.stringify({ e: 'avgPrice', E, s: symbol, i: '5m', w, T: E }))
        return
      }
      case 'trade':
      case 'aggTrade':
      case 'bookTicker':
      case 'kline':
      case undefined:
        return
    }
  }

  private publishDiff(stream: string, symbol: string): void {
    const view = this.exchange.view(symbol)
    const id = this.exchange.market.lastTrade(symbol)?.id
    if (view === undefined || id === undefined) return
    const before = this.depths.get(stream)
    const after = { id, bids: rows(view.bids, DIFF_LEVELS), asks: rows(view.asks, DIFF_LEVELS) }
    this.depths.set(stream, after)
    if (before === undefined || before.id >= id) return
    const b = changedLevels(before.bids, after.bids)
    const a = changedLevels(before.asks, after.asks)
    const E = this.exchange.market.now()
    this.hub.publish(stream, () => JSON.stringify({ e: 'depthUpdate', E, s: symbol, U: before.id + 1, u: id, b, a }))
  }

  private async ticker(symbol: string, isMini: boolean) {
    if (this.exchange.market.lastTrade(symbol) === undefined) return undefined
    const day = await dayStatistics(this.exchange, symbol)
    const E = this.exchange.market.now()
    const prices = { o: day.open, h: day.high, l: day.low, v: day.volume, q: day.quoteVolume }
    if (isMini) return { e: '24hrMiniTicker', E, s: symbol, c: day.last, ...prices }
    const more = derived(this.exchange, symbol, day)
    const { change: p, changePercent: P, average: w, bidPrice: b, bidQuantity: B, askPrice: a, askQuantity: A } = more
    const span = { O: day.openTime, C: day.closeTime, F: day.firstId, L: day.lastId, n: day.count }
    return {
      e: '24hrTicker',
      E,
      s: symbol,
      p,
      P,
      w,
      x: day.open,
      c: day.last,
      Q: day.lastQuantity,
      b,
      B,
      a,
      A,
      ...prices,
      ...span,
    }
  }
}
