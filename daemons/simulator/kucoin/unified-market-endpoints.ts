import type { Context, Endpoints } from './endpoint'
import { open, pairIfNamed, pairOf } from './endpoint'
import { bookOf, candlesOf } from './market-endpoints'
import { historyRow, unifiedSymbolShape, unifiedTickerRow } from './market-shapes'
import { nativeSymbolOf } from './native'

const chosen = (context: Context) => {
  const named = pairIfNamed(context)
  return named === undefined ? context.exchange.rules : [named]
}

/** Public market data of the unified interface, spot only. */
export const UNIFIED_MARKET_ENDPOINTS: Endpoints = {
  'GET /api/ua/v1/server/status': open('PUBLIC', 3, () => ({ tradeType: 'SPOT', serverStatus: 'open', msg: '' })),
  'GET /api/ua/v1/market/instrument': open('PUBLIC', 4, (context) => ({
    tradeType: 'SPOT',
    list: context.params.text('tradeType') === 'SPOT' ? chosen(context).map(unifiedSymbolShape) : [],
  })),
  'GET /api/ua/v1/market/ticker': open('PUBLIC', 15, async (context) => ({
    tradeType: 'SPOT',
    ts: context.exchange.market.now(),
    list: await Promise.all(chosen(context).map((rules) => unifiedTickerRow(context.exchange, rules))),
  })),
  'GET /api/ua/v1/market/trade': open('PUBLIC', 3, (context) => ({
    tradeType: 'SPOT',
    list: context.exchange.market
      .trades(pairOf(context).symbol, 100)
      .reverse()
      .map(historyRow)
      .map(({ time, ...row }) => ({ ...row, tradeId: row.sequence, ts: time })),
  })),
  'GET /api/ua/v1/market/orderbook': open('PUBLIC', 3, (context) => {
    const { time: ts, ...book } = bookOf(context, context.params.size('limit', 20, 100))
    return { tradeType: 'SPOT', symbol: nativeSymbolOf(pairOf(context)), ts, ...book }
  }),
  'GET /api/ua/v1/market/kline': open('PUBLIC', 3, async (context) => ({
    tradeType: 'SPOT',
    symbol: nativeSymbolOf(pairOf(context)),
    list: await candlesOf(context, 'interval'),
  })),
}
