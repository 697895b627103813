import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Credentials } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { newClientOrderId } from '@/lib/platform/ids'
import { parseEnv } from '@/lib/platform/env'
import { failure } from '../../../support/failure'
import { PaperBitget } from './paper'

// Orders that the direct question does not find any more: Bitget forgets client ids after two hours.

const symbol = 'BTC/USDT'
const THREE_HOURS = 3 * 3_600_000
let shift: number
let paper: PaperBitget
let registry: ExchangeRegistry
let client: ExecutionClient
let market: Instrument
let credentials: Credentials

beforeEach(async () => {
  shift = 0
  const clock = () => Date.now() + shift
  paper = await PaperBitget.start(clock)
  const env = parseEnv({
    DATABASE_URL: 'postgresql://unused',
    SECRET_KEY: 'x'.repeat(32),
    SIMULATOR_PORT: String(paper.simulator.port),
  })
  registry = new ExchangeRegistry({ clock, env, timeoutMs: 2000 })
  client = registry.executionClient('bitget', 'PAPER')
  await paper.price('60000')
  const found = (await client.loadMarkets()).find((instrument) => instrument.symbol === symbol)
  if (found === undefined) throw new Error('no such pair')
  market = found
  credentials = await paper.open('CLASSIC')
})
afterEach(async () => {
  await registry.close()
  await paper.close()
})

const create = (more: Partial<OrderRequest>) =>
  client.createOrder(
    credentials,
    { clientOrderId: newClientOrderId(), symbol, side: 'BUY', type: 'LIMIT', quantity: d('0.01'), ...more },
    market,
  )

it('finds open, closed and waiting orders by client id after hours', async () => {
  const open = await create({ limitPrice: d('50000') })
  const closed = await create({ limitPrice: d('61000') })
  const plan = await create({ side: 'SELL', type: 'STOP_MARKET', stopPrice: d('50000') })
  const fired = await create({ side: 'SELL', type: 'TAKE_PROFIT_MARKET', stopPrice: d('60500') })
  await paper.price('60501')
  shift = THREE_HOURS
  await client.warmUp()
  for (const [order, status] of [
    [open, 'ACCEPTED'],
    [closed, 'FILLED'],
    [plan, 'ACCEPTED'],
    [fired, 'FILLED'],
  ] as const) {
    const { clientOrderId } = order
    expect(await client.getOrder(credentials, { symbol, clientOrderId })).toMatchObject({ clientOrderId, status })
  }
  expect(await client.getOrder(credentials, { symbol, clientOrderId: newClientOrderId() })).toBeNull()
})

it('gives no verdict while one of the stores cannot be asked', async () => {
  for (const path of ['orderInfo', 'unfilled-orders', 'history-orders', 'current-plan-order', 'history-plan-order']) {
    await paper.faults({ path: `GET /api/v2/spot/trade/${path}`, httpStatus: { status: 503, count: 1 } })
    const error = await failure(client.getOrder(credentials, { symbol, clientOrderId: newClientOrderId() }))
    expect(error, path).toMatchObject({ code: 'EXCHANGE_UNAVAILABLE', isRetryable: true })
  }
  await paper.faults({})
  expect(await client.getOrder(credentials, { symbol, clientOrderId: newClientOrderId() })).toBeNull()
})

it('reads lists of more than one page', async () => {
  const ids = new Set<string>()
  await paper.control('PUT', 'limits', { exchange: 'bitget', limits: { default: 1000 } })
  for (let i = 0; i < 105; i += 1) {
    const order = await retried(() => create({ limitPrice: d('50000').plus(i) }))
    ids.add(order.clientOrderId)
  }
  const open = await client.openOrders(credentials, symbol)
  expect(new Set(open.map((order) => order.clientOrderId))).toEqual(ids)
  await client.cancelAll(credentials, symbol)
  const history = await client.orderHistory(credentials, symbol, 0)
  expect(history).toHaveLength(105)
  expect(history.every((order, i) => i === 0 || order.createdTime >= (history[i - 1]?.createdTime ?? 0))).toBe(true)
}, 60_000)

/** Our own limits hold an order back for a moment at most: then it is sent again. */
const retried = async <T>(run: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if ((error as { outcome?: string }).outcome !== 'NOT_SENT') throw error
    }
  }
}
