import { expect } from 'vitest'
import { type RunningSimulator, startSimulator } from '@/daemons/simulator/server'
import type { Credentials } from '@/lib/domain/account/broker'

/** A paper exchange in this process whose market stands still, and its control interface. */
export class PaperBinance {
  readonly simulator: RunningSimulator
  /** Errors of the paper exchange itself: there must be none. */
  readonly ownFaults: unknown[]

  private constructor(simulator: RunningSimulator, ownFaults: unknown[]) {
    this.simulator = simulator
    this.ownFaults = ownFaults
  }

  static async start(): Promise<PaperBinance> {
    const ownFaults: unknown[] = []
    const simulator = await startSimulator({
      port: 0,
      host: '127.0.0.1',
      dataDir: ':memory:',
      market: { source: 'synthetic', seed: 5, liveRestUrl: 'http://127.0.0.1:9', liveWsUrl: 'ws://127.0.0.1:9' },
      onFault: (error) => ownFaults.push(error),
    })
    return new PaperBinance(simulator, ownFaults)
  }

  /** Address under which the exchange's own paths begin. */
  get url(): string {
    return `${this.simulator.url}/binance`
  }

  get socketUrl(): string {
    return this.url.replace('http', 'ws')
  }

  async control(method: string, path: string, body: unknown): Promise<unknown> {
    const answer = await fetch(`${this.simulator.url}/_control/${path}`, { method, body: JSON.stringify(body) })
    expect(answer.ok, await answer.clone().text()).toBe(true)
    return answer.json()
  }

  async open(more: Record<string, unknown> = {}): Promise<Credentials> {
    const balances = { USDT: '100000', BTC: '2' }
    const { apiKey, apiSecret } = (await this.control('POST', 'accounts', { balances, ...more })) as Credentials
    return { apiKey, apiSecret }
  }

  price(price: string, symbol = 'BTCUSDT'): Promise<unknown> {
    return this.control('PUT', 'price', { symbol, price, hold: true })
  }

  close(): Promise<void> {
    return this.simulator.close()
  }
}
