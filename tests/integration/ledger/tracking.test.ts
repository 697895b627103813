import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { askCheck } from '@/lib/db/balance-check-repository'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { compareFills } from '@/lib/use-cases/compare-fills'
import { reconcileBalances } from '@/lib/use-cases/reconcile-balances'
import { at, fillOf, ids, orderAt, PAIRS, Tracked } from '../../support/tracked'

// What the tracker makes of what an exchange says: the real journal, an account in memory, and times as the test wants them.

let t: Tracked

const refusal = (code: 'BAD_REQUEST' | 'EXCHANGE_UNAVAILABLE', message: string) =>
  new TradingError(code, message, { outcome: 'REFUSED', isRetryable: code === 'EXCHANGE_UNAVAILABLE' })

beforeAll(async () => {
  t = await Tracked.open('tracking')
})
beforeEach(() => t.reset())
afterAll(async () => {
  await t.close()
  await closePool()
  await disconnectPrisma()
  await t.installation.close()
})

describe('executions of orders placed elsewhere', () => {
  it('are read from where the last look ended, whatever newer ones are recorded', async () => {
    // Down from nine to eleven. By hand at ten, our stop at half past.
    await t.syncedAt(at('09:00'))
    const stop = await t.ours(at('08:50'))
    const byHand = orderAt(at('10:00'))
    const bought = fillOf(byHand, at('10:00'))
    const sold = orderAt(at('08:50'), { ...stop, status: 'FILLED' })
    t.exchange.orders.push(sold, byHand)
    t.exchange.fills.push(bought, fillOf(sold, at('10:30')))
    await t.look()
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
    expect((await t.journal()).map(({ exchange, source }) => [exchange, source])).toEqual([
      [stop.exchangeOrderId, 'MANUAL'],
      [byHand.exchangeOrderId, 'EXTERNAL'],
    ])
  })

  it('are read from the time that a reconciliation names', async () => {
    await t.syncedAt(at('10:59'))
    const [old, recent] = [orderAt(at('07:00')), orderAt(at('10:58'))]
    t.exchange.orders.push(old, recent)
    t.exchange.fills.push(fillOf(recent, at('10:58')))
    await compareFills(t.desk, await t.broker(), 'BTC/USDT')
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
    // The exchange tells of one only now.
    t.exchange.fills.unshift(fillOf(old, at('07:00')))
    await compareFills(t.desk, await t.broker(), 'BTC/USDT', at('06:00'))
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
  })

  it('bring an order that was placed long before', async () => {
    await t.syncedAt(at('10:50'))
    const resting = orderAt(at('10:00', '2026-04-20'), { type: 'LIMIT', limitPrice: d('60000') })
    t.exchange.orders.push(resting)
    t.exchange.fills.push(fillOf(resting, at('10:55')))
    t.exchange.balances.set('BTC', d('0.1'))
    await t.look()
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
    expect(await t.journal()).toMatchObject([
      { exchange: resting.exchangeOrderId, source: 'EXTERNAL', status: 'FILLED' },
    ])
  })

  it('bring their own order where the exchange has forgotten it, but not before it had time to tell', async () => {
    await t.syncedAt(at('10:59'))
    const forgotten = orderAt(at('10:59'))
    t.exchange.fills.push(fillOf(forgotten, t.now - 5000, { quantity: d('0.04') }))
    t.exchange.fills.push(fillOf(forgotten, t.now - 4000, { quantity: d('0.06') }))
    t.exchange.balances.set('BTC', d('0.1'))
    await t.look()
    expect(await t.journal()).toEqual([])
    t.now += 90_000
    await t.look()
    expect(await t.journal()).toMatchObject([{ exchange: forgotten.exchangeOrderId, status: 'FILLED', filled: '0.1' }])
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
  })

  it('are not taken for foreign while an order of ours may be what they belong to', async () => {
    await t.syncedAt(at('10:50'))
    const limit = await t.ours(at('10:40'), { type: 'LIMIT', exchangeOrderId: 'parent' })
    t.exchange.orders.push(orderAt(at('10:40'), { ...limit, status: 'ACCEPTED', limitPrice: d('1') }))
    t.exchange.fills.push(fillOf(orderAt(at('10:55'), { side: 'SELL' }), at('10:55')))
    await expect(t.look()).rejects.toThrow('belongs to no known order')
    expect(await t.recorded()).toEqual([])
    expect(await t.journal()).toHaveLength(1)
  })

  it('of a holding sold by hand while the tracker was down are read at its first look', async () => {
    // Bought weeks ago, sold by hand three days ago: nothing of it is among the balances, and no order is recent.
    const long = at('10:00', '2026-04-01')
    const bought = orderAt(long, { symbol: 'ETH/USDT' })
    t.exchange.orders.push(bought)
    t.exchange.fills.push(fillOf(bought, long))
    await compareFills(t.desk, await t.broker(), 'ETH/USDT', long)
    await t.installation.query('UPDATE trades SET updated_at = created_at WHERE broker_id = $1', [t.brokerId])
    await t.syncedAt(at('10:00', '2026-04-30'))
    const sold = orderAt(at('10:00', '2026-05-01'), { symbol: 'ETH/USDT', side: 'SELL' })
    t.exchange.orders.push(sold)
    t.exchange.fills.push(fillOf(sold, at('10:00', '2026-05-01')))
    t.desk = t.newDesk()
    await t.look()
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
    expect(await t.position('ETH/USDT')).toMatchObject({ quantity: '0' })
  })
})

