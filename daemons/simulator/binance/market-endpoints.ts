import type { MarketTrade } from '../market/source'
import { INTERVAL_MS } from '../market/interval'
import type { Level } from '../matching/book'
import type { Context, Endpoints } from './endpoint'
import { symbolOf } from './endpoint'
import { BinanceError, invalidSymbol } from './errors'
import { exchangeInfoShape } from './exchange-info'
import { klineRow } from './market-shapes'
import { wire8 } from './native'
import { dayTicker, windowOf, windowTicker } from './tickers'

function exchangeInfo(context: Context) {
  const { exchange, params, now } = context
  const one = params.text('symbol')
  const many = params.list('symbols')
  params.text('permissions')
  params.text('showPermissionSets')
  const status = params.text('symbolStatus')
  params.finish()
  const asked = one === undefined ? many : [one]
  const rules = asked?.map((symbol) => exchange.rulesOf(symbol) ?? invalid()) ?? exchange.rules
  return exchangeInfoShape(status === undefined || status === 'TRADING' ? rules : [], now)
}

const invalid = (): never => {
  throw invalidSymbol()
}

const levelRows = (levels: Level[], limit: number): [string, string][] =>
  levels.slice(0, limit).map((level) => [wire8(level.price), wire8(level.quantity)])

function depth(context: Context) {
  const { symbol } = symbolOf(context)
  const limit = context.params.limit(100, 5000)
  context.params.finish()
  const view = context.exchange.view(symbol)
  return {
    lastUpdateId: context.exchange.market.lastTrade(symbol)?.id ?? 0,
    bids: levelRows(view?.bids ?? [], limit),
    asks: levelRows(view?.asks ?? [], limit),
  }
}

const tradeRow = (trade: MarketTrade) => ({
  id: trade.id,
  price: trade.price,
  qty: trade.quantity,
  quoteQty: (Number(trade.price) * Number(trade.quantity)).toFixed(8),
  time: trade.tradeTime,
  isBuyerMaker: trade.isBuyerMaker,
  isBestMatch: true,
})

const aggTradeRow = (trade: MarketTrade) => ({
  a: trade.id,
  p: trade.price,
  q: trade.quantity,
  f: trade.firstId,
  l: trade.lastId,
  T: trade.tradeTime,
  m: trade.isBuyerMaker,
  M: true,
})

function trades(context: Context) {
  const { symbol } = symbolOf(context)
  const limit = context.params.limit(500, 1000)
  const fromId = context.params.integer('fromId')
  context.params.finish()
  return context.exchange.market.trades(symbol, limit, fromId).map(tradeRow)
}

function aggTrades(context: Context) {
  const { exchange, params } = context
  const { symbol } = symbolOf(context)
  const fromId = params.integer('fromId')
  const from = params.integer('startTime')
  const to = params.integer('endTime')
  const limit = params.limit(500, 1000)
  params.finish()
  const found =
    from === undefined && to === undefined
      ? exchange.market.trades(symbol, limit, fromId)
      : exchange.market.tradesBetween(symbol, from ?? (to ?? 0) - 3_600_000, (to ?? (from ?? 0) + 3_600_000) + 1, limit)
  return found.map(aggTradeRow)
}

async function klines(context: Context) {
  const { exchange, params } = context
  const { symbol } = symbolOf(context)
  const intervalMs = INTERVAL_MS[params.required('interval')]
  if (intervalMs === undefined) throw new BinanceError(-1120, 'Invalid interval.')
  const from = params.integer('startTime')
  const to = params.integer('endTime')
  const limit = params.limit(500, 1000)
  params.text('timeZone')
  params.finish()
  const end = Math.min(to ?? Infinity, exchange.market.now())
  const start = from ?? end - intervalMs * limit + 1
  const candles = await exchange.market.candles(symbol, intervalMs, start, end, limit)
  return candles.map(klineRow)
}

/** Pairs that a ticker call names: one, several, or all (null). */
function namedSymbols(context: Context): { symbols: string[]; isOne: boolean } {
  const { params, exchange } = context
  if (params.has('symbol')) return { symbols: [symbolOf(context).symbol], isOne: true }
  const many = params.list('symbols') ?? exchange.rules.map((rules) => rules.symbol)
  params.text('symbolStatus')
  return { symbols: many.map((symbol) => exchange.rulesOf(symbol)?.symbol ?? invalid()), isOne: false }
}

