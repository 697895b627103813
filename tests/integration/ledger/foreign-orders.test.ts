import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { disconnectPrisma } from '@/lib/db/client'
import { isBehind } from '@/lib/db/order-repository'
import { closePool } from '@/lib/db/pool'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { compareFills } from '@/lib/use-cases/compare-fills'
import { rebuildLedger } from '@/lib/use-cases/rebuild-ledger'
import { recordLateFills, recordReport } from '@/lib/use-cases/record-report'
import { pairOf } from '../../support/stand-in-exchange'
import { at, fillOf, ids, orderAt, Tracked } from '../../support/tracked'

// Orders that somebody places past the bot: which is which, and what may become of them.

let t: Tracked

beforeAll(async () => {
  t = await Tracked.open('foreign')
})
beforeEach(() => t.reset())
afterAll(async () => {
  await t.close()
  await closePool()
  await disconnectPrisma()
  await t.installation.close()
})

describe('orders placed elsewhere', () => {
  it('that spend quote funds are adopted without a quantity', async () => {
    const plan = orderAt(at('10:00'), {
      status: 'ACCEPTED',
      type: 'STOP_MARKET',
      stopPrice: d('70000'),
      quantity: d('0'),
    })
    t.exchange.orders.push(plan)
    await t.look()
    expect(await t.journal()).toMatchObject([{ exchange: plan.exchangeOrderId, status: 'ACCEPTED', quantity: null }])
    // It fires: what it bought is recorded.
    Object.assign(plan, { status: 'FILLED', quantity: d('0.02'), filledQuantity: d('0.02') })
    t.exchange.fills.push(fillOf(plan, at('10:59')))
    await t.look()
    expect(await t.journal()).toMatchObject([{ status: 'FILLED', filled: '0.02' }])
  })

  it('may execute more than their report said', async () => {
    // Filled amount by average price: cut off, and less than the executions.
    const bought = orderAt(at('10:00'), { quantity: d('0.099999999999') })
    t.exchange.orders.push(bought)
    t.exchange.fills.push(fillOf(bought, at('10:00'), { quantity: d('0.1') }))
    t.exchange.balances.set('BTC', d('0.1'))
    await t.look()
    expect(await t.journal()).toMatchObject([{ status: 'FILLED', quantity: '0.1', filled: '0.1' }])
  })

  it('grow when their quantity is raised at the exchange', async () => {
    const limit = orderAt(at('10:00'), { status: 'ACCEPTED', type: 'LIMIT', limitPrice: d('60000') })
    t.exchange.orders.push(limit)
    await t.look()
    Object.assign(limit, { quantity: d('0.3') })
    await t.look()
    expect(await t.journal()).toMatchObject([{ status: 'ACCEPTED', quantity: '0.3' }])
    Object.assign(limit, { status: 'FILLED', filledQuantity: d('0.3') })
    t.exchange.fills.push(fillOf(limit, at('10:30')))
    await t.look()
    expect(await t.journal()).toMatchObject([{ status: 'FILLED', quantity: '0.3', filled: '0.3' }])
    expect((await t.position())?.quantity).toBe('0.3')
  })
})

describe('an order placed elsewhere', () => {
  it('is its account’s own, whatever another one calls its orders', async () => {
    const other = t.brokerId
    const order = orderAt(at('10:00'), { clientOrderId: 'x-1' })
    t.exchange.orders.push(order)
    t.exchange.fills.push(fillOf(order, at('10:00')))
    t.exchange.balances.set('BTC', d('0.1'))
    await t.look()
    const before = await t.journal(other)
    expect(before).toMatchObject([{ id: 'x-1', filled: '0.1' }])

    await t.openAccount()
    const same = orderAt(at('10:30'), {
      clientOrderId: 'x-1',
      exchangeOrderId: order.exchangeOrderId,
      quantity: d('0.7'),
    })
    t.exchange.orders.splice(0, 1, same)
    t.exchange.fills.splice(0, 1, fillOf(same, at('10:30')))
    await t.look()
    expect(await t.journal(other)).toEqual(before)
    expect(await t.recorded(other)).toHaveLength(1)
    const [row] = await t.journal()
    expect(row).toMatchObject({ exchange: order.exchangeOrderId, source: 'EXTERNAL', status: 'FILLED', filled: '0.7' })
    expect(row?.id).not.toBe('x-1')
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
  })

  it('is another one than that of the same name or the same number', async () => {
    const first = orderAt(at('10:00'), { clientOrderId: 'again', exchangeOrderId: '7' })
    const sameName = orderAt(at('10:10'), { clientOrderId: 'again', exchangeOrderId: '8' })
    const sameNumber = orderAt(at('10:20'), { clientOrderId: 'else', exchangeOrderId: '7', symbol: 'ETH/USDT' })
    for (const order of [first, sameName, sameNumber]) {
      t.exchange.orders.push(order)
      t.exchange.fills.push(fillOf(order, order.createdTime))
      t.exchange.balances.set(order.symbol.split('/')[0] ?? '', order.quantity.times(t.exchange.orders.length))
      t.exchange.balances.set('USDT', d(String(10_000 - t.exchange.orders.length)))
      await t.look()
    }
    expect((await t.journal()).map(({ exchange, status, filled }) => [exchange, status, filled])).toEqual([
      ['7', 'FILLED', '0.1'],
      ['8', 'FILLED', '0.1'],
      ['7', 'FILLED', '0.1'],
    ])
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
  })

  it('keeps its row when it fires and goes on under another number', async () => {
    const stop = orderAt(at('10:00'), { status: 'ACCEPTED', type: 'STOP_MARKET', stopPrice: d('70000') })
    t.exchange.orders.push(stop)
    await t.look()
    const child = { ...stop, exchangeOrderId: 'child', status: 'PARTIALLY_FILLED' as const, filledQuantity: d('0.04') }
    t.exchange.orders.splice(0, 1, child)
    t.exchange.fills.push(fillOf(child, at('10:30'), { quantity: d('0.04') }))
    await t.look()
    expect(await t.journal()).toMatchObject([{ id: stop.clientOrderId, exchange: 'child', filled: '0.04' }])
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
  })
})

