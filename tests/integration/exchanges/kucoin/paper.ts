import { type RunningSimulator, startSimulator } from '@/daemons/simulator/server'
import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type Amount, parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { parseEnv } from '@/lib/platform/env'
import { newClientOrderId } from '@/lib/platform/ids'

export const SYMBOL = 'BTC/USDT'

/** A paper KuCoin in this process, reached over real sockets. */
export class PaperKucoin {
  readonly simulator: RunningSimulator
  readonly registry: ExchangeRegistry
  readonly client: ExecutionClient
  readonly market: Instrument

  private constructor(simulator: RunningSimulator, registry: ExchangeRegistry, market: Instrument) {
    this.simulator = simulator
    this.registry = registry
    this.client = registry.executionClient('kucoin', 'PAPER')
    this.market = market
  }

  static async start(dataDir = ':memory:'): Promise<PaperKucoin> {
    const simulator = await startSimulator({
      port: 0,
      host: '127.0.0.1',
      dataDir,
      market: { source: 'synthetic', seed: 5, liveRestUrl: 'http://127.0.0.1:9', liveWsUrl: 'ws://127.0.0.1:9' },
      onFault: (error) => {
        throw error
      },
    })
    const env = parseEnv({
      DATABASE_URL: 'postgresql://unused',
      SECRET_KEY: 'x'.repeat(32),
      SIMULATOR_PORT: String(simulator.port),
    })
    const socketTimings = { backoffMinMs: 20, backoffMaxMs: 100 }
    const registry = new ExchangeRegistry({ clock: Date.now, env, timeoutMs: 6000, socketTimings })
    const client = registry.executionClient('kucoin', 'PAPER')
    await client.warmUp()
    const market = (await client.loadMarkets()).find(({ symbol }) => symbol === SYMBOL)
    if (market === undefined) throw new Error('no such pair')
    return new PaperKucoin(simulator, registry, market)
  }

  async close(): Promise<void> {
    await this.registry.close()
    await this.simulator.close()
  }

  async control(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.simulator.url}/_control/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(text)
    return JSON.parse(text) as unknown
  }

  async open(accountMode: AccountMode, balances = { USDT: '100000', BTC: '1' }, more = {}): Promise<Credentials> {
    return (await this.control('POST', 'accounts', {
      exchange: 'kucoin',
      accountMode,
      balances,
      ...more,
    })) as Credentials
  }

  /** Holds the market at a price, so that nothing moves but what the test moves. */
  async hold(price: string): Promise<Amount> {
    await this.control('PUT', 'price', { symbol: 'BTCUSDT', price, hold: true })
    return d(price)
  }

  faults(settings: Record<string, unknown>): Promise<unknown> {
    return this.control('PUT', 'faults', settings)
  }

  ordersOf(credentials: Credentials): Promise<{ orders: { clientOrderId: string; status: string }[] }> {
    return this.control('GET', `ledger?apiKey=${credentials.apiKey}`) as Promise<{
      orders: { clientOrderId: string; status: string }[]
    }>
  }
}

export const order = (more: Partial<OrderRequest> & Pick<OrderRequest, 'type' | 'side'>): OrderRequest => ({
  clientOrderId: newClientOrderId(),
  symbol: SYMBOL,
  ...(more.quoteQuantity === undefined ? { quantity: d('0.01') } : {}),
  ...more,
})
