import { afterEach, expect, it } from 'vitest'
import { type RunningSimulator, startSimulator } from '@/daemons/simulator/server'
import type { Credentials, ExchangeId } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { sleep } from '@/lib/platform/clock'
import { parseEnv } from '@/lib/platform/env'

// Twenty strategies due at once on one address: each asks for its bars, its balance and its open orders, again and again, far
// beyond what the exchange allows. The exchange, which counts for itself, must never have to say stop.

const STRATEGIES = 20
const ROUNDS = 5
/** Time runs faster, for the exchange and for us alike: a minute's limit is over in six seconds. */
const FASTER = 10
const SYMBOL = 'BTC/USDT'

let simulator: RunningSimulator | undefined
let registry: ExchangeRegistry | undefined
afterEach(async () => {
  await registry?.close()
  await simulator?.close()
})

it.each(['binance', 'bitget', 'kucoin'] as const)(
  '%s is never asked for more than it allows',
  async (exchange: ExchangeId) => {
    const startedAt = Date.now()
    const clock = () => startedAt + (Date.now() - startedAt) * FASTER
    simulator = await startSimulator({
      port: 0,
      host: '127.0.0.1',
      dataDir: ':memory:',
      market: { source: 'synthetic', seed: 5, liveRestUrl: 'http://127.0.0.1:9', liveWsUrl: 'ws://127.0.0.1:9' },
      clock,
    })
    const env = parseEnv({
      DATABASE_URL: 'postgresql://unused',
      SECRET_KEY: 'x'.repeat(32),
      SIMULATOR_PORT: String(simulator.port),
    })
    registry = new ExchangeRegistry({ clock, env, timeoutMs: 20_000, pause: (ms) => sleep(ms / FASTER) })
    const client = registry.executionClient(exchange, 'PAPER')
    const answer = await fetch(`${simulator.url}/_control/accounts`, {
      method: 'POST',
      body: JSON.stringify({ exchange, balances: { USDT: '1000' } }),
    })
    const { apiPassphrase, ...keys } = (await answer.json()) as Omit<Credentials, 'apiPassphrase'> & {
      apiPassphrase: string | null
    }
    const credentials = apiPassphrase === null ? keys : { ...keys, apiPassphrase }
    const stopped: string[] = []
    let answered = 0
    const ask = async (question: Promise<unknown>): Promise<void> => {
      await question.then(
        () => {
          answered += 1
        },
        (error: unknown) => {
          // Refused here is as it should be; refused there is what must never happen.
          if (error instanceof TradingError && error.outcome === 'NOT_SENT') return
          stopped.push(error instanceof Error ? error.message : String(error))
        },
      )
    }
    await Promise.all(
      Array.from({ length: STRATEGIES }, async () => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const endTime = clock()
          const range = { symbol: SYMBOL, timeframe: '1m', startTime: endTime - 200 * 60_000, endTime } as const
          await ask(client.getCandles(range))
          await ask(client.getBalance(credentials))
          await ask(client.openOrders(credentials))
        }
      }),
    )
    expect(stopped).toEqual([])
    expect(client.rateState().pausedUntil).toBe(0)
    expect(answered).toBeGreaterThan((STRATEGIES * ROUNDS * 3) / 2)
  },
  120_000,
)
