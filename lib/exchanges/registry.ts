import type { Environment, ExchangeId } from '@/lib/domain/account/broker'
import { ADAPTERS, type BaseUrls } from '@/lib/exchanges/adapters'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { readBaseAddress } from '@/lib/exchanges/http/base-address'
import { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { HttpTransport } from '@/lib/exchanges/http/http-transport'
import type { MarketDataClient } from '@/lib/exchanges/market-data-client'
import type { SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import type { Clock } from '@/lib/platform/clock'
import type { Env } from '@/lib/platform/env'

const paperHostOf = (env: Env): string => `${env.SIMULATOR_HOST}:${env.SIMULATOR_PORT}`

/** Paper, test network and live differ by nothing but their addresses. */
function baseUrlsOf(exchangeId: ExchangeId, environment: Environment, env: Env): BaseUrls {
  if (environment !== 'PAPER') return ADAPTERS[exchangeId].urlsOf(environment, env)
  const host = `${paperHostOf(env)}/${exchangeId}`
  return { restUrl: `http://${host}`, streamUrl: `ws://${host}`, privateUrl: `ws://${host}` }
}

export interface ExchangeRegistryOptions {
  clock: Clock
  env: Env
  /** How long an answer may take, connecting included. */
  timeoutMs?: number
  /** Waits in the time of `clock`. */
  pause?: (ms: number) => Promise<void>
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

  /** @throws TradingError NOT_SUPPORTED, NOT_SENT, for an exchange without that environment. */
  executionClient(exchangeId: ExchangeId, environment: Environment): ExecutionClient {
    const key = `${exchangeId}:${environment}`
    let client = this.#execution.get(key)
    if (client === undefined) {
      client = ADAPTERS[exchangeId].execution(
        this.#parts(exchangeId, environment, baseUrlsOf(exchangeId, environment, this.#options.env)),
      )
      this.#execution.set(key, client)
    }
    return client
  }

  /** Public data from given addresses: the heartbeat's market need not be a broker's environment. */
  marketDataClient(exchangeId: ExchangeId, urls: Pick<BaseUrls, 'restUrl' | 'streamUrl'>): MarketDataClient {
    const key = `${exchangeId}:${urls.restUrl}:${urls.streamUrl}`
    let client = this.#marketData.get(key)
    if (client === undefined) {
      const parts = this.#parts(exchangeId, 'LIVE', { ...urls, privateUrl: urls.streamUrl })
      client = ADAPTERS[exchangeId].marketData(parts)
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

  #parts(exchangeId: ExchangeId, environment: Environment, urls: BaseUrls) {
    const { clock, env, timeoutMs, pause, socketTimings } = this.#options
    const paperHost = paperHostOf(env)
    const socketBase = (url: string): string => {
      const { origin, pathPrefix } = readBaseAddress(url, 'ws', paperHost)
      return origin + pathPrefix
    }
    return {
      environment,
      clock,
      http: new ExchangeHttp({
        clock,
        transport: new HttpTransport(readBaseAddress(urls.restUrl, 'http', paperHost)),
        dialect: ADAPTERS[exchangeId].dialectOf(environment),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(pause === undefined ? {} : { pause }),
      }),
      streamUrl: socketBase(urls.streamUrl),
      privateUrl: socketBase(urls.privateUrl),
      timings: socketTimings ?? {},
    }
  }
}
