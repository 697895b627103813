import type { IncomingMessage } from 'node:http'
import type { Clock } from '@/lib/platform/clock'
import { answerThroughFaults } from '../control/faulty-answer'
import type { Faults } from '../control/faults'
import type { Exchange } from '../exchange'
import { Rejection } from '../matching/rejection'
import type { RestAnswer } from '../paper-protocol'
import { ACCOUNT_ENDPOINTS } from './account-endpoints'
import { DeadMan } from './dead-man'
import { type Context, routerOf } from './endpoint'
import { KucoinError, toKucoinError } from './errors'
import { HISTORY_ENDPOINTS } from './history-endpoints'
import { LEDGER_ENDPOINTS } from './ledger-endpoints'
import { MARKET_ENDPOINTS } from './market-endpoints'
import { toJson } from './native'
import { OCO_ENDPOINTS } from './oco-endpoints'
import { ORDER_ENDPOINTS } from './order-endpoints'
import { Params } from './params'
import { RateLimits } from './rate-limits'
import { authenticate } from './signature'
import { StopBook } from './stop-book'
import { STOP_ENDPOINTS } from './stop-endpoints'
import { StreamTokens } from './stream-tokens'
import { UNIFIED_ENDPOINTS } from './unified-endpoints'
import { UNIFIED_MARKET_ENDPOINTS } from './unified-market-endpoints'

export interface ProtocolOptions {
  exchange: Exchange
  faults: Faults
  clock: Clock
  newId: () => string
  onFault: (error: unknown) => void
}

const route = routerOf({
  ...MARKET_ENDPOINTS,
  ...UNIFIED_MARKET_ENDPOINTS,
  ...ACCOUNT_ENDPOINTS,
  ...LEDGER_ENDPOINTS,
  ...ORDER_ENDPOINTS,
  ...HISTORY_ENDPOINTS,
  ...STOP_ENDPOINTS,
  ...OCO_ENDPOINTS,
  ...UNIFIED_ENDPOINTS,
})

const JSON_TYPE = { 'content-type': 'application/json' }
const SUCCESS = '200000'

/** KuCoin's spot REST interface over the exchange: security, resource pools and endpoints. */
export class KucoinProtocol {
  readonly exchange: Exchange
  readonly limits = new RateLimits()
  readonly stops: StopBook
  readonly deadMan: DeadMan
  readonly tokens: StreamTokens
  private readonly options: ProtocolOptions

  constructor(options: ProtocolOptions) {
    this.options = options
    this.exchange = options.exchange
    const now = () => this.now()
    this.stops = new StopBook(options.exchange, now)
    this.deadMan = new DeadMan(options.exchange, now)
    this.tokens = new StreamTokens(now)
  }

  /** The exchange's clock, epoch ms, with the skew that tests ask for. */
  now(): number {
    return this.options.clock() + (this.options.faults.current.clockSkewMs ?? 0)
  }

  /** Answers one REST call under `/kucoin`, or null for a connection to cut. */
  answer(request: IncomingMessage, pathAndQuery: string, body: string): Promise<RestAnswer | null> {
    const name = `${request.method ?? 'GET'} ${pathAndQuery.split('?', 1)[0] ?? ''}`
    const limited = (status: number, retryAfterSeconds: number): RestAnswer => ({
      status,
      headers: { ...JSON_TYPE, 'gw-ratelimit-remaining': '0', 'gw-ratelimit-reset': String(retryAfterSeconds * 1000) },
      body: JSON.stringify({ code: '429000', msg: 'Too many requests in a short period of time, please retry later' }),
    })
    return answerThroughFaults(this.options.faults, name, limited, () =>
      this.execute(request, name, pathAndQuery, body),
    )
  }

  private async execute(request: IncomingMessage, name: string, pathAndQuery: string, body: string) {
    const headers: Record<string, string> = { ...JSON_TYPE }
    try {
      const data = await this.call(request, name, pathAndQuery, body, headers)
      await this.exchange.settled()
      const answer = data === null || data === undefined ? { code: SUCCESS } : { code: SUCCESS, data }
      return { status: 200, headers, body: toJson(answer) }
    } catch (error) {
      if (!(error instanceof KucoinError) && !(error instanceof Rejection)) this.options.onFault(error)
      const { code, message, status } = toKucoinError(error)
      return { status, headers, body: JSON.stringify({ code, msg: message }) }
    }
  }

  private call(
    request: IncomingMessage,
    name: string,
    pathAndQuery: string,
    body: string,
    headers: Record<string, string>,
  ): unknown {
    const found = route(name)
    if (found === undefined) throw new KucoinError('404000', 'URL Not Found', 404)
    const { endpoint, path } = found
    const { exchange, stops, deadMan, tokens } = this
    const now = this.now()
    const address = request.socket.remoteAddress ?? ''
    const context = (): Context => ({
      exchange,
      stops,
      deadMan,
      tokens,
      params: Params.of(path, pathAndQuery.split('?', 2)[1] ?? '', body),
      now,
      newId: this.options.newId,
      host: request.headers.host ?? '',
    })
    if (!endpoint.isSigned) {
      this.limits.charge(endpoint.pool, address, endpoint.weight, now, headers)
      return endpoint.handle(context())
    }
    const signedOver = { method: request.method ?? 'GET', pathAndQuery, body, now }
    const account = authenticate(request.headers, signedOver, (key) => exchange.accountOf(key))
    this.limits.charge(endpoint.pool, String(account.record.id), endpoint.weight, now, headers)
    return endpoint.handle({ ...context(), account })
  }
}
