import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { type Json, KucoinCalls, type Params } from '@/lib/exchanges/kucoin/calls'
import { MANAGEMENT, PUBLIC, SPOT } from '@/lib/exchanges/kucoin/limits'
import * as s from '@/lib/exchanges/kucoin/schemas'

const HF = '/api/v1/hf/orders'
const STOP = '/api/v1/stop-order'
const OCO = '/api/v3/oco'
const anything = z.unknown()

/**
 * KuCoin's spot REST endpoints of classic accounts one to one, with typed answers and documented weights. No meaning is
 * added here. Queries for one order answer null where KuCoin has none.
 */
export class KucoinRawClient {
  readonly #spot: KucoinCalls
  readonly #management: KucoinCalls
  readonly #public: KucoinCalls
  constructor(http: ExchangeHttp) {
    this.#spot = new KucoinCalls(http, SPOT)
    this.#management = new KucoinCalls(http, MANAGEMENT)
    this.#public = new KucoinCalls(http, PUBLIC)
  }

  addOrder = (c: Credentials, json: Json) => this.#spot.place(s.placedSchema, c, HF, json, 1)
  addOrderSync = (c: Credentials, json: Json) => this.#spot.place(s.placedSyncSchema, c, `${HF}/sync`, json, 1)
  addOrderTest = (c: Credentials, json: Json) => this.#spot.place(anything, c, `${HF}/test`, json, 1)
  batchAddOrders = (c: Credentials, json: Json) => this.#spot.place(anything, c, `${HF}/multi`, json, 1)
  batchAddOrdersSync = (c: Credentials, json: Json) => this.#spot.place(anything, c, `${HF}/multi/sync`, json, 1)
  /** Cancels and places anew; the new order keeps the old one's client id. */
  modifyOrder = (c: Credentials, json: Json) => this.#spot.place(s.alteredSchema, c, `${HF}/alter`, json, 3)
  /** Cancels everything unless it is called again within `timeout` seconds; -1 takes the switch away. */
  setDcp = (c: Credentials, json: Json) => this.#spot.place(s.deadCancelSchema, c, `${HF}/dead-cancel-all`, json, 2)
  getDcp = (c: Credentials) => this.#spot.read(s.deadCancelSchema.nullable(), c, `${HF}/dead-cancel-all/query`, {}, 2)

  cancelOrderByOrderId = (c: Credentials, orderId: string, params: Params) =>
    this.#spot.cancel(anything, c, `${HF}/${orderId}`, { params }, 1)
  cancelOrderByOrderIdSync = (c: Credentials, orderId: string, params: Params) =>
    this.#spot.cancel(anything, c, `${HF}/sync/${orderId}`, { params }, 1)
  cancelOrderByClientOid = (c: Credentials, clientOid: string, params: Params) =>
    this.#spot.cancel(anything, c, `${HF}/client-order/${clientOid}`, { params }, 1)
  cancelOrderByClientOidSync = (c: Credentials, clientOid: string, params: Params) =>
    this.#spot.cancel(anything, c, `${HF}/sync/client-order/${clientOid}`, { params }, 1)
  /** Takes `cancelSize` off a resting order, which keeps its ids and its place. */
  cancelPartialOrder = (c: Credentials, orderId: string, params: Params) =>
    this.#spot.cancel(s.canceledPartSchema, c, `${HF}/cancel/${orderId}`, { params }, 2)
  cancelAllOrdersBySymbol = (c: Credentials, params: Params) => this.#spot.cancel(anything, c, HF, { params }, 2)
  cancelAllOrders = (c: Credentials) => this.#spot.cancel(anything, c, `${HF}/cancelAll`, {}, 30)

  getOrderByOrderId = (c: Credentials, orderId: string, params: Params) =>
    this.#spot.read(s.orderSchema.nullable(), c, `${HF}/${orderId}`, params, 2)
  getOrderByClientOid = (c: Credentials, clientOid: string, params: Params) =>
    this.#spot.read(s.orderSchema.nullable(), c, `${HF}/client-order/${clientOid}`, params, 2)
  getOpenOrders = (c: Credentials, params: Params) =>
    this.#spot.read(z.array(s.orderSchema).nullable(), c, `${HF}/active`, params, 2)
  getSymbolsWithOpenOrder = (c: Credentials) =>
    this.#spot.read(z.looseObject({ symbols: z.array(z.string()) }).nullable(), c, `${HF}/active/symbols`, {}, 2)
  getClosedOrders = (c: Credentials, params: Params) =>
    this.#spot.read(s.closedOrdersSchema, c, `${HF}/done`, params, 2)
  getTradeHistory = (c: Credentials, params: Params) => this.#spot.read(s.fillsSchema, c, '/api/v1/hf/fills', params, 2)

