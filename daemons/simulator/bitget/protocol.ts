import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '@/lib/platform/clock'
import type { Faults } from '../control/faults'
import type { Exchange } from '../exchange'
import type { Account } from '../matching/account'
import { ACCOUNT_ENDPOINTS } from './account-endpoints'
import { Countdowns } from './countdowns'
import type { Endpoints } from './endpoint'
import { BitgetError, type Dialect, toBitgetError } from './errors'
import { MARKET_ENDPOINTS } from './market-endpoints'
import { ORDER_ENDPOINTS } from './order-endpoints'
import { Params } from './params'
import { PLAN_ENDPOINTS } from './plan-endpoints'
import { RateLimits } from './rate-limits'
import { authenticate } from './signature'
import { STATEMENT_ENDPOINTS } from './statement-endpoints'
import { STRATEGY_ENDPOINTS } from './strategy-endpoints'
import { unifiedEndpoints } from './unified-endpoints'

export interface ProtocolOptions {
  exchange: Exchange
  faults: Faults
  clock: Clock
  newId: () => string
  onFault: (error: unknown) => void
}

export interface Call {
  method: string
  path: string
  query: string
  body: string
  headers: IncomingHttpHeaders
  address: string
  now: number
}

/** Bitget's spot interface over the exchange: security, account systems, limits and endpoints. */
export class BitgetProtocol {
  readonly exchange: Exchange
  readonly faults: Faults
  readonly limits = new RateLimits()
  readonly countdowns: Countdowns
  readonly onFault: (error: unknown) => void
  private readonly newId: () => string
  private readonly clock: Clock
  private readonly endpoints: Endpoints

  constructor(options: ProtocolOptions) {
    this.exchange = options.exchange
    this.faults = options.faults
    this.clock = options.clock
    this.newId = options.newId
    this.onFault = options.onFault
    this.countdowns = new Countdowns(this.exchange, this.clock, this.newId)
    this.endpoints = {
      ...MARKET_ENDPOINTS,
      ...ACCOUNT_ENDPOINTS,
      ...STATEMENT_ENDPOINTS,
      ...ORDER_ENDPOINTS,
      ...PLAN_ENDPOINTS,
      ...STRATEGY_ENDPOINTS,
      ...unifiedEndpoints(this.countdowns),
    }
  }

  /** The exchange's clock, epoch ms, with the skew that tests ask for. */
  now(): number {
    return this.clock() + (this.faults.current.clockSkewMs ?? 0)
  }

  /** Runs an endpoint; answers its data and how many calls are left in this second. Throws BitgetError. */
  async call(call: Call): Promise<{ data: unknown; left: number }> {
    const { exchange, newId } = this
    const { method, path, now } = call
    const endpoint = this.endpoints[`${method} ${path}`]
    if (endpoint === undefined) throw new BitgetError('40404', 'Request URL NOT FOUND', 404)
    const params = method === 'GET' ? Params.ofQuery(call.query) : Params.ofBody(call.body)
    if (endpoint.access === 'PUBLIC') {
      const left = this.limits.charge(path, call.address, endpoint.perSecond, now)
      return { data: await endpoint.handle({ exchange, params, now }), left }
    }
    const account = authenticate(call, now, (key) => exchange.accountOf(key))
    const dialect = account.record.accountMode
    checkMode(endpoint.access, dialect)
    const left = this.limits.charge(path, String(account.record.id), endpoint.perSecond, now)
    try {
      const data: unknown = await endpoint.handle({ exchange, params, now, newId, account, dialect })
      await exchange.settled()
      return { data, left }
    } catch (error) {
      throw this.told(error, dialect, params)
    }
  }

  /** An error in Bitget's words; one that is our own fault is reported. */
  private told(error: unknown, dialect: Dialect, params: Params): BitgetError {
    const told = toBitgetError(error, dialect, this.exchange.rulesOf(params.text('symbol') ?? ''))
    if (told.status >= 500) this.onFault(error)
    return told
  }

  accountOf(key: string): Account | undefined {
    const account = this.exchange.accountOf(key)
    return account?.record.exchange === 'bitget' ? account : undefined
  }
}

/** A key works with the endpoints of its own account system only. */
function checkMode(access: Dialect, mode: Dialect): void {
  if (access === mode) return
  if (access === 'UNIFIED')
    throw new BitgetError(
      '40084',
      'You are in Classic Account mode, and the Unified Account API is not supported at this time',
    )
  throw new BitgetError(
    '40085',
    'You are in Unified Account mode, and the Classic Account API is not supported at this time',
  )
}
