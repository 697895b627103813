import { median, monotonicMs, percentile } from '@/bench/distribution'
import { type Figure, figure } from '@/bench/figures'
import type { Workshop } from '@/bench/workshop'
import type { Credentials } from '@/lib/domain/account/broker'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { systemClock } from '@/lib/platform/clock'
import { env } from '@/lib/platform/env'
import { newClientOrderId } from '@/lib/platform/ids'

// How many orders a second the paper exchange takes: signed, matched, written to its store and answered, over real sockets.

const AT_ONCE = 32

async function control<T>(path: string, method: string, body: unknown): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${env().SIMULATOR_PORT}/_control/${path}`, {
    method,
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as T
}

export async function paperExchange(workshop: Workshop): Promise<Figure[]> {
  await workshop.start('simulator')
  const many = 1_000_000_000
  await control('limits', 'PUT', { limits: { weightPerMinute: many, ordersPer10s: many, ordersPerDay: many } })
  const keys = await control<Credentials>('accounts', 'POST', { balances: { USDT: '100000000' } })
  const registry = new ExchangeRegistry({ clock: systemClock, env: env() })
  const client = registry.executionClient('binance', 'PAPER')
  const instrument = (await client.loadMarkets()).find(({ symbol }) => symbol === 'BTC/USDT')
  if (instrument === undefined) throw new Error('the paper exchange lists no BTC/USDT')
  const total = workshop.isQuick ? 2000 : 10_000
  const ms: number[] = []
  let left = total
  const send = async (): Promise<void> => {
    while (left-- > 0) {
      const startedAt = monotonicMs()
      await client.createOrder(
        keys,
        {
          clientOrderId: newClientOrderId(),
          symbol: 'BTC/USDT',
          side: 'BUY',
          type: 'MARKET',
          quoteQuantity: parseDecimal('50'),
        },
        instrument,
      )
      ms.push(monotonicMs() - startedAt)
    }
  }
  const startedAt = monotonicMs()
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, send))
  } finally {
    await registry.close()
  }
  const seconds = (monotonicMs() - startedAt) / 1000
  await workshop.stop('simulator')
  return [
    figure(`paper exchange: market orders, ${AT_ONCE} at once`, total / seconds, 'orders/s'),
    figure('paper exchange: until answered, median', median(ms), 'ms'),
    figure('paper exchange: until answered, p99', percentile(ms, 0.99), 'ms'),
  ]
}
