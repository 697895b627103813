import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import type { ExchangeHttp, HttpCall } from '@/lib/exchanges/http/exchange-http'
import type { RateCost } from '@/lib/exchanges/http/rate-governor'
import { ORDER_COUNTS, walletCosts, weighing } from '@/lib/exchanges/binance/limits'
import type { Params } from '@/lib/exchanges/binance/order-params'
import { readAnswer } from '@/lib/exchanges/binance/read-answer'
import * as s from '@/lib/exchanges/binance/schemas'
import * as w from '@/lib/exchanges/binance/wallet-schemas'

const ordering = (count: number): RateCost[] => [
  ...weighing(1),
  ...ORDER_COUNTS.map((bucket) => ({ bucket, weight: count })),
]

/** Binance's spot REST endpoints of an account one to one, with typed answers and documented weights. No meaning is added here. */
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

  newOtoOrderList = (credentials: Credentials, params: Params) =>
    this.#place(s.orderListSchema, '/api/v3/orderList/oto', params, 2, credentials)

  newOtocoOrderList = (credentials: Credentials, params: Params) =>
    this.#place(s.orderListSchema, '/api/v3/orderList/otoco', params, 3, credentials)

  newOpoOrderList = (credentials: Credentials, params: Params) =>
    this.#place(s.orderListSchema, '/api/v3/orderList/opo', params, 2, credentials)

  newOpocoOrderList = (credentials: Credentials, params: Params) =>
    this.#place(s.orderListSchema, '/api/v3/orderList/opoco', params, 3, credentials)

  /** Checks an order without placing it. */
  testOrder = (credentials: Credentials, params: Params) =>
    this.#send(s.orderTestSchema, {
      kind: 'READ',
      lane: 'ACCOUNT',
      method: 'POST',
      path: '/api/v3/order/test',
      params,
      costs: weighing(params['computeCommissionRates'] === 'true' ? 20 : 1),
      credentials,
    })

  /** Smaller in place; does not count as a new order. */
  amendOrderKeepPriority = (credentials: Credentials, params: Params) =>
    this.#send(s.amendedSchema, {
      kind: 'COMMAND',
      lane: 'ORDER',
      method: 'PUT',
      path: '/api/v3/order/amend/keepPriority',
      params,
      costs: weighing(4),
      credentials,
    })

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

  openOrderLists = (credentials: Credentials) =>
    this.#read(z.array(s.orderListSchema), '/api/v3/openOrderList', {}, 6, credentials)

  allOrderLists = (credentials: Credentials, params: Params) =>
    this.#read(z.array(s.orderListSchema), '/api/v3/allOrderList', params, 20, credentials)

  orderAmendments = (credentials: Credentials, params: Params) =>
    this.#read(z.array(s.amendmentSchema), '/api/v3/order/amendments', params, 4, credentials)

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

  accountFilters = (credentials: Credentials, params: Params) =>
    this.#read(s.accountFiltersSchema, '/api/v3/myFilters', params, 40, credentials)

  orderCounts = (credentials: Credentials) =>
    this.#read(z.array(s.orderCountSchema), '/api/v3/rateLimit/order', {}, 40, credentials)

  myPreventedMatches = (credentials: Credentials, params: Params) =>
    this.#read(z.array(s.preventedMatchSchema), '/api/v3/myPreventedMatches', params, 20, credentials)

  apiRestrictions = (credentials: Credentials) =>
    this.#read(s.keyRestrictionsSchema, '/sapi/v1/account/apiRestrictions', {}, 1, credentials)

  depositHistory = (credentials: Credentials, params: Params) =>
    this.#wallet(z.array(w.depositSchema), '/sapi/v1/capital/deposit/hisrec', params, 1, credentials)

  /** The dearest of all: 18000 of the 180000 that an account has a minute. */
  withdrawHistory = (credentials: Credentials, params: Params) =>
    this.#wallet(z.array(w.withdrawalSchema), '/sapi/v1/capital/withdraw/history', params, 18_000, credentials)

  universalTransfers = (credentials: Credentials, params: Params) =>
    this.#wallet(w.universalTransfersSchema, '/sapi/v1/asset/transfer', params, 1, credentials)

  #wallet<T>(schema: z.ZodType<T>, path: string, params: Params, weight: number, credentials: Credentials): Promise<T> {
    const costs = walletCosts(weight)
    return this.#send(schema, { kind: 'READ', lane: 'ACCOUNT', method: 'GET', path, params, costs, credentials })
  }

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

  #send<T>(schema: z.ZodType<T>, call: HttpCall): Promise<T> {
    return readAnswer(this.#http, schema, call)
  }
}
