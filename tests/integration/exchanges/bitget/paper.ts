import { expect } from 'vitest'
import { type RunningSimulator, startSimulator } from '@/daemons/simulator/server'
import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'

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

/** The TradingError that a call fails with. */
export const failure = async (run: Promise<unknown>): Promise<TradingError> =>
  run.then(
    () => {
      throw new Error('the call succeeded')
    },
    (error: unknown) => {
      if (error instanceof TradingError) return error
      throw error
    },
  )

/** Waits until `look` finds something. */
export async function until<T>(look: () => T | undefined | false, patienceMs = 5000): Promise<T> {
  const end = performance.now() + patienceMs
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error('it did not come in time')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
