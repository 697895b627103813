import { createHash } from 'node:crypto'
import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseLossless } from '@/lib/exchanges/http/lossless-json'
import { ServerClock } from '@/lib/exchanges/http/server-clock'
import { type Lane, type RateCost, RateGovernor, type RateState } from '@/lib/exchanges/http/rate-governor'
import type { RateUsage } from '@/lib/exchanges/http/rate-window'
import {
  type HttpAnswer,
  type HttpRequest,
  type HttpTransport,
  TransportFailure,
} from '@/lib/exchanges/http/http-transport'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { Clock } from '@/lib/platform/clock'

// The signed-request core that every adapter shares: leave from the rate governor, signature at the moment of sending, one
// send, and a verdict. It never repeats a call, but for one case: the exchange refused the timestamp, so it certainly did
// not act; then the clock is measured and the call signed and sent once more.

/** READ changes nothing at the exchange. COMMAND may: a lost answer leaves its outcome unknown. */
export type CallKind = 'READ' | 'COMMAND'

export interface HttpCall {
  kind: CallKind
  lane: Lane
  method: HttpRequest['method']
  /** The exchange's path, without query. */
  path: string
  /** The query, or the form of those exchanges that take one. */
  params: Record<string, string | undefined>
  /** The JSON body of those exchanges that take one. */
  json?: Readonly<Record<string, unknown>> | readonly unknown[]
  /** How long after it was signed it may arrive, where the exchange takes that figure with the call. */
  receiveWindowMs?: number
  /** What the call takes of the exchange's limits, as documented. */
  costs: readonly RateCost[]
  /** Present: the call is signed with them. */
  credentials?: Credentials
}

/** What differs from one exchange to the next. */
export interface HttpDialect {
  /** For messages: `Binance`. */
  name: string
  serverTimePath: string
  serverTimeCosts: readonly RateCost[]
  /** Builds the request, signed at `timestamp` when the call carries credentials. */
  prepare(call: HttpCall, timestamp: EpochMs): Omit<HttpRequest, 'timeoutMs'>
  usageOf(headers: HttpAnswer['headers'], call: HttpCall): RateUsage
  /** How long a 429 or 418 asks to wait, where the exchange has a header of its own for it. */
  retryAfterMsOf?(headers: HttpAnswer['headers']): number | undefined
  /** Whether a 429 is of the account's own limit: else it is of the address, and of everybody behind it. */
  isOfAccount(refusal: TradingError | undefined, call: HttpCall): boolean
  readServerTime(body: unknown): EpochMs
  /** The refusal that an answer states, or undefined when it states none. */
  refusalOf(answer: HttpAnswer, body: unknown, call: HttpCall): TradingError | undefined
}

export interface ExchangeHttpOptions {
  clock: Clock
  transport: HttpTransport
  dialect: HttpDialect
  timeoutMs?: number
  /** Waits in the time of `clock`. */
  pause?: (ms: number) => Promise<void>
}

const DEFAULT_TIMEOUT_MS = 10_000
const DEFAULT_PAUSE_MS = 60_000

export class ExchangeHttp {
  readonly governor: RateGovernor
  readonly serverClock: ServerClock
  readonly #transport: HttpTransport
  readonly #dialect: HttpDialect
  readonly #timeoutMs: number

  constructor(options: ExchangeHttpOptions) {
    this.#transport = options.transport
    this.#dialect = options.dialect
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
    this.governor = new RateGovernor(options.clock, options.pause)
    this.serverClock = new ServerClock(options.clock, async () => {
      const { serverTimePath: path, serverTimeCosts: costs } = this.#dialect
      const call: HttpCall = { kind: 'READ', lane: 'ORDER', method: 'GET', path, params: {}, costs }
      return this.#dialect.readServerTime(await this.#once(call))
    })
  }

  /**
   * Sends one call and answers its JSON body.
   * @throws TradingError always, whatever went wrong.
   */
  async call(call: HttpCall): Promise<unknown> {
    if (call.credentials === undefined) return this.#once(call)
    await this.serverClock.keepFresh()
    try {
      return await this.#once(call)
    } catch (error) {
      if (!(error instanceof TradingError) || error.code !== 'CLOCK_SKEW') throw error
      await this.serverClock.sync().catch(() => {
        throw error
      })
      return this.#once(call)
    }
  }

  close(): Promise<void> {
    return this.#transport.close()
  }

  /** How the limits stand, as this account meets them, or over all accounts. */
  rateState(credentials?: Credentials): RateState {
    return this.governor.state(accountOf(credentials))
  }

