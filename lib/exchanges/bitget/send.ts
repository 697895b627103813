import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import type { Lane } from '@/lib/exchanges/http/rate-governor'
import { costOf } from '@/lib/exchanges/bitget/limits'
import { answerSchema } from '@/lib/exchanges/bitget/schemas'

/** Parameters of a query. */
export type Query = Record<string, string | undefined>
/** A JSON body. */
export type Body = Readonly<Record<string, unknown>> | readonly unknown[]

/** How long after it was signed an order may arrive. */
export const RECEIVE_WINDOW_MS = 5000

/** The four kinds of calls that Bitget's endpoints are. All answer `data`, checked against its schema. */
export class BitgetSender {
  readonly #http: ExchangeHttp
  constructor(http: ExchangeHttp) {
    this.#http = http
  }

  open<T>(schema: z.ZodType<T>, path: string, params: Query, perSecond = 20): Promise<T> {
    const call = { kind: 'READ', lane: 'MARKET', method: 'GET', path, params } as const
    return this.#send(schema, { ...call, costs: costOf(path, 'IP', perSecond) })
  }

  read<T>(schema: z.ZodType<T>, path: string, params: Query, credentials: Credentials, perSecond = 20): Promise<T> {
    const call = { kind: 'READ', lane: 'ACCOUNT', method: 'GET', path, params, credentials } as const
    return this.#send(schema, { ...call, costs: costOf(path, 'ACCOUNT', perSecond) })
  }

  command<T>(
    schema: z.ZodType<T>,
    path: string,
    json: Body,
    credentials: Credentials,
    perSecond = 10,
    lane: Lane = 'ORDER',
  ): Promise<T> {
    const call = { kind: 'COMMAND', lane, method: 'POST', path, params: {}, json, credentials } as const
    return this.#send(schema, { ...call, costs: costOf(path, 'ACCOUNT', perSecond) })
  }

  /** A command that Bitget refuses when it comes too late; not every endpoint takes the window. */
  timely<T>(schema: z.ZodType<T>, path: string, json: Body, credentials: Credentials): Promise<T> {
    const call = { kind: 'COMMAND', lane: 'ORDER', method: 'POST', path, params: {}, json, credentials } as const
    return this.#send(schema, { ...call, receiveWindowMs: RECEIVE_WINDOW_MS, costs: costOf(path, 'ACCOUNT', 10) })
  }

  async #send<T>(schema: z.ZodType<T>, call: Parameters<ExchangeHttp['call']>[0]): Promise<T> {
    const answer = answerSchema.safeParse(await this.#http.call(call))
    const parsed = schema.safeParse(answer.data?.data)
    if (parsed.success) return parsed.data
    // The exchange answered with success, but not as documented: what a command did must be looked up.
    throw new TradingError(
      call.kind === 'COMMAND' ? 'UNKNOWN_OUTCOME' : 'EXCHANGE_UNAVAILABLE',
      `Bitget answered ${call.path} in a form that is not documented: ${z.prettifyError(parsed.error).slice(0, 300)}`,
      { outcome: 'UNKNOWN' },
    )
  }
}
