import type { Context, Endpoints } from './endpoint'
import { open, pairOf, signed } from './endpoint'
import { invalid, noSuchSymbol } from './errors'
import {
  candleRow,
  historyRow,
  INTERVALS,
  level1Shape,
  levelRows,
  statsShape,
  symbolShape,
  tickerRow,
} from './market-shapes'
import { rulesOfName } from './native'

const MOST_CANDLES = 1500

/** Bars with `from <= open time < to`, newest first, 1500 at most; times in seconds. */
export async function candlesOf(context: Context, intervalName: string): Promise<string[][]> {
  const { exchange, params, now } = context
  const { symbol } = pairOf(context)
  const intervalMs = INTERVALS[params.required(intervalName)]
  if (intervalMs === undefined) throw invalid('Incorrect candlestick type')
  const start = params.integer('startAt') ?? 0
  const end = params.integer('endAt') ?? 0
  const last = Math.min(end === 0 ? now : end * 1000 - 1, exchange.market.now())
  // What does not fit in one answer is cut off at the old end.
  const first = Math.max(start * 1000, last - intervalMs * MOST_CANDLES + 1)
  const candles = await exchange.market.candles(symbol, intervalMs, first, last, MOST_CANDLES)
  return candles.map(candleRow).reverse()
}

export function bookOf(context: Context, limit: number) {
  const { exchange } = context
  const { symbol } = pairOf(context)
  const view = exchange.view(symbol)
  return {
    time: exchange.market.now(),
    sequence: String(exchange.market.lastTrade(symbol)?.id ?? 0),
    bids: levelRows(view?.bids, limit),
    asks: levelRows(view?.asks, limit),
  }
}

const currencies = ({ exchange }: Context) => {
  const names = new Set(exchange.rules.flatMap((rules) => [rules.baseAsset, rules.quoteAsset]))
  return [...names].map((currency) => ({
    currency,
    name: currency,
    fullName: currency,
    precision: 8,
    confirms: null,
    contractAddress: null,
    isMarginEnabled: false,
    isDebitEnabled: false,
    chains: [],
  }))
}

const symbols = ({ exchange }: Context) => exchange.rules.map(symbolShape)

function bullet({ host, tokens }: Context, accountId: number | null) {
  const server = {
    endpoint: `ws://${host}/kucoin/endpoint`,
    encrypt: false,
    protocol: 'websocket',
    pingInterval: 18_000,
    pingTimeout: 10_000,
  }
  return { token: tokens.give(accountId), instanceServers: [server] }
}

export const MARKET_ENDPOINTS: Endpoints = {
  'GET /api/v1/timestamp': open('PUBLIC', 3, ({ now }) => now),
  'GET /api/v1/status': open('PUBLIC', 3, () => ({ status: 'open', msg: '' })),
  'GET /api/v2/symbols': open('PUBLIC', 4, symbols),
  'GET /api/v1/symbols': open('PUBLIC', 4, symbols),
  'GET /api/v2/symbols/{symbol}': open('PUBLIC', 4, (context) => symbolShape(pairOf(context))),
  'GET /api/v3/currencies': open('PUBLIC', 3, currencies),
  'GET /api/v1/markets': open('PUBLIC', 3, () => ['USDS', 'BTC']),
  'GET /api/v1/market/allTickers': open('PUBLIC', 15, async ({ exchange }) => ({
    time: exchange.market.now(),
    ticker: await Promise.all(exchange.rules.map((rules) => tickerRow(exchange, rules))),
  })),
  'GET /api/v1/market/stats': open('PUBLIC', 15, async (context) => {
    const { exchange, params } = context
    const rules = rulesOfName(exchange, params.required('symbol'))
    if (rules === undefined) throw noSuchSymbol()
    return { time: exchange.market.now(), ...(await statsShape(exchange, rules)) }
  }),
  'GET /api/v1/market/orderbook/level1': open('PUBLIC', 2, (context) =>
    level1Shape(context.exchange, pairOf(context).symbol),
  ),
  'GET /api/v1/market/orderbook/level2_20': open('PUBLIC', 2, (context) => bookOf(context, 20)),
  'GET /api/v1/market/orderbook/level2_100': open('PUBLIC', 4, (context) => bookOf(context, 100)),
  'GET /api/v3/market/orderbook/level2': signed('SPOT', 3, (context) => bookOf(context, 1000)),
  'GET /api/v1/market/histories': open('PUBLIC', 3, (context) =>
    context.exchange.market.trades(pairOf(context).symbol, 100).reverse().map(historyRow),
  ),
  'GET /api/v1/market/candles': open('PUBLIC', 3, (context) => candlesOf(context, 'type')),
  'POST /api/v1/bullet-public': open('PUBLIC', 10, (context) => bullet(context, null)),
  'POST /api/v1/bullet-private': signed('SPOT', 10, (context) => bullet(context, context.account.record.id)),
  'POST /api/v2/bullet-private': signed('SPOT', 10, (context) => bullet(context, context.account.record.id)),
}
