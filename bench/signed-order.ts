import { createHmac } from 'node:crypto'
import ccxtPackage from 'ccxt'
import { Pool } from 'undici'
import { median, monotonicMs, percentile } from '@/bench/distribution'
import { compared, type Figure } from '@/bench/figures'
import type { Workshop } from '@/bench/workshop'
import type { Instrument } from '@/lib/domain/market/instrument'
import { parseDecimal } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { systemClock } from '@/lib/platform/clock'
import { env } from '@/lib/platform/env'
import { newClientOrderId } from '@/lib/platform/ids'

// What the exchange client of the gateway costs: market rules, rate governor, clock, signature, transport, reading and
// checking the answer, beside a request signed and sent by hand with the same HTTP library, and beside ccxt, to the same
// door.

const d = parseDecimal
const KEYS = { apiKey: 'key', apiSecret: 'secret' }
const BLOCK = 50

const INSTRUMENT: Instrument = {
  symbol: 'BTC/USDT',
  exchangeSymbol: 'BTCUSDT',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  tickSize: d('0.01'),
  stepSize: d('0.00001'),
  minQuantity: d('0.00001'),
  maxQuantity: d('9000'),
  marketStepSize: d('0.00001'),
  marketMaxQuantity: d('100'),
  quoteStepSize: d('0.00000001'),
  minNotional: d('5'),
  isTrading: true,
  isOcoAllowed: false,
  orderTypes: ['LIMIT', 'MARKET'],
}

interface Cost {
  ms: number[]
  cpuMs: number
}

async function block(cost: Cost, send: () => Promise<unknown>): Promise<void> {
  const before = process.cpuUsage()
  for (let i = 0; i < BLOCK; i++) {
    const startedAt = monotonicMs()
    await send()
    cost.ms.push(monotonicMs() - startedAt)
  }
  const { user, system } = process.cpuUsage(before)
  cost.cpuMs += (user + system) / 1000
}

/** The same order by the ccxt package, its market given, its own waiting switched off. */
function ccxtOrder(url: string): () => Promise<unknown> {
  const exchange = new ccxtPackage.binance({
    apiKey: KEYS.apiKey,
    secret: KEYS.apiSecret,
    enableRateLimit: false,
    options: { defaultType: 'spot', warnOnFetchOpenOrdersWithoutSymbol: false },
  })
  exchange.urls['api'] = Object.fromEntries(
    Object.entries(exchange.urls['api'] as Record<string, string>).map(([name, address]) => [
      name,
      address.replace(/^https?:\/\/[^/]+/, url),
    ]),
  )
  exchange.setMarkets([
    {
      ...exchange.safeMarketStructure({
        id: 'BTCUSDT',
        symbol: 'BTC/USDT',
        base: 'BTC',
        quote: 'USDT',
        baseId: 'BTC',
        quoteId: 'USDT',
        type: 'spot',
        spot: true,
        active: true,
        precision: { amount: 0.00001, price: 0.01 },
        info: { quoteOrderQtyMarketAllowed: true, orderTypes: ['LIMIT', 'MARKET'] },
      }),
    },
  ])
  return () =>
    exchange.createOrder('BTC/USDT', 'market', 'buy', 0.001, undefined, {
      quoteOrderQty: 50,
      newClientOrderId: newClientOrderId(),
    })
}

export async function signedOrder(workshop: Workshop): Promise<Figure[]> {
  const registry = new ExchangeRegistry({ clock: systemClock, env: env() })
  const client = registry.executionClient('binance', 'LIVE')
  const pool = new Pool(workshop.door.url, { connections: 32, pipelining: 1 })

  const byClient = (): Promise<unknown> => {
    const order: OrderRequest = {
      clientOrderId: newClientOrderId(),
      symbol: 'BTC/USDT',
      side: 'BUY',
      type: 'MARKET',
      quoteQuantity: d('50'),
    }
    return client.createOrder(KEYS, order, INSTRUMENT)
  }
  const byHand = async (): Promise<unknown> => {
    const id = newClientOrderId()
    const order = `symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=50&newOrderRespType=FULL&newClientOrderId=${id}`
    const payload = `${order}&recvWindow=5000&timestamp=${Date.now()}`
    const signature = createHmac('sha256', KEYS.apiSecret).update(payload).digest('hex')
    const answer = await pool.request({
      method: 'POST',
      path: '/api/v3/order',
      headers: { 'x-mbx-apikey': KEYS.apiKey, 'content-type': 'application/x-www-form-urlencoded' },
      body: `${payload}&signature=${signature}`,
    })
    return answer.body.json()
  }

  const byCcxt = ccxtOrder(workshop.door.url)
  const ours: Cost = { ms: [], cpuMs: 0 }
  const ccxt: Cost = { ms: [], cpuMs: 0 }
  const hand: Cost = { ms: [], cpuMs: 0 }
  const warmUp: Cost = { ms: [], cpuMs: 0 }
  try {
    // With its pairs the client takes over the limits that the door publishes.
    await client.loadMarkets()
    for (let i = 0; i < 4; i++) {
      await block(warmUp, byClient)
      await block(warmUp, byHand)
      await block(warmUp, byCcxt)
    }
    for (let i = 0; i < (workshop.isQuick ? 10 : 30); i++) {
      await block(hand, byHand)
      await block(ours, byClient)
      await block(ccxt, byCcxt)
    }
  } finally {
    await pool.close()
    await registry.close()
  }
  const versus = (name: string, of: (cost: Cost) => number): Figure =>
    compared(`signed order: ${name}`, of(ours), 'ms', of(hand))
  return [
    versus('until answered, median', (cost) => median(cost.ms)),
    versus('until answered, p99', (cost) => percentile(cost.ms, 0.99)),
    versus('own CPU', (cost) => cost.cpuMs / cost.ms.length),
    compared('signed order: median, ccxt the baseline', median(ours.ms), 'ms', median(ccxt.ms)),
    compared('signed order: p99, ccxt the baseline', percentile(ours.ms, 0.99), 'ms', percentile(ccxt.ms, 0.99)),
    compared(
      'signed order: own CPU, ccxt the baseline',
      ours.cpuMs / ours.ms.length,
      'ms',
      ccxt.cpuMs / ccxt.ms.length,
    ),
  ]
}