it('a report on an order of another market or account is refused', async () => {
  const order = await t.ours(at('10:00'))
  const own = t.brokerId
  const context = { bus: t.trading.bus, now: t.now, brokerId: t.brokerId, instrument: pairOf('BTC/USDT') }
  const report = orderAt(at('10:00'), { ...order, status: 'CANCELED' })
  const refused = { ...report, symbol: 'ETH/USDT' }
  const { clientOrderId: id } = order
  await expect(recordReport({ ...context, instrument: pairOf('ETH/USDT') }, id, refused)).rejects.toThrow('ETH/USDT')
  await expect(recordReport(context, id, refused)).rejects.toThrow('ETH/USDT')
  const another = await t.openAccount()
  await expect(recordReport({ ...context, brokerId: another }, id, report)).rejects.toThrow('another account')
  await expect(recordLateFills(context, id, [fillOf(refused, at('10:01'))])).rejects.toThrow('ETH/USDT')
  expect(await t.journal(own)).toMatchObject([{ status: 'ACCEPTED', filled: '0' }])
  expect(await recordReport(context, id, report)).toMatchObject({ status: 'CANCELED' })
})

it('a trade of an account with itself is recorded on both sides', async () => {
  // Sides of one trade have one number.
  const [buying, selling] = [orderAt(at('10:00')), orderAt(at('10:00'), { side: 'SELL' })]
  const bought = fillOf(buying, at('10:30'))
  t.exchange.orders.push(buying, selling)
  t.exchange.fills.push(bought, fillOf(selling, at('10:30'), { exchangeTradeId: bought.exchangeTradeId }))
  await compareFills(t.desk, await t.broker(), 'BTC/USDT')
  await compareFills(t.desk, await t.broker(), 'BTC/USDT')
  expect(await t.recorded()).toEqual(ids(t.exchange.fills))
  expect((await t.journal()).map(({ filled }) => filled)).toEqual(['0.1', '0.1'])
  // Bought before sold, however they arrive.
  expect(await t.position()).toMatchObject({ quantity: '0' })
  expect((await rebuildLedger(true, t.now)).differences).toEqual([])
})

it('an order that spends an amount is executed by what was executed, not by what its average price makes of it', async () => {
  const bought = orderAt(at('10:00'), { quantity: d('0.100000000001'), filledQuoteQuantity: d('6000') })
  t.exchange.orders.push(bought)
  t.exchange.fills.push(fillOf(bought, at('10:00'), { quantity: d('0.1') }))
  await compareFills(t.desk, await t.broker(), 'BTC/USDT')
  const [row] = await t.journal()
  expect(row).toMatchObject({ status: 'FILLED', filled: '0.1' })
  const [position] = await t.installation.query('SELECT id FROM positions WHERE broker_id = $1', [t.brokerId])
  // Else the position would count as behind its exchange for good.
  expect(await isBehind(position?.['id'] ?? '')).toBe(false)
  expect((await rebuildLedger(true, t.now)).differences).toEqual([])
  const context = { bus: t.trading.bus, now: t.now, brokerId: t.brokerId, instrument: pairOf('BTC/USDT') }
  expect(await recordReport(context, row?.id ?? '', bought)).toMatchObject({ added: 0, hasMissingFills: false })
  expect((await t.journal())[0]).toEqual(row)
})
