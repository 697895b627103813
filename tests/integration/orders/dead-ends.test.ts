import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cancelAtExchange } from '@/daemons/gateway/cancel-order.handler'
import { reconcileInFlight } from '@/daemons/gateway/reconcile'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { gatewayOn } from '../../support/in-process-gateway'
import { at, orderAt, Tracked } from '../../support/tracked'

// Orders whose end the exchange tells in a way that nobody expected, or not at all: none stays live in the journal for ever.

let t: Tracked

beforeAll(async () => {
  t = await Tracked.open('dead_ends')
})
beforeEach(() => t.reset())
afterAll(async () => {
  await t.close()
  await closePool()
  await disconnectPrisma()
  await t.installation.close()
})

const statusOf = async (id: string) => (await t.journal()).find((row) => row.id === id)?.status
const moveTo = (id: string, status: string) =>
  t.installation.query('UPDATE trades SET status = $2::"OrderStatus", updated_at = $3 WHERE client_order_id = $1', [
    id,
    status,
    new Date(t.now - 2000),
  ])
const unseen = () => Promise.resolve(null)
/** Looks for so long, every second as the gateway does. */
async function lookFor(gateway: ReturnType<typeof gatewayOn>, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await reconcileInFlight(gateway)
    t.now += 1000
  }
}

describe.each(['PENDING_CANCEL', 'PENDING_UPDATE'])('%s', (status) => {
  it('ends when the exchange tells that the order was rejected: a stop that fired and failed', async () => {
    const stop = await t.ours(at('10:00'))
    await moveTo(stop.clientOrderId, status)
    const report = orderAt(at('10:00'), { ...stop, status: 'REJECTED' })
    await reconcileInFlight(gatewayOn(t, { getOrder: () => Promise.resolve(report) }))
    expect(await statusOf(stop.clientOrderId)).toBe('REJECTED')
  })

  it('ends when the exchange does not know the order for long', async () => {
    const stop = await t.ours(at('10:00'))
    await moveTo(stop.clientOrderId, status)
    const gateway = gatewayOn(t, { getOrder: unseen })
    await lookFor(gateway, 15)
    expect(await statusOf(stop.clientOrderId)).toBe(status)
    await lookFor(gateway, 2)
    expect(await statusOf(stop.clientOrderId)).toBe('CANCELED')
  })

  it('stays while the exchange shows the order now and then', async () => {
    const stop = await t.ours(at('10:00'))
    await moveTo(stop.clientOrderId, status)
    const resting = orderAt(at('10:00'), { ...stop, status: 'ACCEPTED' })
    const answers = { now: null as ExchangeOrder | null }
    const gateway = gatewayOn(t, { getOrder: () => Promise.resolve(answers.now) })
    await lookFor(gateway, 12)
    answers.now = resting
    await lookFor(gateway, 1)
    expect(await statusOf(stop.clientOrderId)).toBe('ACCEPTED')
    await moveTo(stop.clientOrderId, status)
    answers.now = null
    await lookFor(gateway, 12)
    expect(await statusOf(stop.clientOrderId)).toBe(status)
  })
})

it('a cancel that the exchange accepted ends the order though it does not show it any more', async () => {
  const stop = await t.ours(at('10:00'))
  const gone = new TradingError('EXCHANGE_UNAVAILABLE', 'canceled, not shown', { outcome: 'ACCEPTED' })
  const gateway = gatewayOn(t, { getOrder: unseen, cancelOrder: () => Promise.reject(gone) })
  await cancelOrder(t.trading.bus, stop.clientOrderId, t.now)
  await cancelAtExchange(gateway, stop.clientOrderId)
  expect(await statusOf(stop.clientOrderId)).toBe('CANCELED')
})
