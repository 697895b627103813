import type { Exchange } from '../exchange'
import { barStart } from '../market/interval'
import type { MarketTrade } from '../market/source'
import type { Rules } from '../matching/rules'
import { candleRow, historyRow, INTERVALS, level1Shape, levelRows, snapshotShape } from './market-shapes'
import { bigNumber, nameOfPair, nanosOf, orderIdOf, rulesOfName } from './native'
import { StreamHub } from './stream-hub'

const TICK_MS = 250
const LEVELS = 50

type Rows = [price: string, size: string][]

/** A topic by its parts: `/market/candles:BTC-USDT_1min`. */
interface Topic {
  channel: string
  rules: Rules
  interval?: string
}

const CHANNELS = new Set([
  '/market/match',
  '/market/ticker',
  '/market/snapshot',
  '/market/level2',
  '/spotMarket/level1',
  '/spotMarket/level2Depth5',
  '/spotMarket/level2Depth50',
])

const message = (topic: string, subject: string, data: unknown) => ({ topic, type: 'message', subject, data })

/** KuCoin's public topics. A message is made only when somebody listens. */
export class MarketStreams {
  readonly hub: StreamHub
  private readonly exchange: Exchange
  private readonly books = new Map<string, { id: number; bids: Rows; asks: Rows }>()
  private readonly lastIds = new Map<string, number>()
  private readonly timer: NodeJS.Timeout

  constructor(exchange: Exchange) {
    this.exchange = exchange
    this.hub = new StreamHub((topic) => {
      this.books.delete(topic)
      const symbol = this.read(topic)?.rules.symbol
      if (symbol !== undefined) exchange.market.onSubscriber?.(symbol)
    })
    exchange.on('trade', (trade) => this.onTrade(trade))
    this.timer = setInterval(() => {
      for (const topic of this.hub.topics()) void this.periodic(topic)
    }, TICK_MS)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  /** Reads a topic for one pair; undefined for one that does not exist. */
  read(topic: string): Topic | undefined {
    const [channel = '', name = ''] = topic.split(':', 2)
    if (channel === '/market/candles') {
      const [symbol = '', interval = ''] = name.split('_', 2)
      const rules = rulesOfName(this.exchange, symbol)
      return rules === undefined || INTERVALS[interval] === undefined ? undefined : { channel, rules, interval }
    }
    const rules = rulesOfName(this.exchange, name)
    return rules === undefined || !CHANNELS.has(channel) ? undefined : { channel, rules }
  }

  /** The topics that a subscription names (`/market/match:BTC-USDT,ETH-USDT`), or undefined when one does not exist. */
  topicsOf(asked: string): string[] | undefined {
    if (asked === '/market/ticker:all') return [asked]
    const [channel = '', names = ''] = asked.split(':', 2)
    const topics = names.split(',').map((name) => `${channel}:${name}`)
    return topics.every((topic) => this.read(topic) !== undefined) ? topics : undefined
  }

  private onTrade(trade: MarketTrade): void {
    const name = nameOfPair(this.exchange, trade.symbol)
    const topic = `/market/match:${name}`
    this.hub.publish(topic, () => message(topic, 'trade.l3match', matchShape(trade, name)))
    const ticker = `/market/ticker:${name}`
    const best = () => level1Shape(this.exchange, trade.symbol)
    this.hub.publish(ticker, () => message(ticker, 'trade.ticker', best()))
    this.hub.publish('/market/ticker:all', () => message('/market/ticker:all', name, best()))
  }

  private async periodic(topic: string): Promise<void> {
    const read = this.read(topic)
    if (read === undefined) return
    const { channel, rules, interval } = read
    const id = this.exchange.market.lastTrade(rules.symbol)?.id
    if (id === undefined || this.lastIds.get(topic) === id) return
    this.lastIds.set(topic, id)
    if (interval !== undefined) return this.publishCandle(topic, rules, interval)
    if (channel === '/market/snapshot') {
      const data = await snapshotShape(this.exchange, rules)
      this.hub.publish(topic, () => message(topic, 'trade.snapshot', { sequence: String(id), data }))
    }
    if (channel === '/market/level2') this.publishChanges(topic, rules, id)
    if (channel.startsWith('/spotMarket/')) this.publishDepth(topic, channel, rules)
  }

  private async publishCandle(topic: string, rules: Rules, interval: string): Promise<void> {
    const { market } = this.exchange
    const intervalMs = INTERVALS[interval] ?? 60_000
    const start = barStart(market.now(), intervalMs)
    const [candle] = await market.candles(rules.symbol, intervalMs, start, start, 1)
    if (candle === undefined) return
    const symbol = nameOfPair(this.exchange, rules.symbol)
    const data = { symbol, candles: candleRow(candle), time: bigNumber(nanosOf(market.now())) }
    this.hub.publish(topic, () => message(topic, 'trade.candles.update', data))
  }

  private publishDepth(topic: string, channel: string, rules: Rules): void {
    const view = this.exchange.view(rules.symbol)
    const timestamp = this.exchange.market.now()
    if (channel === '/spotMarket/level1') {
      const [asks, bids] = [levelRows(view?.asks, 1)[0], levelRows(view?.bids, 1)[0]]
      this.hub.publish(topic, () => message(topic, 'level1', { asks, bids, timestamp }))
      return
    }
    const levels = channel.endsWith('50') ? LEVELS : 5
    const book = { asks: levelRows(view?.asks, levels), bids: levelRows(view?.bids, levels), timestamp }
    this.hub.publish(topic, () => message(topic, 'level2', book))
  }

  /** Levels that changed since the last message; a size of zero takes one away. */
  private publishChanges(topic: string, rules: Rules, id: number): void {
    const view = this.exchange.view(rules.symbol)
    const before = this.books.get(topic)
    const after = { id, bids: levelRows(view?.bids, 1000), asks: levelRows(view?.asks, 1000) }
    this.books.set(topic, after)
    if (before === undefined) return
    const changes = { asks: changed(before.asks, after.asks, id), bids: changed(before.bids, after.bids, id) }
    const symbol = nameOfPair(this.exchange, rules.symbol)
    const time = this.exchange.market.now()
    const data = { changes, sequenceStart: before.id + 1, sequenceEnd: id, symbol, time }
    this.hub.publish(topic, () => message(topic, 'trade.l2update', data))
  }
}

function changed(before: Rows, after: Rows, id: number): [string, string, string][] {
  const old = new Map(before)
  const kept = new Set(after.map(([price]) => price))
  const rows = after.filter(([price, size]) => old.get(price) !== size)
  const gone = before.filter(([price]) => !kept.has(price)).map(([price]): [string, string] => [price, '0'])
  return [...rows, ...gone].map(([price, size]) => [price, size, String(id)])
}

const matchShape = (trade: MarketTrade, symbol: string) => {
  const { sequence, price, size, side } = historyRow(trade)
  const ids = { makerOrderId: orderIdOf(trade.firstId), takerOrderId: orderIdOf(trade.lastId), tradeId: sequence }
  return { ...ids, price, sequence, side, size, symbol, time: nanosOf(trade.tradeTime), type: 'match' }
}