  async #once(call: HttpCall): Promise<unknown> {
    const leave = await this.governor.enter(call.lane, call.costs, accountOf(call.credentials))
    let usage: RateUsage = {}
    try {
      const request = { ...this.#dialect.prepare(call, this.serverClock.now()), timeoutMs: this.#timeoutMs }
      const answer = await this.#send(call, request)
      usage = this.#dialect.usageOf(answer.headers, call)
      return this.#judge(call, answer)
    } finally {
      leave(usage)
    }
  }

  async #send(call: HttpCall, request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#transport.send(request)
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error
      if (!error.wasHandedOver) {
        throw new TradingError('EXCHANGE_UNAVAILABLE', `${this.#dialect.name} cannot be reached. ${error.message}`, {
          outcome: 'NOT_SENT',
          isRetryable: true,
          cause: error,
        })
      }
      throw this.#lost(call, error.message, { cause: error })
    }
  }

  #judge(call: HttpCall, answer: HttpAnswer): unknown {
    const body = parseJson(answer.text)
    if (answer.status === 429 || answer.status === 418) {
      const refusal = body === undefined ? undefined : this.#dialect.refusalOf(answer, body, call)
      const retryAfterMs = this.#holdBack(call, answer, refusal)
      throw new TradingError('RATE_LIMITED', `${this.#dialect.name} asks for a pause (HTTP ${answer.status}).`, {
        outcome: 'REFUSED',
        isRetryable: true,
        retryAfterMs,
        ...nativeOf(refusal),
      })
    }
    if (answer.status >= 500) {
      const refusal = body === undefined ? undefined : this.#dialect.refusalOf(answer, body, call)
      throw this.#lost(call, `HTTP ${answer.status}`, nativeOf(refusal))
    }
    if (body === undefined) throw this.#lost(call, `HTTP ${answer.status} with an answer that is not JSON`)
    const refusal = this.#dialect.refusalOf(answer, body, call)
    if (refusal !== undefined) throw refusal
    if (answer.status >= 400) throw this.#lost(call, `HTTP ${answer.status} without a code`)
    return body
  }

  /**
   * Holds back what the exchange does not want for now, and answers for how long: everybody for a limit of the address or a
   * told time, else the account's new orders. Its cancels must get through.
   */
  #holdBack(call: HttpCall, { status, headers }: HttpAnswer, refusal: TradingError | undefined): number {
    const askedMs = retryAfterOf(headers)
    const toldMs = this.#dialect.retryAfterMsOf?.(headers)
    const account = accountOf(call.credentials)
    if (status === 429 && askedMs === undefined && account !== undefined && this.#dialect.isOfAccount(refusal, call)) {
      const holdMs = toldMs ?? this.governor.windowEndsInMs(call.costs)
      const isShared = call.costs.some(({ bucket }) => bucket.isShared && bucket.scope === 'ACCOUNT')
      if (call.lane === 'ORDER' || isShared) this.governor.holdOrders(account, holdMs)
      return holdMs
    }
    const pauseMs = askedMs ?? toldMs ?? DEFAULT_PAUSE_MS
    this.governor.pauseFor(pauseMs)
    return pauseMs
  }

  /** No verdict of the exchange came: for a command the outcome is unknown, a read may simply be repeated. */
  #lost(call: HttpCall, why: string, more: { cause?: unknown; nativeCode?: string; nativeMessage?: string } = {}) {
    const text = `${this.#dialect.name} gave no usable answer to ${call.method} ${call.path}: ${why}.`
    return call.kind === 'COMMAND'
      ? new TradingError('UNKNOWN_OUTCOME', text, { outcome: 'UNKNOWN', ...more })
      : new TradingError('EXCHANGE_UNAVAILABLE', text, { outcome: 'UNKNOWN', isRetryable: true, ...more })
  }
}

/** Order allowances are counted per account; the key itself is not kept. */
const accountOf = (credentials: Credentials | undefined): string | undefined => {
  if (credentials === undefined) return undefined
  let account = accounts.get(credentials)
  if (account === undefined) {
    account = createHash('sha256').update(credentials.apiKey).digest('hex').slice(0, 16)
    accounts.set(credentials, account)
  }
  return account
}
const accounts = new WeakMap<Credentials, string>()

const parseJson = (text: string): unknown => {
  try {
    return parseLossless(text)
  } catch {
    return undefined
  }
}

const nativeOf = (refusal: TradingError | undefined): { nativeCode?: string; nativeMessage?: string } => ({
  ...(refusal?.nativeCode === undefined ? {} : { nativeCode: refusal.nativeCode }),
  ...(refusal?.nativeMessage === undefined ? {} : { nativeMessage: refusal.nativeMessage }),
})

/** `Retry-After` in seconds (RFC 9110, 10.2.3), as milliseconds. */
const retryAfterOf = (headers: HttpAnswer['headers']): number | undefined => {
  const text = headers['retry-after']
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? +text * 1000 : undefined
}
