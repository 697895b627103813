import { INTERVAL_MS } from '../market/interval'
import { type Context, type Endpoints, open, optionalSymbol, spotOnly, symbolOf } from './endpoint'
import { wrong } from './errors'
import * as shape from './market-shapes'

/** Bar lengths of the v2 endpoints; Bitget has neither 10 minutes nor, on spot, 2 hours. */
const GRANULARITIES: Record<string, string> = {
  '1min': '1m',
  '3min': '3m',
  '5min': '5m',
  '15min': '15m',
  '30min': '30m',
  '1h': '1h',
  '4h': '4h',
  '6Hutc': '6h',
  '12Hutc': '12h',
  '1Dutc': '1d',
  '3Dutc': '3d',
  '1Wutc': '1w',
}
const INTERVALS: Record<string, string> = {
  '1m': '1m',
  '3m': '3m',
  '5m': '5m',
  '15m': '15m',
  '30m': '30m',
  '1H': '1h',
  '2H': '2h',
  '4H': '4h',
  '6H': '6h',
  '12H': '12h',
  '1D': '1d',
}

const DAY = 86_400_000
/** How far back the recent candles reach, in days. Source: Bitget's "Get Candlestick Data". */
const RECENT_DAYS: Record<string, number> = { '15m': 52, '30m': 62, '1h': 83, '2h': 120, '4h': 240, '6h': 360 }
const recentDaysOf = (interval: string): number =>
  RECENT_DAYS[interval] ?? ((INTERVAL_MS[interval] ?? 0) < 900_000 ? 30 : 720)

function intervalOf({ params }: Context, name: string, known: Record<string, string>): string {
  const interval = known[params.required(name)]
  if (interval === undefined) throw wrong(name)
  return interval
}

/** Bars that open before `end`, the newest `limit` of those from `start` on, oldest first. */
async function bars(context: Context, interval: string, start: number, end: number, limit: number) {
  const { symbol } = symbolOf(context)
  const intervalMs = INTERVAL_MS[interval] ?? 0
  const from = Math.max(start, end - intervalMs * limit)
  return (await context.exchange.market.candles(symbol, intervalMs, from, end - 1, limit)).map(shape.candleRow)
}

function recentCandles(context: Context, interval: string, most: number) {
  const { params, exchange } = context
  const now = exchange.market.now()
  const end = Math.min((params.integer('endTime') ?? now) + 1, now + 1)
  const start = Math.max(params.integer('startTime') ?? 0, now - recentDaysOf(interval) * DAY)
  return bars(context, interval, start, end, params.limit(100, most))
}

function olderCandles(context: Context, interval: string, most: number) {
  const { params, exchange } = context
  const end = Math.min(Number(params.required('endTime')), exchange.market.now() + 1)
  return bars(context, interval, 0, end, params.limit(100, most))
}

async function tickers<T>(context: Context, shapeOf: (symbol: string) => Promise<T>): Promise<T[]> {
  const one = optionalSymbol(context)
  const all: T[] = []
  for (const symbol of one === undefined ? context.exchange.rules.map((rules) => rules.symbol) : [one])
    all.push(await shapeOf(symbol))
  return all
}

function book(context: Context) {
  const { symbol } = symbolOf(context)
  const limit = context.params.limit(150, 150)
  const view = context.exchange.view(symbol)
  return {
    asks: shape.levelRows(view?.asks ?? [], limit),
    bids: shape.levelRows(view?.bids ?? [], limit),
    ts: String(context.now),
  }
}

const prints = (context: Context, most: number) => {
  const { symbol } = symbolOf(context)
  return context.exchange.market.trades(symbol, context.params.limit(100, most)).toReversed()
}

const utaOnly = <T>(handle: (context: Context) => T) => {
  return (context: Context): T => {
    spotOnly(context)
    return handle(context)
  }
}

const time = ({ now }: Context) => ({ serverTime: String(now) })
const classicTrades = (most: number) => (context: Context) => {
  const { symbol } = symbolOf(context)
  return prints(context, most).map((trade) => ({ symbol, ...shape.classicTrade(trade) }))
}

export const MARKET_ENDPOINTS: Endpoints = {
  'GET /api/v2/public/time': open(20, time),
  'GET /api/v2/spot/public/symbols': open(20, (context) => {
    const one = optionalSymbol(context)
    return context.exchange.rules.filter(({ symbol }) => (one ?? symbol) === symbol).map(shape.symbolShape)
  }),
  // What can be borrowed: asked for by clients that look at every kind of market.
  'GET /api/v2/margin/currencies': open(10, () => []),
  'GET /api/v2/spot/market/tickers': open(20, (context) =>
    tickers(context, async (symbol) => shape.classicTicker(symbol, await shape.tickerFacts(context.exchange, symbol))),
  ),
  'GET /api/v2/spot/market/candles': open(20, (context) =>
    recentCandles(context, intervalOf(context, 'granularity', GRANULARITIES), 1000),
  ),
  'GET /api/v2/spot/market/history-candles': open(20, (context) =>
    olderCandles(context, intervalOf(context, 'granularity', GRANULARITIES), 200),
  ),
  'GET /api/v2/spot/market/orderbook': open(20, book),
  'GET /api/v2/spot/market/fills': open(10, classicTrades(500)),
  'GET /api/v2/spot/market/fills-history': open(10, classicTrades(1000)),

  'GET /api/v3/public/time': open(20, time),
  'GET /api/v3/market/instruments': open(20, (context) => {
    // Other products exist at Bitget; here their lists are empty.
    if (context.params.required('category') !== 'SPOT') return []
    const one = optionalSymbol(context)
    return context.exchange.rules.filter(({ symbol }) => (one ?? symbol) === symbol).map(shape.instrumentShape)
  }),
  'GET /api/v3/market/tickers': open(
    20,
    utaOnly((context) =>
      tickers(context, async (symbol) => {
        const facts = await shape.tickerFacts(context.exchange, symbol)
        return { category: 'SPOT', symbol, ts: facts.time, ...shape.unifiedTicker(facts) }
      }),
    ),
  ),
  'GET /api/v3/market/candles': open(
    20,
    utaOnly((context) => recentCandles(context, intervalOf(context, 'interval', INTERVALS), 100)),
  ),
  'GET /api/v3/market/history-candles': open(
    20,
    utaOnly((context) => olderCandles(context, intervalOf(context, 'interval', INTERVALS), 100)),
  ),
  'GET /api/v3/market/orderbook': open(
    20,
    utaOnly((context) => {
      const { asks, bids, ts } = book(context)
      return { a: asks, b: bids, ts }
    }),
  ),
  'GET /api/v3/market/fills': open(
    20,
    utaOnly((context) => prints(context, 100).map(shape.unifiedTrade)),
  ),
}
