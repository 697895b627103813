import { expect } from 'vitest'
import { type RunningSimulator, startSimulator } from '@/daemons/simulator/server'
import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { parseEnv } from '@/lib/platform/env'
import { newClientOrderId } from '@/lib/platform/ids'

export const SYMBOL = 'BTC/USDT'

/** A paper exchange in this process with an even market, and its control interface. */
export class PaperBitget {
  readonly simulator: RunningSimulator

  private constructor(simulator: RunningSimulator) {
    this.simulator = simulator
  }

  /** `clock` is the exchange's, epoch ms. */
  static async start(clock: () => number = Date.now): Promise<PaperBitget> {
    return new PaperBitget(
      await startSimulator({
        port: 0,
        host: '127.0.0.1',
        dataDir: ':memory:',
        clock,
        market: { source: 'synthetic', seed: 5, liveRestUrl: 'http://127.0.0.1:9', liveWsUrl: 'ws://127.0.0.1:9' },
        onFault: (error) => {
          this.faults.push(error)
        },
      }),
    )
  }

  /** Errors of the paper exchange itself: there must be none. */
  static readonly faults: unknown[] = []

  /** Address under which the exchange's own paths begin. */
  get url(): string {
    return `${this.simulator.url}/bitget`
  }

  async control(method: string, path: string, body: unknown): Promise<unknown> {
    const answer = await fetch(`${this.simulator.url}/_control/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(answer.ok, await answer.clone().text()).toBe(true)
    return answer.json()
  }

  /** Opens an account. */
  async open(accountMode: AccountMode, more: Record<string, unknown> = {}): Promise<Required<Credentials>> {
    const balances = { USDT: '100000', BTC: '2' }
    const account = (await this.control('POST', 'accounts', {
      exchange: 'bitget',
      balances,
      accountMode,
      ...more,
    })) as Credentials
    const { apiKey, apiSecret, apiPassphrase = '' } = account
    return { apiKey, apiSecret, apiPassphrase, accountMode }
  }

  price(price: string, symbol = 'BTCUSDT'): Promise<unknown> {
    return this.control('PUT', 'price', { symbol, price, hold: true })
  }

  faults(settings: Record<string, unknown>): Promise<unknown> {
    return this.control('PUT', 'faults', settings)
  }

  close(): Promise<void> {
    return this.simulator.close()
  }
}

/** A paper exchange, and the bot's own client of it. */
export interface PaperTrading {
  paper: PaperBitget
  client: ExecutionClient
  market: Instrument
  close(): Promise<void>
}

export async function openTrading(): Promise<PaperTrading> {
  const paper = await PaperBitget.start()
  const env = parseEnv({
    DATABASE_URL: 'postgresql://unused',
    SECRET_KEY: 'x'.repeat(32),
    SIMULATOR_PORT: String(paper.simulator.port),
  })
  const socketTimings = { backoffMinMs: 10, backoffMaxMs: 50 }
  const registry = new ExchangeRegistry({ clock: Date.now, env, timeoutMs: 5000, socketTimings })
  const client = registry.executionClient('bitget', 'PAPER')
  await client.warmUp()
  const market = (await client.loadMarkets()).find((instrument) => instrument.symbol === SYMBOL)
  if (market === undefined) throw new Error('no such pair')
  return {
    paper,
    client,
    market,
    async close() {
      await registry.close()
      await paper.close()
      expect(PaperBitget.faults).toEqual([])
    },
  }
}

export const order = (more: Partial<OrderRequest> & Pick<OrderRequest, 'type' | 'side'>): OrderRequest => ({
  clientOrderId: newClientOrderId(),
  symbol: SYMBOL,
  quantity: d('0.01'),
  ...more,
})
