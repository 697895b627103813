import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { CallKind, ExchangeHttp, HttpCall } from '@/lib/exchanges/http/exchange-http'
import type { RateBucket } from '@/lib/exchanges/http/rate-window'

/** A query, or a JSON body; undefined values are left out. */
export type Params = Record<string, string | undefined>
export type Json = Readonly<Record<string, unknown>>

const envelopeSchema = z.looseObject({ data: z.unknown().optional() })

/** How the raw clients call: what comes back is the `data` of KuCoin's envelope, read with the endpoint's schema. */
export class KucoinCalls {
  readonly #http: ExchangeHttp
  readonly #bucket: RateBucket
  constructor(http: ExchangeHttp, bucket: RateBucket) {
    this.#http = http
    this.#bucket = bucket
  }

  /** A command that places something. */
  place<T>(schema: z.ZodType<T>, credentials: Credentials, path: string, json: Json, weight: number): Promise<T> {
    return this.#command(schema, { lane: 'ORDER', method: 'POST', path, params: {}, json, credentials }, weight)
  }

  /** A command that cancels something; with a body it is a POST. */
  cancel<T>(
    schema: z.ZodType<T>,
    credentials: Credentials,
    path: string,
    asked: { params?: Params; json?: Json },
    weight: number,
  ): Promise<T> {
    const { params = {}, json } = asked
    const method = json === undefined ? 'DELETE' : 'POST'
    return this.#command(
      schema,
      { lane: 'CANCEL', method, path, params, ...(json === undefined ? {} : { json }), credentials },
      weight,
    )
  }

  read<T>(
    schema: z.ZodType<T>,
    credentials: Credentials | undefined,
    path: string,
    params: Params,
    weight: number,
  ): Promise<T> {
    const lane = credentials === undefined ? 'MARKET' : 'ACCOUNT'
    return this.#send(schema, {
      kind: 'READ',
      lane,
      method: 'GET',
      path,
      params,
      costs: this.#costs(weight),
      ...(credentials === undefined ? {} : { credentials }),
    })
  }

  /** A POST that changes nothing: the tokens of the streams. */
  ask<T>(schema: z.ZodType<T>, credentials: Credentials | undefined, path: string, weight: number): Promise<T> {
    return this.#send(schema, {
      kind: 'READ',
      lane: 'ACCOUNT',
      method: 'POST',
      path,
      params: {},
      costs: this.#costs(weight),
      ...(credentials === undefined ? {} : { credentials }),
    })
  }

  #command<T>(schema: z.ZodType<T>, call: Omit<HttpCall, 'kind' | 'costs'>, weight: number): Promise<T> {
    return this.#send(schema, { ...call, kind: 'COMMAND', costs: this.#costs(weight) })
  }

  #costs = (weight: number) => [{ bucket: this.#bucket, weight }]

  async #send<T>(schema: z.ZodType<T>, call: HttpCall): Promise<T> {
    const body = await this.#http.call(call)
    const parsed = schema.safeParse(envelopeSchema.safeParse(body).data?.data ?? null)
    if (parsed.success) return parsed.data
    throw unreadable(call.kind, call.path, z.prettifyError(parsed.error))
  }
}

/** The exchange answered with success, but not as documented: what a command did must be looked up. */
const unreadable = (kind: CallKind, path: string, why: string): TradingError =>
  new TradingError(
    kind === 'COMMAND' ? 'UNKNOWN_OUTCOME' : 'EXCHANGE_UNAVAILABLE',
    `KuCoin answered ${path} in a form that is not documented: ${why.slice(0, 300)}`,
    { outcome: 'UNKNOWN' },
  )
