import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cancelAllAtExchange } from '@/daemons/gateway/cancel-all'
import { cancelAtExchange } from '@/daemons/gateway/cancel-order.handler'
import { changeAtExchange } from '@/daemons/gateway/change-order.handler'
import { takeReport } from '@/daemons/gateway/commands'
import { reconcileInFlight, sweep } from '@/daemons/gateway/reconcile'
import { disconnectPrisma } from '@/lib/db/client'
import { findOrder } from '@/lib/db/order-repository'
import { closePool } from '@/lib/db/pool'
import type { AlertKind } from '@/lib/domain/alert/alert'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { saveChannel } from '@/lib/use-cases/alert-channels'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { recordFailure } from '@/lib/use-cases/record-report'
import { trackBroker } from '@/lib/use-cases/track-broker'
import { failure } from '../../support/failure'
import { gatewayOn } from '../../support/in-process-gateway'
import { at, fillOf, ids, orderAt, Tracked } from '../../support/tracked'

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
const giveUp = async (id: string) => {
  await moveTo(id, 'SUBMITTED')
  const failure = { kind: 'REJECT', code: 'UNKNOWN_ORDER', message: 'never arrived' } as const
  await recordFailure(t.trading.bus, [id], failure, t.now)
}
const tellOf = async (kind: AlertKind) => {
  const webhookUrl = `https://discord.com/api/webhooks/123456789012345678/${'x'.repeat(60)}`
  const channel: Parameters<typeof saveChannel>[1] = {
    service: 'DISCORD',
    name: 'c',
    kinds: [kind],
    isActive: true,
    webhookUrl,
  }
  expect(await saveChannel(t.userId, channel)).toMatchObject({ isDone: true })
}
const unseen = () => Promise.resolve(null)
async function reconcile(gateway: ReturnType<typeof gatewayOn>): Promise<void> {
  await reconcileInFlight(gateway)
  await gateway.beside.settled()
}
/** Looks for so long, every second as the gateway does. */
async function lookFor(gateway: ReturnType<typeof gatewayOn>, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await reconcile(gateway)
    t.now += 1000
  }
}

