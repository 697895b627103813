import type { Environment, ExchangeId } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { BINANCE_DIALECT } from '@/lib/exchanges/binance/dialect'
import { BinanceExecutionClient } from '@/lib/exchanges/binance/execution-client'
import { BinanceMarketDataClient } from '@/lib/exchanges/binance/market-data-client'
import { bitgetDialect } from '@/lib/exchanges/bitget/dialect'
import { BitgetExecutionClient } from '@/lib/exchanges/bitget/execution-client'
import { BitgetMarketDataClient } from '@/lib/exchanges/bitget/market-data-client'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import type { ExchangeHttp, HttpDialect } from '@/lib/exchanges/http/exchange-http'
import { KUCOIN_DIALECT } from '@/lib/exchanges/kucoin/dialect'
import { KucoinExecutionClient } from '@/lib/exchanges/kucoin/execution-client'
import { KucoinMarketDataClient } from '@/lib/exchanges/kucoin/market-data-client'
import type { MarketDataClient } from '@/lib/exchanges/market-data-client'
import type { SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import type { Clock } from '@/lib/platform/clock'
import type { Env } from '@/lib/platform/env'

/** Where an exchange is reached. */
export interface BaseUrls {
  restUrl: string
  /** Public streams. */
  streamUrl: string
  /** The account's own stream. */
  privateUrl: string
}

/** What an adapter's clients are made of. The addresses are checked and without a slash at their end. */
interface AdapterParts {
  environment: Environment
  clock: Clock
  http: ExchangeHttp
  streamUrl: string
  privateUrl: string
  timings: Partial<SocketTimings>
}

export interface Adapter {
  /** @throws TradingError NOT_SUPPORTED, NOT_SENT, where the exchange has no such environment. */
  urlsOf(environment: Exclude<Environment, 'PAPER'>, env: Env): BaseUrls
  dialectOf(environment: Environment): HttpDialect
  execution(parts: AdapterParts): ExecutionClient
  marketData(parts: AdapterParts): MarketDataClient
}

const binance: Adapter = {
  urlsOf: (environment, env) =>
    environment === 'LIVE'
      ? { restUrl: env.BINANCE_REST_URL, streamUrl: env.BINANCE_WS_URL, privateUrl: env.BINANCE_WS_API_URL }
      : {
          restUrl: env.BINANCE_TESTNET_REST_URL,
          streamUrl: env.BINANCE_TESTNET_WS_URL,
          privateUrl: env.BINANCE_TESTNET_WS_API_URL,
        },
  dialectOf: () => BINANCE_DIALECT,
  execution: (parts) => new BinanceExecutionClient(parts),
  marketData: (parts) => new BinanceMarketDataClient(parts),
}

const bitget: Adapter = {
  // Demo trading has streams of its own; its REST address is the usual one, with a header.
  urlsOf: (environment, env) => {
    const streams = environment === 'LIVE' ? env.BITGET_WS_URL : env.BITGET_TESTNET_WS_URL
    return { restUrl: env.BITGET_REST_URL, streamUrl: streams, privateUrl: streams }
  },
  dialectOf: (environment) => bitgetDialect(environment === 'TESTNET'),
  execution: (parts) => new BitgetExecutionClient(parts),
  marketData: (parts) => new BitgetMarketDataClient(parts),
}

const kucoin: Adapter = {
  urlsOf: (environment, env) => {
    if (environment === 'TESTNET')
      throw new TradingError('NOT_SUPPORTED', 'KuCoin has no sandbox.', { outcome: 'NOT_SENT' })
    return { restUrl: env.KUCOIN_REST_URL, streamUrl: env.KUCOIN_WS_URL, privateUrl: env.KUCOIN_WS_PRIVATE_URL }
  },
  dialectOf: () => KUCOIN_DIALECT,
  execution: (parts) => new KucoinExecutionClient(parts),
  marketData: (parts) => new KucoinMarketDataClient(parts),
}

/** Every exchange that we trade on natively. */
export const ADAPTERS: Record<ExchangeId, Adapter> = { binance, bitget, kucoin }
