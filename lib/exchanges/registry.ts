import type { Environment, ExchangeId } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { BINANCE_DIALECT, BINANCE_LIMITS } from '@/lib/exchanges/binance/dialect'
import { BinanceExecutionClient } from '@/lib/exchanges/binance/execution-client'
import { BinanceMarketDataClient } from '@/lib/exchanges/binance/market-data-client'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { readBaseAddress } from '@/lib/exchanges/http/base-address'
import { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { HttpTransport } from '@/lib/exchanges/http/http-transport'
import type { MarketDataClient } from '@/lib/exchanges/market-data-client'
import type { SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import type { Clock } from '@/lib/platform/clock'
import type { Env } from '@/lib/platform/env'

const paperHostOf = (env: Env): string => `${env.SIMULATOR_HOST}:${env.SIMULATOR_PORT}`

/** Where an exchange is reached. Paper, test network and live differ by nothing else. */
export interface BaseUrls {
  restUrl: string
  streamUrl: string
  wsApiUrl: string
}

/**
 * The addresses of an exchange in an environment.
 * @throws TradingError NOT_SUPPORTED, NOT_SENT, where there is no adapter or no such environment.
 */
function baseUrlsOf(exchangeId: ExchangeId, environment: Environment, env: Env): BaseUrls {
  if (exchangeId !== 'binance') throw notSupported(exchangeId)
  switch (environment) {
    case 'LIVE':
      return { restUrl: env.BINANCE_REST_URL, streamUrl: env.BINANCE_WS_URL, wsApiUrl: env.BINANCE_WS_API_URL }
    case 'TESTNET':
      return {
        restUrl: env.BINANCE_TESTNET_REST_URL,
        streamUrl: env.BINANCE_TESTNET_WS_URL,
        wsApiUrl: env.BINANCE_TESTNET_WS_API_URL,
      }
    case 'PAPER': {
      const host = `${paperHostOf(env)}/${exchangeId}`
      return { restUrl: `http://${host}`, streamUrl: `ws://${host}`, wsApiUrl: `ws://${host}` }
    }
  }
}

export interface ExchangeRegistryOptions {
  clock: Clock
  env: Env
  /** How long an answer may take, connecting included. */
  timeoutMs?: number
  socketTimings?: Partial<SocketTimings>
}

/** One client per exchange and address, made on demand and kept (GW-2). */
export class ExchangeRegistry {
  readonly #options: ExchangeRegistryOptions
  readonly #execution = new Map<string, ExecutionClient>()
  readonly #marketData = new Map<string, MarketDataClient>()

  constructor(options: ExchangeRegistryOptions) {
    this.#options = options
  }

  /** @throws TradingError NOT_SUPPORTED, NOT_SENT, for an exchange without an adapter. */
  executionClient(exchangeId: ExchangeId, environment: Environment): ExecutionClient {
    const key = `${exchangeId}:${environment}`
    let client = this.#execution.get(key)
    if (client === undefined) {
      const { restUrl } = baseUrlsOf(exchangeId, environment, this.#options.env)
      client = new BinanceExecutionClient({ http: this.#http(restUrl), hasKeyRestrictions: environment !== 'TESTNET' })
      this.#execution.set(key, client)
    }
    return client
  }

  /** Public data from given addresses: the heartbeat's market need not be a broker's environment. */
  marketDataClient(exchangeId: ExchangeId, urls: Pick<BaseUrls, 'restUrl' | 'streamUrl'>): MarketDataClient {
    if (exchangeId !== 'binance') throw notSupported(exchangeId)
    const key = `${exchangeId}:${urls.restUrl}:${urls.streamUrl}`
    let client = this.#marketData.get(key)
    if (client === undefined) {
      const { origin, pathPrefix } = readBaseAddress(urls.streamUrl, 'ws', paperHostOf(this.#options.env))
      client = new BinanceMarketDataClient({
        http: this.#http(urls.restUrl),
        streamUrl: origin + pathPrefix,
        ...(this.#options.socketTimings === undefined ? {} : { timings: this.#options.socketTimings }),
      })
      this.#marketData.set(key, client)
    }
    return client
  }

  /** Execution clients in use, for metrics: `binance:LIVE` and so on. */
  clients(): ReadonlyMap<string, ExecutionClient> {
    return this.#execution
  }

  async close(): Promise<void> {
    const all = [...this.#execution.values(), ...this.#marketData.values()]
    this.#execution.clear()
    this.#marketData.clear()
    await Promise.all(all.map((client) => client.close()))
  }

  #http(restUrl: string): ExchangeHttp {
    const { clock, env, timeoutMs } = this.#options
    return new ExchangeHttp({
      clock,
      transport: new HttpTransport(readBaseAddress(restUrl, 'http', paperHostOf(env))),
      dialect: BINANCE_DIALECT,
      limits: BINANCE_LIMITS,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
  }
}

const notSupported = (exchangeId: ExchangeId): TradingError =>
  new TradingError('NOT_SUPPORTED', `The exchange ${exchangeId} has no adapter yet.`, { outcome: 'NOT_SENT' })
