import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { type Json, KucoinCalls, type Params } from '@/lib/exchanges/kucoin/calls'
import { MANAGEMENT, PUBLIC, SPOT, UNIFIED } from '@/lib/exchanges/kucoin/limits'
import { bulletSchema } from '@/lib/exchanges/kucoin/schemas'
import * as s from '@/lib/exchanges/kucoin/unified-schemas'

const UA = '/api/ua/v1'
const anything = z.unknown()

/** KuCoin's REST endpoints of unified accounts one to one, as the raw client of classic ones. */
export class KucoinUnifiedRawClient {
  readonly #unified: KucoinCalls
  readonly #management: KucoinCalls
  readonly #public: KucoinCalls
  readonly #spot: KucoinCalls
  constructor(http: ExchangeHttp) {
    this.#unified = new KucoinCalls(http, UNIFIED)
    this.#management = new KucoinCalls(http, MANAGEMENT)
    this.#public = new KucoinCalls(http, PUBLIC)
    this.#spot = new KucoinCalls(http, SPOT)
  }

  accountMode = (c: Credentials) => this.#management.read(s.modeSchema, c, `${UA}/account/mode`, {}, 30)
  accountBalance = (c: Credentials) =>
    this.#unified.read(s.unifiedBalanceSchema, c, `${UA}/unified/account/balance`, {}, 5)
  accountLedger = (c: Credentials, params: Params) =>
    this.#unified.read(s.unifiedLedgerSchema, c, `${UA}/account/ledger`, params, 2)
  feeRate = (c: Credentials, params: Params) =>
    this.#unified.read(s.unifiedFeesSchema, c, `${UA}/user/fee-rate`, params, 3)

  placeOrder = (c: Credentials, json: Json) =>
    this.#unified.place(s.unifiedPlacedSchema, c, `${UA}/unified/order/place`, json, 1)
  cancelOrder = (c: Credentials, json: Json) =>
    this.#unified.cancel(s.unifiedPlacedSchema, c, `${UA}/unified/order/cancel`, { json }, 1)
  cancelBatch = (c: Credentials, json: Json) =>
    this.#unified.cancel(anything, c, `${UA}/unified/order/cancel-batch`, { json }, 4)
  cancelAll = (c: Credentials, json: Json) =>
    this.#unified.cancel(s.unifiedCanceledSchema, c, `${UA}/unified/order/cancel-all`, { json }, 20)
  orderDetail = (c: Credentials, params: Params) =>
    this.#unified.read(s.unifiedOrderSchema.nullable(), c, `${UA}/unified/order/detail`, params, 4)
  openList = (c: Credentials, params: Params) =>
    this.#unified.read(s.unifiedOrderPageSchema, c, `${UA}/unified/order/open-list`, params, 4)
  history = (c: Credentials, params: Params) =>
    this.#unified.read(s.unifiedHistorySchema, c, `${UA}/unified/order/history`, params, 4)
  execution = (c: Credentials, params: Params) =>
    this.#unified.read(s.unifiedFillsSchema, c, `${UA}/unified/order/execution`, params, 4)
  /** The dead-man switch of unified accounts. */
  setDcp = (c: Credentials, json: Json) => this.#unified.place(s.deadSwitchSchema, c, `${UA}/dcp/set`, json, 2)
  getDcp = (c: Credentials) => this.#unified.read(s.deadSwitchSchema.nullable(), c, `${UA}/dcp/query`, {}, 2)

  serverStatus = (params: Params) => this.#public.read(anything, undefined, `${UA}/server/status`, params, 3)
  instrument = (params: Params) => this.#public.read(anything, undefined, `${UA}/market/instrument`, params, 4)
  ticker = (params: Params) => this.#public.read(anything, undefined, `${UA}/market/ticker`, params, 15)
  trade = (params: Params) => this.#public.read(anything, undefined, `${UA}/market/trade`, params, 3)
  orderBook = (params: Params) => this.#public.read(anything, undefined, `${UA}/market/orderbook`, params, 3)
  kline = (params: Params) => this.#public.read(anything, undefined, `${UA}/market/kline`, params, 3)

  privateToken = (c: Credentials) => this.#spot.ask(bulletSchema, c, '/api/v2/bullet-private', 10)
}