async function perSymbol(context: Context, shape: (symbol: string) => unknown): Promise<unknown> {
  const { symbols, isOne } = namedSymbols(context)
  context.params.text('type')
  context.params.finish()
  const all: unknown[] = []
  for (const symbol of symbols) all.push(await shape(symbol))
  return isOne ? all[0] : all
}

const isSingle = (params: Context['params']): boolean => params.has('symbol')

export const MARKET_ENDPOINTS: Endpoints = {
  'GET /api/v3/ping': {
    security: 'NONE',
    weight: 1,
    handle: (context) => {
      context.params.finish()
      return {}
    },
  },
  'GET /api/v3/time': {
    security: 'NONE',
    weight: 1,
    handle: (context) => {
      context.params.finish()
      return { serverTime: context.now }
    },
  },
  'GET /api/v3/exchangeInfo': { security: 'NONE', weight: 20, handle: exchangeInfo },
  'GET /api/v3/depth': {
    security: 'NONE',
    weight: (params) => [5, 25, 50, 250][[100, 500, 1000].filter((step) => params.limit(100, 5000) > step).length] ?? 5,
    handle: depth,
  },
  'GET /api/v3/trades': { security: 'NONE', weight: 25, handle: trades },
  'GET /api/v3/historicalTrades': { security: 'KEY', weight: 25, handle: trades },
  'GET /api/v3/aggTrades': { security: 'NONE', weight: 4, handle: aggTrades },
  'GET /api/v3/klines': { security: 'NONE', weight: 2, handle: klines },
  'GET /api/v3/uiKlines': { security: 'NONE', weight: 2, handle: klines },
  'GET /api/v3/avgPrice': {
    security: 'NONE',
    weight: 2,
    handle: (context) => {
      const { symbol } = symbolOf(context)
      context.params.finish()
      const closeTime = context.exchange.market.lastTrade(symbol)?.tradeTime ?? context.now
      return { mins: 5, price: wire8(context.exchange.averagePrice(symbol)), closeTime }
    },
  },
  'GET /api/v3/executionRules': {
    security: 'NONE',
    weight: (params) => (isSingle(params) ? 2 : 40),
    handle: (context) => {
      const { symbols } = namedSymbols(context)
      context.params.finish()
      return { symbolRules: symbols.map((symbol) => ({ symbol, rules: [] })) }
    },
  },
  'GET /api/v3/ticker': {
    security: 'NONE',
    weight: (params) => Math.min(200, 4 * (params.list('symbols')?.length ?? 1)),
    handle: (context) => {
      const windowMs = windowOf(context.params.text('windowSize') ?? '1d')
      return perSymbol(context, (symbol) => windowTicker(context.exchange, symbol, windowMs))
    },
  },
  'GET /api/v3/ticker/tradingDay': {
    security: 'NONE',
    weight: (params) => Math.min(200, 4 * (params.list('symbols')?.length ?? 1)),
    handle: (context) => {
      context.params.text('timeZone')
      const sinceMidnight = context.exchange.market.now() % 86_400_000
      return perSymbol(context, (symbol) => windowTicker(context.exchange, symbol, Math.max(sinceMidnight, 60_000)))
    },
  },
  'GET /api/v3/ticker/24hr': {
    security: 'NONE',
    weight: (params) => (isSingle(params) ? 2 : 80),
    handle: (context) => perSymbol(context, (symbol) => dayTicker(context.exchange, symbol)),
  },
  'GET /api/v3/ticker/price': {
    security: 'NONE',
    weight: (params) => (isSingle(params) ? 2 : 4),
    handle: (context) =>
      perSymbol(context, (symbol) => ({
        symbol,
        price: context.exchange.market.lastTrade(symbol)?.price ?? wire8(null),
      })),
  },
  'GET /api/v3/ticker/bookTicker': {
    security: 'NONE',
    weight: (params) => (isSingle(params) ? 2 : 4),
    handle: (context) =>
      perSymbol(context, (symbol) => {
        const view = context.exchange.view(symbol)
        const [bid, ask] = [view?.bids[0], view?.asks[0]]
        return {
          symbol,
          bidPrice: wire8(bid?.price ?? null),
          bidQty: wire8(bid?.quantity ?? null),
          askPrice: wire8(ask?.price ?? null),
          askQty: wire8(ask?.quantity ?? null),
        }
      }),
  },
}
