import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ExchangeId } from '@/lib/domain/account/broker'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderDraft } from '@/lib/domain/order/journal'
import { newClientOrderId } from '@/lib/platform/ids'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { placeOrder, placeOrderGroup } from '@/lib/use-cases/place-order'
import { readLedger } from '../../support/account'
import { type ExchangeTrio, openTrio } from '../../support/exchange-trio'
import { type Installation, openInstallation, until } from '../../support/installation'

// Orders that an exchange does not have, kept by the engine: trailing stops, pairs, and what an entry places.

const EXCHANGES: readonly ExchangeId[] = ['bitget', 'kucoin']
let installation: Installation
let trio: ExchangeTrio

const moveTo = (price: string) => installation.control('PUT', 'price', { symbol: 'BTCUSDT', price, hold: true })
const statusOf = (id: string) => trio.statusOf(id)
const settled = (id: string, status: string) =>
  until(async () => (await statusOf(id)) === status, 15_000, `${id} ${status}`)
const atExchange = async (exchange: ExchangeId, id: string) =>
  (await readLedger(installation, trio.accountOf(exchange))).orders.filter((order) => order.clientOrderId === id)

const draft = (exchange: ExchangeId, change: Partial<OrderDraft>) =>
  trio.draft(exchange, { side: 'SELL', quantity: d('0.01'), ...change })

/** A stop that rests at the exchange, and a target that the engine keeps. */
async function placePair(exchange: ExchangeId) {
  const group = { id: newClientOrderId(), kind: 'OCO', isEmulated: true } as const
  const stop = await draft(exchange, {
    groupId: group.id,
    type: 'STOP_MARKET',
    purpose: 'STOP_LOSS',
    stopPrice: d('59000'),
  })
  const target = await draft(exchange, {
    groupId: group.id,
    type: 'TAKE_PROFIT_MARKET',
    purpose: 'TAKE_PROFIT',
    stopPrice: d('61000'),
    isEmulated: true,
  })
  await placeOrderGroup({ bus: trio.bus, now: Date.now() }, group, [stop, target])
  await settled(stop.clientOrderId, 'ACCEPTED')
  return { stop: stop.clientOrderId, target: target.clientOrderId }
}

beforeAll(async () => {
  installation = await openInstallation('kept')
  await installation.start('simulator')
  await moveTo('60000')
  await installation.start('gateway')
  await installation.start('engine')
  trio = await openTrio(installation, 'kept-user')
}, 90_000)
beforeEach(() => moveTo('60000'))
afterAll(async () => {
  await trio.close()
  await installation.close()
})

describe.each(EXCHANGES)('at %s', (exchange) => {
  it('a trailing stop follows the price up and sells at its distance below the peak', async () => {
    const order = await draft(exchange, { type: 'TRAILING_STOP', trailingDelta: 100, isEmulated: true })
    await placeOrder({ bus: trio.bus, now: Date.now() }, order)
    const peakIs = (price: string) =>
      until(async () => {
        const [row] = await installation.query<{ peak: string | null }>(
          'SELECT trailing_peak::text AS peak FROM trades WHERE client_order_id = $1',
          [order.clientOrderId],
        )
        return Number(row?.peak ?? 0) === Number(price)
      }, 10_000)
    await peakIs('60000')
    await moveTo('62000')
    await peakIs('62000')
    expect(await statusOf(order.clientOrderId)).toBe('INITIALIZED')
    expect(await atExchange(exchange, order.clientOrderId)).toHaveLength(0)
    await moveTo('61300')
    await settled(order.clientOrderId, 'FILLED')
    expect(await atExchange(exchange, order.clientOrderId)).toHaveLength(1)
    const events = await installation.query<{ kind: string }>(
      'SELECT kind FROM order_events WHERE client_order_id = $1 ORDER BY id',
      [order.clientOrderId],
    )
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['INITIALIZE', 'TRIGGERED_HERE', 'RELEASE', 'SUBMIT', 'FILL']),
    )
  })

  it('a pair: at the target the stop goes first, then the position is sold, once', async () => {
    const { stop, target } = await placePair(exchange)
    await moveTo('61500')
    await settled(target, 'FILLED')
    await settled(stop, 'CANCELED')
  })

  it('a pair: at the stop the exchange sells, and the target is withdrawn', async () => {
    const { stop, target } = await placePair(exchange)
    await moveTo('58500')
    await settled(stop, 'FILLED')
    await settled(target, 'CANCELED')
    expect(await atExchange(exchange, target)).toHaveLength(0)
  })

  it('an entry, then its stop at the exchange and its target here', async () => {
    const group = { id: newClientOrderId(), kind: 'OTOCO', isEmulated: true } as const
    const leg = { groupId: group.id }
    const entry = await draft(exchange, {
      ...leg,
      side: 'BUY',
      type: 'LIMIT',
      purpose: 'ENTRY',
      limitPrice: d('59500'),
      timeInForce: 'GTC',
    })
    const kept = { ...leg, isEmulated: true }
    const stop = await draft(exchange, { ...kept, type: 'STOP_MARKET', purpose: 'STOP_LOSS', stopPrice: d('58000') })
    const target = await draft(exchange, {
      ...kept,
      type: 'TAKE_PROFIT_MARKET',
      purpose: 'TAKE_PROFIT',
      stopPrice: d('61000'),
    })
    await placeOrderGroup({ bus: trio.bus, now: Date.now() }, group, [entry, stop, target])
    await settled(entry.clientOrderId, 'ACCEPTED')
    expect(await statusOf(stop.clientOrderId)).toBe('INITIALIZED')
    await moveTo('59400')
    await settled(entry.clientOrderId, 'FILLED')
    await settled(stop.clientOrderId, 'ACCEPTED')
    await moveTo('61100')
    await settled(target.clientOrderId, 'FILLED')
    await settled(stop.clientOrderId, 'CANCELED')
  })

  it('a kept order is withdrawn on the spot', async () => {
    const order = await draft(exchange, { type: 'TRAILING_STOP', trailingDelta: 100, isEmulated: true })
    await placeOrder({ bus: trio.bus, now: Date.now() }, order)
    expect(await cancelOrder(trio.bus, order.clientOrderId, Date.now())).toBe(true)
    expect(await statusOf(order.clientOrderId)).toBe('CANCELED')
  })
})

it('an engine that was away fires what was reached meanwhile, once', async () => {
  const { stop, target } = await placePair('bitget')
  await installation.kill('engine')
  await moveTo('61500')
  await installation.start('engine')
  await settled(target, 'FILLED')
  await settled(stop, 'CANCELED')
  expect(await atExchange('bitget', target)).toHaveLength(1)
}, 60_000)
