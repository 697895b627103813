import { createHmac } from 'node:crypto'
import { Pool } from 'undici'
import { median, monotonicMs, percentile } from '@/bench/distribution'
import { type Figure, figure } from '@/bench/figures'
import type { Workshop } from '@/bench/workshop'
import type { Credentials } from '@/lib/domain/account/broker'
import { env } from '@/lib/platform/env'

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
  const pool = new Pool(`http://127.0.0.1:${env().SIMULATOR_PORT}`, { connections: AT_ONCE, pipelining: 1 })
  const total = workshop.isQuick ? 2000 : 10_000
  const ms: number[] = []
  let left = total
  const send = async (): Promise<void> => {
    while (left-- > 0) {
      const payload = `symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=50&newOrderRespType=FULL&timestamp=${Date.now()}`
      const signature = createHmac('sha256', keys.apiSecret).update(payload).digest('hex')
      const startedAt = monotonicMs()
      const answer = await pool.request({
        method: 'POST',
        path: '/binance/api/v3/order',
        headers: { 'x-mbx-apikey': keys.apiKey, 'content-type': 'application/x-www-form-urlencoded' },
        body: `${payload}&signature=${signature}`,
      })
      const text = await answer.body.text()
      if (answer.statusCode !== 200) throw new Error(text)
      ms.push(monotonicMs() - startedAt)
    }
  }
  const startedAt = monotonicMs()
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, send))
  } finally {
    await pool.close()
  }
  const seconds = (monotonicMs() - startedAt) / 1000
  await workshop.stop('simulator')
  return [
    figure(`paper exchange: market orders, ${AT_ONCE} at once`, total / seconds, 'orders/s'),
    figure('paper exchange: until answered, median', median(ms), 'ms'),
    figure('paper exchange: until answered, p99', percentile(ms, 0.99), 'ms'),
  ]
}
