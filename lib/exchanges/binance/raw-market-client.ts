import { z } from 'zod'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { weighing } from '@/lib/exchanges/binance/limits'
import * as m from '@/lib/exchanges/binance/market-schemas'
import type { Params } from '@/lib/exchanges/binance/order-params'
import { readAnswer } from '@/lib/exchanges/binance/read-answer'
import * as s from '@/lib/exchanges/binance/schemas'

/** Binance's public spot REST endpoints one to one, with typed answers and documented weights. No meaning is added here. */
export class BinanceRawMarketClient {
  readonly #http: ExchangeHttp
  constructor(http: ExchangeHttp) {
    this.#http = http
  }

  exchangeInfo = () => this.#read(s.exchangeInfoSchema, '/api/v3/exchangeInfo', {}, 20)

  klines = (params: Params) => this.#read(z.array(s.klineSchema), '/api/v3/klines', params, 2)

  ticker = (params: Params) => this.#read(s.tickerSchema, '/api/v3/ticker/24hr', params, 2)

  /** All symbols weigh 80, up to twenty 2, up to a hundred 40. */
  tickers = (params: Params, count: number) =>
    this.#read(
      z.array(s.tickerSchema),
      '/api/v3/ticker/24hr',
      params,
      count === 0 || count > 100 ? 80 : count > 20 ? 40 : 2,
    )

  time = () => this.#read(s.serverTimeSchema, '/api/v3/time', {}, 1)

  ping = () => this.#read(z.looseObject({}), '/api/v3/ping', {}, 1)

  executionRules = (params: Params) =>
    this.#read(m.executionRulesSchema, '/api/v3/executionRules', params, params['symbol'] === undefined ? 40 : 2)

  /** The weight grows with the number of levels. */
  depth = (params: Params) => {
    const limit = +(params['limit'] ?? 100)
    const weight = limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250
    return this.#read(m.depthSchema, '/api/v3/depth', params, weight)
  }

  trades = (params: Params) => this.#read(z.array(m.tradeSchema), '/api/v3/trades', params, 25)

  aggTrades = (params: Params) => this.#read(z.array(m.aggTradeSchema), '/api/v3/aggTrades', params, 4)

  uiKlines = (params: Params) => this.#read(z.array(s.klineSchema), '/api/v3/uiKlines', params, 2)

  averagePrice = (params: Params) => this.#read(m.averagePriceSchema, '/api/v3/avgPrice', params, 2)

  windowTicker = (params: Params) => this.#read(m.windowTickerSchema, '/api/v3/ticker', params, 4)

  tradingDayTicker = (params: Params) => this.#read(m.windowTickerSchema, '/api/v3/ticker/tradingDay', params, 4)

  priceTicker = (params: Params) => this.#read(m.priceTickerSchema, '/api/v3/ticker/price', params, 2)

  bookTicker = (params: Params) => this.#read(m.bookTickerSchema, '/api/v3/ticker/bookTicker', params, 2)

  #read<T>(schema: z.ZodType<T>, path: string, params: Params, weight: number): Promise<T> {
    return readAnswer(this.#http, schema, {
      kind: 'READ',
      lane: 'MARKET',
      method: 'GET',
      path,
      params,
      costs: weighing(weight),
    })
  }
}
