import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { idsSchema, ratesSchema } from '@/lib/exchanges/bitget/schemas'
import { type Body, BitgetSender, type Query } from '@/lib/exchanges/bitget/send'
import * as s from '@/lib/exchanges/bitget/unified-schemas'

const TRADE = '/api/v3/trade'

/** Bitget's v3 (UTA) endpoints one to one, with typed answers and documented limits. No meaning is added here. */
export class UnifiedRawClient {
  readonly #send: BitgetSender
  constructor(http: ExchangeHttp) {
    this.#send = new BitgetSender(http)
  }

  instruments = (params: Query) => this.#send.open(z.array(z.unknown()), '/api/v3/market/instruments', params)
  tickers = (params: Query) => this.#send.open(z.array(z.looseObject({})), '/api/v3/market/tickers', params)
  candles = (params: Query) => this.#send.open(z.array(z.array(z.string())), '/api/v3/market/candles', params)
  orderbook = (params: Query) => this.#send.open(z.looseObject({}), '/api/v3/market/orderbook', params)
  marketFills = (params: Query) => this.#send.open(z.array(z.looseObject({})), '/api/v3/market/fills', params)

  settings = (credentials: Credentials) =>
    this.#send.read(s.settingsSchema, '/api/v3/account/settings', {}, credentials)
  info = (credentials: Credentials) => this.#send.read(s.unifiedInfoSchema, '/api/v3/account/info', {}, credentials)
  assets = (credentials: Credentials) =>
    this.#send.read(s.unifiedAssetsSchema, '/api/v3/account/assets', {}, credentials)
  financialRecords = (credentials: Credentials, params: Query) =>
    this.#send.read(s.pageOf(s.financialRecordSchema), '/api/v3/account/financial-records', params, credentials)
  feeRate = (credentials: Credentials, params: Query) =>
    this.#send.read(ratesSchema, '/api/v3/account/fee-rate', params, credentials)

  placeOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(idsSchema, `${TRADE}/place-order`, body, credentials)
  placeBatch = (credentials: Credentials, body: Body) =>
    this.#send.command(s.verdictsSchema, `${TRADE}/place-batch`, body, credentials, 5)
  modifyOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(idsSchema, `${TRADE}/modify-order`, body, credentials)
  cancelOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(idsSchema, `${TRADE}/cancel-order`, body, credentials, 10, 'CANCEL')
  cancelBatch = (credentials: Credentials, body: Body) =>
    this.#send.command(s.verdictsSchema, `${TRADE}/cancel-batch`, body, credentials, 5, 'CANCEL')
  cancelSymbolOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(s.verdictListSchema, `${TRADE}/cancel-symbol-order`, body, credentials, 5, 'CANCEL')
  countdownCancelAll = (credentials: Credentials, body: Body) =>
    this.#send.command(z.unknown(), `${TRADE}/countdown-cancel-all`, body, credentials, 1, 'CANCEL')
  orderInfo = (credentials: Credentials, params: Query) =>
    this.#send.read(s.unifiedOrderSchema.nullable(), `${TRADE}/order-info`, params, credentials)
  unfilledOrders = (credentials: Credentials, params: Query) =>
    this.#send.read(s.pageOf(s.unifiedOrderSchema), `${TRADE}/unfilled-orders`, params, credentials)
  historyOrders = (credentials: Credentials, params: Query) =>
    this.#send.read(s.pageOf(s.unifiedOrderSchema), `${TRADE}/history-orders`, params, credentials)
  fills = (credentials: Credentials, params: Query) =>
    this.#send.read(s.pageOf(s.unifiedFillSchema), `${TRADE}/fills`, params, credentials)

  placeStrategyOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(idsSchema, `${TRADE}/place-strategy-order`, body, credentials)
  modifyStrategyOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(idsSchema, `${TRADE}/modify-strategy-order`, body, credentials)
  cancelStrategyOrder = (credentials: Credentials, body: Body) =>
    this.#send.command(z.unknown(), `${TRADE}/cancel-strategy-order`, body, credentials, 10, 'CANCEL')
  unfilledStrategyOrders = (credentials: Credentials, params: Query) =>
    this.#send.read(z.array(s.strategySchema).nullable(), `${TRADE}/unfilled-strategy-orders`, params, credentials)
  historyStrategyOrders = (credentials: Credentials, params: Query) =>
    this.#send.read(s.pageOf(s.strategySchema), `${TRADE}/history-strategy-orders`, params, credentials)
}