describe('one order or market that cannot be recorded', () => {
  it('is no reason to leave out the others', async () => {
    await t.syncedAt(at('10:50'))
    const lost = await t.ours(at('10:00'))
    const other = orderAt(at('10:55'), { symbol: 'ETH/USDT' })
    const resting = orderAt(at('10:56'), { status: 'ACCEPTED', type: 'LIMIT', limitPrice: d('50000') })
    // The database takes no limit order without a price.
    const broken = orderAt(at('10:54'), { status: 'ACCEPTED', type: 'LIMIT', limitPrice: d('0') })
    t.exchange.orders.push(broken, other, resting)
    t.exchange.fills.push(fillOf(other, at('10:55')))
    t.exchange.balances.set('ETH', d('0.1'))
    t.exchange.refused.set('get_order BTC/USDT', refusal('BAD_REQUEST', 'not told'))
    await expect(t.look()).rejects.toThrow('trades_limit_price')
    const known = (await t.journal()).map((row) => row.exchange)
    expect(known).toEqual([lost.exchangeOrderId, other.exchangeOrderId, resting.exchangeOrderId])
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
  })

  it('is come back to at the next look, from where it was read last', async () => {
    await t.syncedAt(at('10:50'))
    const byHand = orderAt(at('10:55'))
    t.exchange.orders.push(byHand)
    t.exchange.fills.push(fillOf(byHand, at('10:55')))
    t.exchange.balances.set('BTC', d('0.1'))
    t.exchange.refused.set('my_trades BTC/USDT', refusal('BAD_REQUEST', 'not now'))
    await expect(t.look()).rejects.toThrow('not now')
    t.exchange.refused.clear()
    t.now += 600_000
    // Nothing has changed since.
    await t.look()
    expect(await t.recorded()).toEqual(ids(t.exchange.fills))
  })

  it('may be a pair without a price: the others are valued, and the account counts as read', async () => {
    for (const symbol of ['SOL/USDT', 'BTC/USDT', 'ETH/USDT']) {
      const order = orderAt(at('10:55'), { symbol })
      t.exchange.orders.push(order)
      t.exchange.fills.push(fillOf(order, at('10:55')))
      t.exchange.balances.set(symbol.split('/')[0] ?? '', d('0.1'))
    }
    await t.look()
    expect(await t.position()).toEqual({ quantity: '0.1', price: '60000' })
    expect(await t.position('ETH/USDT')).toEqual({ quantity: '0.1', price: '3000' })
    expect(await t.position('SOL/USDT')).toEqual({ quantity: '0.1', price: null })
  })

  it('does not keep asking an exchange that answers nothing', async () => {
    for (const symbol of PAIRS) t.exchange.balances.set(symbol.split('/')[0] ?? '', d('1'))
    t.exchange.refused.set('my_trades', refusal('EXCHANGE_UNAVAILABLE', 'down'))
    await expect(t.look()).rejects.toThrow('down')
    expect(t.exchange.asked.filter(({ kind }) => kind === 'my_trades')).toHaveLength(3)
  })
})

it('a deposit that arrives while the first balance is read explains the next one', async () => {
  const transfer = { kind: 'DEPOSIT', asset: 'USDT', note: '', isReturned: false } as const
  t.exchange.transfers.push({ ...transfer, exchangeTransferId: 'before', amount: d('10000'), time: at('09:00') })
  const check = async (gateway = t.exchange.gateway): Promise<string[]> => {
    const { brokerId } = t
    const id = await askCheck(brokerId, false, t.now)
    await reconcileBalances({ ...t.desk, gateway, stopping: new AbortController().signal }, { id, brokerId })
    const rows = await t.installation.query(
      `SELECT kind || ' ' || trim_scale(amount) AS found FROM balance_differences WHERE check_id = $1`,
      [id],
    )
    return rows.map((row) => row['found'] ?? '')
  }
  // It was seen on its chain a while ago, and is told once it is there: after the second of two balances was read.
  let readings = 0
  const call: typeof t.exchange.gateway.call = async (...asked) => {
    const answer = await t.exchange.gateway.call(...asked)
    if (asked[1] === 'get_balance' && ++readings === 2)
      t.exchange.transfers.push({ ...transfer, exchangeTransferId: 'now', amount: d('100'), time: at('10:30') })
    return answer
  }
  // What was there before is told, and explains nothing any more.
  expect(await check({ call })).toEqual(['DEPOSIT 10000'])
  t.exchange.balances.set('USDT', d('10100'))
  t.now += 86_400_000
  expect(await check()).toEqual(['DEPOSIT 100'])
}, 30_000)
