import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { CallKind, ExchangeHttp, HttpCall } from '@/lib/exchanges/http/exchange-http'
import type { RateCost } from '@/lib/exchanges/http/rate-governor'
import { ORDER_COUNTS, WEIGHT } from '@/lib/exchanges/binance/limits'
import * as s from '@/lib/exchanges/binance/schemas'

type Params = Record<string, string | undefined>

const weighing = (weight: number): RateCost[] => [{ bucket: WEIGHT, weight }]
const ordering = (count: number): RateCost[] => [
  ...weighing(1),
  ...ORDER_COUNTS.map((bucket) => ({ bucket, weight: count })),
]

/** Binance's spot REST endpoints one to one, with typed answers and documented weights. No meaning is added here. */
export class BinanceRawClient {
  readonly #http: ExchangeHttp
  constructor(http: ExchangeHttp) {
    this.#http = http
  }

  /** Placing and canceling cost no weight since 2026-04-02, but count towards a first guess; lists count their orders. */
  newOrder = (credentials: Credentials, params: Params) =>
    this.#place(s.orderSchema, '/api/v3/order', params, 1, credentials)

  newOcoOrderList = (credentials: Credentials, params: Params) =>
    this.#place(s.orderListSchema, '/api/v3/orderList/oco', params, 2, credentials)

  cancelReplace = (credentials: Credentials, params: Params) =>
    this.#place(s.cancelReplaceSchema, '/api/v3/order/cancelReplace', params, 1, credentials)

  cancelOrder = (credentials: Credentials, params: Params) =>
    this.#cancel(s.orderSchema, '/api/v3/order', params, credentials)

  cancelOrderList = (credentials: Credentials, params: Params) =>
    this.#cancel(s.orderListSchema, '/api/v3/orderList', params, credentials)

  cancelOpenOrders = (credentials: Credentials, params: Params) =>
    this.#cancel(s.canceledOpenOrdersSchema, '/api/v3/openOrders', params, credentials)

  getOrder = (credentials: Credentials, params: Params) =>
    this.#read(s.orderSchema, '/api/v3/order', params, 4, credentials)

  getOrderList = (credentials: Credentials, params: Params) =>
    this.#read(s.orderListSchema, '/api/v3/orderList', params, 4, credentials)

  openOrders = (credentials: Credentials, params: Params) =>
    this.#read(
      z.array(s.orderSchema),
      '/api/v3/openOrders',
      params,
      params['symbol'] === undefined ? 80 : 6,
      credentials,
    )

  allOrders = (credentials: Credentials, params: Params) =>
    this.#read(z.array(s.orderSchema), '/api/v3/allOrders', params, 20, credentials)

  myTrades = (credentials: Credentials, params: Params) =>
    this.#read(z.array(s.myTradeSchema), '/api/v3/myTrades', params, 20, credentials)

  account = (credentials: Credentials) =>
    this.#read(s.accountSchema, '/api/v3/account', { omitZeroBalances: 'true' }, 20, credentials)

  accountCommission = (credentials: Credentials, params: Params) =>
    this.#read(s.commissionSchema, '/api/v3/account/commission', params, 20, credentials)

  apiRestrictions = (credentials: Credentials) =>
    this.#read(s.keyRestrictionsSchema, '/sapi/v1/account/apiRestrictions', {}, 1, credentials)

  exchangeInfo = () => this.#public(s.exchangeInfoSchema, '/api/v3/exchangeInfo', {}, 20)

  klines = (params: Params) => this.#public(z.array(s.klineSchema), '/api/v3/klines', params, 2)

  ticker = (params: Params) => this.#public(s.tickerSchema, '/api/v3/ticker/24hr', params, 2)

  /** All symbols weigh 80, up to twenty 2, up to a hundred 40. */
  tickers = (params: Params, count: number) =>
    this.#public(
      z.array(s.tickerSchema),
      '/api/v3/ticker/24hr',
      params,
      count === 0 || count > 100 ? 80 : count > 20 ? 40 : 2,
    )

  time = () => this.#public(s.serverTimeSchema, '/api/v3/time', {}, 1)

  #place<T>(schema: z.ZodType<T>, path: string, params: Params, orders: number, credentials: Credentials): Promise<T> {
    return this.#send(schema, {
      kind: 'COMMAND',
      lane: 'ORDER',
      method: 'POST',
      path,
      params,
      costs: ordering(orders),
      credentials,
    })
  }

  #cancel<T>(schema: z.ZodType<T>, path: string, params: Params, credentials: Credentials): Promise<T> {
    return this.#send(schema, {
      kind: 'COMMAND',
      lane: 'CANCEL',
      method: 'DELETE',
      path,
      params,
      costs: weighing(1),
      credentials,
    })
  }

  #read<T>(schema: z.ZodType<T>, path: string, params: Params, weight: number, credentials: Credentials): Promise<T> {
    return this.#send(schema, {
      kind: 'READ',
      lane: 'ACCOUNT',
      method: 'GET',
      path,
      params,
      costs: weighing(weight),
      credentials,
    })
  }

  #public<T>(schema: z.ZodType<T>, path: string, params: Params, weight: number): Promise<T> {
    return this.#send(schema, { kind: 'READ', lane: 'MARKET', method: 'GET', path, params, costs: weighing(weight) })
  }

  async #send<T>(schema: z.ZodType<T>, call: HttpCall): Promise<T> {
    const body = await this.#http.call(call)
    const parsed = schema.safeParse(body)
    if (parsed.success) return parsed.data
    throw unreadable(call.kind, call.path, z.prettifyError(parsed.error))
  }
}

/** The exchange answered with success, but not as documented: what a command did must be looked up. */
const unreadable = (kind: CallKind, path: string, why: string): TradingError =>
  new TradingError(
    kind === 'COMMAND' ? 'UNKNOWN_OUTCOME' : 'EXCHANGE_UNAVAILABLE',
    `Binance answered ${path} in a form that is not documented: ${why.slice(0, 300)}`,
    { outcome: 'UNKNOWN' },
  )
