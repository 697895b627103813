import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import * as s from '@/lib/exchanges/bitget/schemas'
import { type Body, BitgetSender, type Query } from '@/lib/exchanges/bitget/send'

const TRADE = '/api/v2/spot/trade'

/** Bitget's v2 (Classic) spot endpoints one to one, with typed answers and documented limits. No meaning is added here. */
export class BitgetRawClient {
  readonly #send: BitgetSender
  constructor(http: ExchangeHttp) {
    this.#send = new BitgetSender(http)
  }

  publicTime = () => this.#send.open(s.serverTimeSchema.shape.data, '/api/v2/public/time', {})
  symbols = (params: Query = {}) => this.#send.open(z.array(z.unknown()), '/api/v2/spot/public/symbols', params)
  tickers = (params: Query) => this.#send.open(z.array(s.tickerSchema), '/api/v2/spot/market/tickers', params)
  candles = (params: Query) => this.#send.open(z.array(s.candleSchema), '/api/v2/spot/market/candles', params)
  historyCandles = (params: Query) =>
    this.#send.open(z.array(s.candleSchema), '/api/v2/spot/market/history-candles', params)
  orderbook = (params: Query) => this.#send.open(z.looseObject({}), '/api/v2/spot/market/orderbook', params)
  marketFills = (params: Query) =>
    this.#send.open(z.array(z.looseObject({})), '/api/v2/spot/market/fills-history', params, 10)

  accountInfo = (credentials: Credentials) =>
    this.#send.read(s.accountInfoSchema, '/api/v2/spot/account/info', {}, credentials, 1)
  assets = (credentials: Credentials, params: Query) =>
    this.#send.read(z.array(s.assetSchema), '/api/v2/spot/account/assets', params, credentials, 10)
  accountBills = (credentials: Credentials, params: Query) =>
    this.#send.read(z.array(s.billSchema).nullable(), '/api/v2/spot/account/bills', params, credentials, 10)
  tradeRate = (credentials: Credentials, params: Query) =>
    this.#send.read(s.ratesSchema, '/api/v2/common/trade-rate', params, credentials, 10)

  placeOrder = (credentials: Credentials, body: Body) =>
    this.#send.timely(s.idsSchema, `${TRADE}/place-order`, body, credentials)
  batchOrders = (credentials: Credentials, body: Body) =>
    this.#send.command(s.batchSchema, `${TRADE}/batch-orders`, body, credentials, 5)
  cancelOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(s.idsSchema, `${TRADE}/cancel-order`, body, credentials, 10, 'CANCEL')
  batchCancelOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(s.batchSchema, `${TRADE}/batch-cancel-order`, body, credentials, 10, 'CANCEL')
  cancelSymbolOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(z.looseObject({}), `${TRADE}/cancel-symbol-order`, body, credentials, 5, 'CANCEL')
  orderInfo = (credentials: Credentials, params: Query) =>
    this.#send.read(z.array(s.orderSchema).nullable(), `${TRADE}/orderInfo`, params, credentials)
  unfilledOrders = (credentials: Credentials, params: Query) =>
    this.#send.read(z.array(s.orderSchema), `${TRADE}/unfilled-orders`, params, credentials)
  historyOrders = (credentials: Credentials, params: Query) =>
    this.#send.read(z.array(s.orderSchema), `${TRADE}/history-orders`, params, credentials)
  fills = (credentials: Credentials, params: Query) =>
    this.#send.read(z.array(s.fillSchema), `${TRADE}/fills`, params, credentials, 10)

  placePlanOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(s.idsSchema, `${TRADE}/place-plan-order`, body, credentials, 20)
  modifyPlanOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(s.idsSchema, `${TRADE}/modify-plan-order`, body, credentials, 20)
  cancelPlanOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(z.looseObject({}), `${TRADE}/cancel-plan-order`, body, credentials, 20, 'CANCEL')
  batchCancelPlanOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(s.batchSchema, `${TRADE}/batch-cancel-plan-order`, body, credentials, 5, 'CANCEL')
  currentPlanOrder = (credentials: Credentials, params: Query) =>
    this.#send.read(s.planPageSchema, `${TRADE}/current-plan-order`, params, credentials)
  historyPlanOrder = (credentials: Credentials, params: Query) =>
    this.#send.read(s.planPageSchema, `${TRADE}/history-plan-order`, params, credentials)
  planSubOrder = (credentials: Credentials, params: Query) =>
    this.#send.read(z.array(s.planSubOrderSchema).nullable(), `${TRADE}/plan-sub-order`, params, credentials)
}