describe.each(['PENDING_CANCEL', 'PENDING_UPDATE'])('%s', (status) => {
  it('ends when the exchange tells that the order was rejected: a stop that fired and failed', async () => {
    const stop = await t.ours(at('10:00'))
    await moveTo(stop.clientOrderId, status)
    const report = orderAt(at('10:00'), { ...stop, status: 'REJECTED' })
    await reconcile(gatewayOn(t, { getOrder: () => Promise.resolve(report) }))
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

it('an order that nobody heard of is given up when it cannot arrive any more, as its exchange says', async () => {
  const stop = await t.ours(at('10:00'))
  await moveTo(stop.clientOrderId, 'SUBMITTED')
  await t.installation.query('UPDATE trades SET submitted_at = $2 WHERE client_order_id = $1', [
    stop.clientOrderId,
    new Date(t.now),
  ])
  const gateway = gatewayOn(t, { getOrder: unseen, arrivesWithinMs: () => 45_000 })
  await lookFor(gateway, 45)
  expect(await statusOf(stop.clientOrderId)).toBe('SUBMITTED')
  await lookFor(gateway, 2)
  expect(await statusOf(stop.clientOrderId)).toBe('REJECTED')
})

describe('an order that was given up and arrived after all', () => {
  /** The tracker's look, and the command that it gives the gateway. */
  async function lookAt(report: ExchangeOrder, cancelOrderAt: ExecutionClient['cancelOrder']) {
    t.exchange.orders.push(report)
    const asked: string[] = []
    const publish = (name: string, { clientOrderId = '' }: { clientOrderId?: string }) => {
      if (name === 'order.cancel') asked.push(clientOrderId)
      return Promise.resolve()
    }
    const bus = { ...t.trading.bus, publish } as typeof t.trading.bus
    await trackBroker({ ...t.desk, bus }, await t.broker())
    const gateway = gatewayOn(t, { getOrder: () => Promise.resolve(report), cancelOrder: cancelOrderAt })
    for (const id of asked) await cancelAtExchange(gateway, id)
    return asked
  }

  it('and rests there: it is canceled there, once, and the user is told', async () => {
    const stop = await t.ours(at('10:00'))
    await giveUp(stop.clientOrderId)
    await tellOf('ORDER_FAILED')
    const resting = orderAt(at('10:00'), { ...stop, status: 'ACCEPTED' })
    let canceled = 0
    const asked = await lookAt(resting, () => {
      canceled += 1
      return Promise.resolve({ ...resting, status: 'CANCELED' as const })
    })
    expect([asked, canceled]).toEqual([[stop.clientOrderId], 1])
    expect(await statusOf(stop.clientOrderId)).toBe('CANCELED')
    const alerts = await t.installation.query(`SELECT kind, detail->>'reason' AS reason FROM alert_outbox`)
    expect(alerts).toEqual([
      { kind: 'ORDER_FAILED', reason: 'The order arrived after it was given up: it is canceled at the exchange.' },
    ])
  })

  it('and was executed: its executions are recorded', async () => {
    const stop = await t.ours(at('10:00'))
    await giveUp(stop.clientOrderId)
    const report = orderAt(at('10:00'), { ...stop, status: 'FILLED' })
    const fills = [fillOf(report, at('10:30'))]
    const gateway = gatewayOn(t, { myFills: () => Promise.resolve(fills) })
    const order = await findOrder(stop.clientOrderId)
    if (order !== null) await takeReport(gateway, await gateway.desk.open(t.brokerId), order, report, true)
    expect((await t.journal())[0]).toMatchObject({ status: 'FILLED', filled: '0.1' })
    expect(await t.recorded()).toEqual(ids(fills))
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

describe('an order that should rest at its exchange, and that is not known there', () => {
  const asked = async (id: string) => {
    const which = 'SELECT 1 FROM trades WHERE client_order_id = $1 AND cancel_requested_at IS NOT NULL'
    return (await t.installation.query(which, [id])).length > 0
  }

  it('is ended after a minute, and its user told: a stop that protects nothing', async () => {
    const stop = await t.ours(at('10:00'))
    await tellOf('ORDER_FAILED')
    for (let second = 0; second <= 50; second += 10, t.now += 10_000) await t.look()
    expect(await asked(stop.clientOrderId)).toBe(false)
    await t.look()
    expect(await asked(stop.clientOrderId)).toBe(true)
    await t.look()
    const alerts = await t.installation.query(`SELECT detail->>'reason' AS reason FROM alert_outbox`)
    expect(alerts).toEqual([{ reason: 'The exchange does not know the order any more.' }])
  })

  it('stays where the exchange shows it again', async () => {
    const stop = await t.ours(at('10:00'))
    for (let second = 0; second <= 50; second += 10, t.now += 10_000) await t.look()
    t.exchange.orders.push(orderAt(at('10:00'), { ...stop, status: 'ACCEPTED' }))
    await t.look()
    t.exchange.orders.length = 0
    t.now += 10_000
    await t.look()
    expect(await asked(stop.clientOrderId)).toBe(false)
  })
})

it('the cancel of all goes on to the other pairs when one refuses, records what ended, and says what did not', async () => {
  const [first, second] = [await t.ours(at('10:00')), await t.ours(at('10:00'), { symbol: 'ETH/USDT' })]
  const open = [first, second].map((one) => orderAt(at('10:00'), { ...one, status: 'ACCEPTED' }))
  const foreign = orderAt(at('10:00'), { symbol: 'SOL/USDT', status: 'ACCEPTED' })
  const gateway = gatewayOn(t, {
    openOrders: () => Promise.resolve([open[0] ?? foreign, foreign, open[1] ?? foreign]),
    cancelAll: (_, symbol) =>
      symbol === 'ETH/USDT'
        ? Promise.resolve([orderAt(at('10:00'), { ...second, status: 'CANCELED' })])
        : Promise.reject(new TradingError('EXCHANGE_UNAVAILABLE', 'no answer', { outcome: 'UNKNOWN' })),
  })
  const error = await failure(cancelAllAtExchange(gateway, await gateway.desk.open(t.brokerId), undefined))
  expect([error.code, error.message]).toEqual(['EXCHANGE_UNAVAILABLE', 'BTC/USDT: no answer SOL/USDT: no answer'])
  expect([await statusOf(first.clientOrderId), await statusOf(second.clientOrderId)]).toEqual(['ACCEPTED', 'CANCELED'])
})

describe('a cancel that is asked for while a change is under way', () => {
  /** Changes a resting order in two calls; `meanwhile` happens between them. */
  async function changeAnd(meanwhile: (id: string) => Promise<unknown>): Promise<string[]> {
    const old = await t.ours(at('10:00'))
    await t.installation.query('UPDATE trades SET change_requested = $2 WHERE client_order_id = $1', [
      old.clientOrderId,
      JSON.stringify({ stopPrice: '54000' }),
    ])
    const resting = orderAt(at('10:00'), { ...old, status: 'ACCEPTED' })
    const gateway = gatewayOn(t, {
      getOrder: () => Promise.resolve(resting),
      canAmend: () => false,
      cancelOrder: (_, { clientOrderId = '' }) =>
        Promise.resolve(orderAt(at('10:00'), { ...old, exchangeOrderId: 'heir', clientOrderId, status: 'CANCELED' })),
      replaceOrder: async (_, __, { clientOrderId }) => {
        await meanwhile(old.clientOrderId)
        const placed = orderAt(at('10:00'), { ...old, exchangeOrderId: 'heir', clientOrderId, status: 'ACCEPTED' })
        return { canceled: { ...resting, status: 'CANCELED' }, placed }
      },
    })
    await changeAtExchange(gateway, old.clientOrderId)
    t.now += 3000
    await sweep(gateway)
    await gateway.beside.settled()
    t.now += 3000
    await sweep(gateway)
    await gateway.beside.settled()
    return (await t.journal()).map(({ status }) => status)
  }

  it('ends the order that took the place', async () => {
    expect(await changeAnd((id) => cancelOrder(t.trading.bus, id, t.now))).toEqual(['CANCELED', 'CANCELED'])
  })

  it('is no business of a change that nobody canceled', async () => {
    expect(await changeAnd(() => Promise.resolve())).toEqual(['CANCELED', 'ACCEPTED'])
  })
})
