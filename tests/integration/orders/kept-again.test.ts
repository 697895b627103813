import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { sweep } from '@/daemons/gateway/reconcile'
import { submitOrder } from '@/daemons/gateway/submit-order.handler'
import { disconnectPrisma } from '@/lib/db/client'
import { insertOrders } from '@/lib/db/order-repository'
import { closePool } from '@/lib/db/pool'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderDraft } from '@/lib/domain/order/journal'
import type { OrderRequest } from '@/lib/domain/order/order'
import { newClientOrderId } from '@/lib/platform/ids'
import { createLogger } from '@/lib/platform/logger'
import { SideBySide } from '@/lib/platform/side-by-side'
import { watchKeptOrders } from '@/lib/use-cases/keep-orders'
import { placeOrderGroup } from '@/lib/use-cases/place-order'
import { gatewayOn } from '../../support/in-process-gateway'
import { orderAt, Tracked } from '../../support/tracked'

// An order that the engine keeps, fired, and could not be sent: it is sent when that is possible again and its reason stands.

let t: Tracked
let price = d('60000')
let send: (request: OrderRequest) => Promise<ReturnType<typeof orderAt>>

const pause = () =>
  Promise.reject(
    new TradingError('RATE_LIMITED', 'a pause', { outcome: 'REFUSED', isRetryable: true, retryAfterMs: 60_000 }),
  )
const fill = ({ clientOrderId, type }: OrderRequest) =>
  Promise.resolve(orderAt(t.now, { clientOrderId, type, side: 'SELL', status: 'ACCEPTED' }))

beforeAll(async () => {
  t = await Tracked.open('kept_again')
})
beforeEach(async () => {
  await t.reset()
  price = d('60000')
  send = pause
})
afterAll(async () => {
  await t.close()
  await closePool()
  await disconnectPrisma()
  await t.installation.close()
})

async function keep(more: Partial<OrderDraft>): Promise<OrderDraft> {
  const { userId, brokerId } = t
  const on = { userId, brokerId, symbol: 'BTC/USDT' }
  const positionId = await inTransaction((tx) => ensurePosition(tx, on))
  const terms = { side: 'SELL', type: 'TRAILING_STOP', quantity: d('0.1'), isEmulated: true } as const
  const from = { source: 'MANUAL', purpose: 'OTHER', clientOrderId: newClientOrderId() } as const
  return { ...on, ...terms, ...from, positionId, sendBefore: t.now, ...more }
}

async function trailing(): Promise<string> {
  const draft = await keep({ trailingDelta: 100 })
  await inTransaction((tx) => insertOrders(tx, [draft], t.now))
  return draft.clientOrderId
}

/** A target that is kept, whose stop was at the exchange and ended for it. */
async function target(): Promise<string> {
  const group = { id: newClientOrderId(), kind: 'OCO', isEmulated: true } as const
  const stop = await keep({ groupId: group.id, type: 'STOP_MARKET', purpose: 'STOP_LOSS', stopPrice: d('59000') })
  const kept = await keep({
    groupId: group.id,
    type: 'TAKE_PROFIT_MARKET',
    purpose: 'TAKE_PROFIT',
    stopPrice: d('61000'),
  })
  await placeOrderGroup({ bus: t.trading.bus, now: t.now }, group, [stop, kept])
  await t.installation.query(
    `UPDATE trades SET triggered_at = CASE WHEN client_order_id = $2 THEN $3::timestamptz END,
       status = CASE WHEN client_order_id = $1 THEN 'CANCELED' ELSE status END WHERE client_order_id IN ($1, $2)`,
    [stop.clientOrderId, kept.clientOrderId, new Date(t.now)],
  )
  return kept.clientOrderId
}

const gateway = () =>
  gatewayOn(t, { createOrder: (_, request) => send(request), getOrder: () => Promise.resolve(null) })
const markets = new SideBySide(() => undefined)

/** One look of the engine; then the gateway takes what it handed on, unless it is away. */
async function look(id: string, isGatewayUp = true): Promise<void> {
  const call = () => Promise.resolve({ lastPrice: price })
  const engine = { bus: t.trading.bus, clock: () => t.now, log: createLogger('test', 'silent'), gateway: { call } }
  await watchKeptOrders(engine as never, markets)
  await markets.settled()
  if (isGatewayUp) await submitOrder(gateway(), id)
  t.now += 5000
}
const statusOf = async (id: string) => (await t.journal()).find((row) => row.id === id)?.status

it('a trailing stop that is refused for a pause is sent after it', async () => {
  const id = await trailing()
  await look(id)
  price = d('59000')
  await look(id)
  expect(await statusOf(id)).toBe('INITIALIZED')
  send = fill
  await look(id)
  expect(await statusOf(id)).toBe('ACCEPTED')
})

it('one that no gateway took in time is sent when there is one again', async () => {
  send = fill
  const id = await trailing()
  await look(id)
  price = d('59000')
  await look(id, false)
  t.now += 40_000
  await sweep(gateway())
  expect(await statusOf(id)).toBe('INITIALIZED')
  t.now += 5000
  await look(id)
  expect(await statusOf(id)).toBe('ACCEPTED')
})

it('where the price has come back meanwhile, it trails on', async () => {
  const id = await trailing()
  await look(id)
  price = d('59000')
  await look(id)
  send = fill
  price = d('59900')
  await look(id)
  expect(await statusOf(id)).toBe('INITIALIZED')
  price = d('59300')
  await look(id)
  expect(await statusOf(id)).toBe('ACCEPTED')
})

it('a target whose stop ended for it is sent after the pause', async () => {
  const id = await target()
  price = d('61500')
  await look(id)
  expect(await statusOf(id)).toBe('INITIALIZED')
  send = fill
  await look(id)
  expect(await statusOf(id)).toBe('ACCEPTED')
})

it('a target whose price is gone fails: its position is told of as unprotected, or protected anew', async () => {
  const id = await target()
  price = d('61500')
  await look(id)
  price = d('60500')
  await look(id)
  expect(await statusOf(id)).toBe('DENIED')
})

it('it is tried for ten minutes, and fails then', async () => {
  const id = await trailing()
  await look(id)
  price = d('59000')
  for (let minute = 0; minute < 9; minute += 1) {
    await look(id)
    t.now += 55_000
  }
  expect(await statusOf(id)).toBe('INITIALIZED')
  t.now += 120_000
  await look(id)
  expect(await statusOf(id)).toBe('REJECTED')
})
