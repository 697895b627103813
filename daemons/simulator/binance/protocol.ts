import type { Clock } from '@/lib/platform/clock'
import type { Faults } from '../control/faults'
import type { Exchange } from '../exchange'
import type { Account } from '../matching/account'
import { Rejection } from '../matching/rejection'
import { accountEndpoints } from './account-endpoints'
import type { Endpoints } from './endpoint'
import { BinanceError } from './errors'
import { LIST_ENDPOINTS } from './list-endpoints'
import { MARKET_ENDPOINTS } from './market-endpoints'
import { ORDER_ENDPOINTS } from './order-endpoints'
import type { Params } from './params'
import { RateLimits } from './rate-limits'
import { accountOfKey, checkSigned, checkTime } from './signature'
import { WALLET_ENDPOINTS } from './wallet-endpoints'

/** One call of an endpoint, by whichever transport it came. */
export interface Call {
  /** `METHOD /path` of the REST endpoint. */
  name: string
  params: Params
  apiKey: string | undefined
  /** Text that the signature was made over. */
  payload: () => string
  address: string
  now: number
  /** The account that the connection is logged on for. */
  session?: Account | undefined
}

export interface CallResult {
  result: unknown
  account: Account | undefined
  /** Did it count as a new order? */
  counted: boolean
}

export interface ProtocolOptions {
  exchange: Exchange
  faults: Faults
  clock: Clock
  newId: () => string
  onFault: (error: unknown) => void
}

/** Binance's spot interface over the exchange: security, limits and endpoints; REST and WebSocket API share it. */
export class BinanceProtocol {
  readonly exchange: Exchange
  readonly faults: Faults
  readonly limits = new RateLimits()
  readonly onFault: (error: unknown) => void
  readonly newId: () => string
  private readonly clock: Clock
  private readonly endpoints: Endpoints

  constructor(options: ProtocolOptions) {
    this.exchange = options.exchange
    this.faults = options.faults
    this.clock = options.clock
    this.newId = options.newId
    this.onFault = options.onFault
    this.endpoints = {
      ...MARKET_ENDPOINTS,
      ...ORDER_ENDPOINTS,
      ...LIST_ENDPOINTS,
      ...WALLET_ENDPOINTS,
      ...accountEndpoints(this.limits),
    }
  }

  /** The exchange's clock, epoch ms, with the skew that tests ask for. */
  now(): number {
    return this.clock() + (this.faults.current.clockSkewMs ?? 0)
  }

  isExpected(error: unknown): boolean {
    return error instanceof Rejection
  }

  /** The account that signed a call. Throws BinanceError. */
  authenticate(call: Call): Account {
    if (call.session !== undefined && call.apiKey === undefined) {
      checkTime(call.params, call.now)
      return call.session
    }
    const account = accountOfKey(call.apiKey, (key) => this.exchange.accountOf(key))
    checkSigned(account, call.params, call.payload(), call.now)
    return account
  }

  /** Runs an endpoint. Throws BinanceError or Rejection. */
  async call(call: Call): Promise<CallResult> {
    const endpoint = this.endpoints[call.name]
    if (endpoint === undefined) throw new BinanceError(-1000, `No such endpoint: ${call.name}`, 404)
    const { exchange, newId } = this
    const { params, now, address } = call
    const weight = typeof endpoint.weight === 'number' ? endpoint.weight : endpoint.weight(params)
    this.limits.charge(address, weight, now)
    if (endpoint.security === 'KEY') accountOfKey(call.apiKey, (key) => exchange.accountOf(key))
    if (endpoint.security !== 'SIGNED')
      return { result: await endpoint.handle({ exchange, params, now, newId }), account: undefined, counted: false }
    const account = this.authenticate(call)
    const orders = endpoint.orders ?? 0
    if (orders > 0) this.limits.countOrders(account.record.id, orders, now)
    const result: unknown = await endpoint.handle({ exchange, params, now, newId, account })
    await exchange.settled()
    if (endpoint.isFreeOnSuccess === true) this.limits.refund(address, weight)
    return { result, account, counted: orders > 0 }
  }
}