  addStopOrder = (c: Credentials, json: Json) => this.#spot.place(s.placedSchema, c, STOP, json, 1)
  cancelStopOrderByOrderId = (c: Credentials, orderId: string) =>
    this.#spot.cancel(s.canceledIdsSchema, c, `${STOP}/${orderId}`, {}, 3)
  cancelStopOrderByClientOid = (c: Credentials, params: Params) =>
    this.#spot.cancel(
      z.looseObject({ cancelledOrderId: z.string() }),
      c,
      `${STOP}/cancelOrderByClientOid`,
      { params },
      5,
    )
  batchCancelStopOrder = (c: Credentials, params: Params) =>
    this.#spot.cancel(s.canceledIdsSchema, c, `${STOP}/cancel`, { params }, 3)
  getStopOrdersList = (c: Credentials, params: Params) => this.#spot.read(s.stopOrderPageSchema, c, STOP, params, 8)
  getStopOrderByOrderId = (c: Credentials, orderId: string) =>
    this.#spot.read(s.stopOrderSchema.nullable(), c, `${STOP}/${orderId}`, {}, 3)
  getStopOrderByClientOid = (c: Credentials, params: Params) =>
    this.#spot.read(z.array(s.stopOrderSchema).nullable(), c, `${STOP}/queryOrderByClientOid`, params, 3)

  addOcoOrder = (c: Credentials, json: Json) => this.#spot.place(s.placedSchema, c, `${OCO}/order`, json, 2)
  cancelOcoOrderByOrderId = (c: Credentials, orderId: string) =>
    this.#spot.cancel(s.canceledIdsSchema, c, `${OCO}/order/${orderId}`, {}, 3)
  cancelOcoOrderByClientOid = (c: Credentials, clientOid: string) =>
    this.#spot.cancel(s.canceledIdsSchema, c, `${OCO}/client-order/${clientOid}`, {}, 3)
  batchCancelOcoOrders = (c: Credentials, params: Params) =>
    this.#spot.cancel(s.canceledIdsSchema, c, `${OCO}/orders`, { params }, 3)
  getOcoOrderByOrderId = (c: Credentials, orderId: string) =>
    this.#spot.read(s.ocoSchema.nullable(), c, `${OCO}/order/${orderId}`, {}, 2)
  getOcoOrderByClientOid = (c: Credentials, clientOid: string) =>
    this.#spot.read(s.ocoSchema.nullable(), c, `${OCO}/client-order/${clientOid}`, {}, 2)
  getOcoOrderDetailByOrderId = (c: Credentials, orderId: string) =>
    this.#spot.read(s.ocoDetailsSchema.nullable(), c, `${OCO}/order/details/${orderId}`, {}, 2)
  getOcoOrderList = (c: Credentials, params: Params) => this.#spot.read(s.ocoPageSchema, c, `${OCO}/orders`, params, 2)

  getSpotAccountList = (c: Credentials, params: Params) =>
    this.#management.read(z.array(s.accountSchema), c, '/api/v1/accounts', params, 5)
  /** Every change of a trade account, newest first, of a day at most. */
  getSpotHFLedger = (c: Credentials, params: Params) =>
    this.#spot.read(z.array(s.ledgerEntrySchema).nullable(), c, '/api/v1/hf/accounts/ledgers', params, 2)
  getApiKeyInfo = (c: Credentials) => this.#management.read(s.apiKeySchema, c, '/api/v1/user/api-key', {}, 20)
  getBasicFee = (c: Credentials, params: Params) => this.#spot.read(anything, c, '/api/v1/base-fee', params, 3)
  getSpotActualFee = (c: Credentials, params: Params) =>
    this.#spot.read(z.array(s.tradeFeeSchema), c, '/api/v1/trade-fees', params, 3)

  getServerTime = () => this.#public.read(z.int(), undefined, '/api/v1/timestamp', {}, 3)
  getServiceStatus = () => this.#public.read(anything, undefined, '/api/v1/status', {}, 3)
  getAllSymbols = () => this.#public.read(z.array(z.unknown()), undefined, '/api/v2/symbols', {}, 4)
  getAllCurrencies = () => this.#public.read(anything, undefined, '/api/v3/currencies', {}, 3)
  getAllTickers = () => this.#public.read(s.allTickersSchema, undefined, '/api/v1/market/allTickers', {}, 15)
  get24hrStats = (params: Params) => this.#public.read(s.tickerSchema, undefined, '/api/v1/market/stats', params, 15)
  getTicker = (params: Params) => this.#public.read(anything, undefined, '/api/v1/market/orderbook/level1', params, 2)
  getPartOrderBook = (size: 20 | 100, params: Params) =>
    this.#public.read(anything, undefined, `/api/v1/market/orderbook/level2_${size}`, params, size === 20 ? 2 : 4)
  getFullOrderBook = (c: Credentials, params: Params) =>
    this.#spot.read(anything, c, '/api/v3/market/orderbook/level2', params, 3)
  getMarketTrades = (params: Params) => this.#public.read(anything, undefined, '/api/v1/market/histories', params, 3)
  getKlines = (params: Params) =>
    this.#public.read(z.array(s.candleSchema).nullable(), undefined, '/api/v1/market/candles', params, 3)

  getPublicToken = () => this.#public.ask(s.bulletSchema, undefined, '/api/v1/bullet-public', 10)
  getPrivateToken = (c: Credentials) => this.#spot.ask(s.bulletSchema, c, '/api/v1/bullet-private', 10)
}
