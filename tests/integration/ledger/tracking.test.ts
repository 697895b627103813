import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { askCheck } from '@/lib/db/balance-check-repository'
import { createBroker, findBroker } from '@/lib/db/broker-repository'
import { disconnectPrisma } from '@/lib/db/client'
import { replaceInstruments } from '@/lib/db/instrument-repository'
import { insertOrders } from '@/lib/db/order-repository'
import { closePool } from '@/lib/db/pool'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseDecimal as d, toWire } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill, OrderType } from '@/lib/domain/order/order'
import { createLogger } from '@/lib/platform/logger'
import { newClientOrderId } from '@/lib/platform/ids'
import { recordLateFills, recordReport } from '@/lib/use-cases/record-report'
import { compareFills } from '@/lib/use-cases/compare-fills'
import { reconcileBalances } from '@/lib/use-cases/reconcile-balances'
import { rebuildLedger } from '@/lib/use-cases/rebuild-ledger'
import { trackBroker } from '@/lib/use-cases/track-broker'
import { createTrackerDesk, type TrackerDesk } from '@/lib/use-cases/tracker-desk'
import { type Installation, openInstallation } from '../../support/installation'
import { openStandIn, pairOf, type StandIn } from '../../support/stand-in-exchange'
import { openDesk, type TradingDesk } from '../../support/trading-desk'

// What the tracker makes of what an exchange says: the real journal, an account in memory, and times as the test wants them.

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'ETH/BTC', 'SOL/USDT', 'BNB/USDT', 'USDT/EUR', 'KCS/USDT']
/** Eleven in the morning. */
const NOW = Date.UTC(2026, 4, 4, 11)
const at = (time: string, day = '2026-05-04'): number => Date.parse(`${day}T${time}:00Z`)

let installation: Installation
let trading: TradingDesk
let userId: string
let brokerId: string
let exchange: StandIn
let desk: TrackerDesk
let now = NOW
let users = 0

async function openAccount(name = `tracked-${++users}`): Promise<{ userId: string; brokerId: string }> {
  const user = await signUp({ name, password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  const id = await createBroker({
    userId: user.userId,
    name: 'Paper',
    exchangeId: 'binance',
    environment: 'PAPER',
    tradingType: 'OFF',
    isDefault: true,
    credentials: { apiKey: 'k', apiSecret: 's' },
  })
  await replaceInstruments(id, SYMBOLS.map(pairOf))
  return { userId: user.userId, brokerId: id }
}

/** A tracker that has just started. */
const newDesk = (): TrackerDesk =>
  createTrackerDesk({
    bus: trading.bus,
    gateway: exchange.gateway,
    clock: () => now,
    log: createLogger('test', 'silent'),
  })

const brokerNow = async (id = brokerId) => {
  const broker = await findBroker(id)
  if (broker === null) throw new Error('no broker')
  return broker
}
const look = async (): Promise<void> => trackBroker(desk, await brokerNow())

const syncedAt = (time: number) =>
  installation.query('UPDATE brokers SET last_synced_at = $2 WHERE id = $1', [brokerId, new Date(time)])

let numbers = 0
/** An order as the exchange reports it, by default a purchase at market that was filled. */
const orderAt = (createdTime: number, of: Partial<ExchangeOrder> = {}): ExchangeOrder => {
  const exchangeOrderId = of.exchangeOrderId ?? `x${++numbers}`
  const quantity = of.quantity ?? d('0.1')
  const status = of.status ?? 'FILLED'
  return {
    clientOrderId: `web-${exchangeOrderId}`,
    exchangeOrderId,
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: 'MARKET',
    status,
    quantity,
    filledQuantity: status === 'FILLED' ? quantity : d('0'),
    filledQuoteQuantity: status === 'FILLED' ? quantity.times(60_000) : d('0'),
    createdTime,
    updatedTime: createdTime,
    native: {},
    ...of,
  }
}
const fillOf = (order: ExchangeOrder, tradeTime: number, of: Partial<Fill> = {}): Fill => {
  const quantity = of.quantity ?? order.quantity
  return {
    exchangeTradeId: String(++numbers),
    exchangeOrderId: order.exchangeOrderId,
    symbol: order.symbol,
    side: order.side,
    price: d('60000'),
    quantity,
    quoteQuantity: quantity.times(60_000),
    fee: d('0'),
    feeAsset: 'USDT',
    liquidity: 'TAKER',
    tradeTime,
    ...of,
  }
}

/** An order of ours that rests at the exchange since a time. */
async function ours(createdAt: number, of: { type?: OrderType; symbol?: string; exchangeOrderId?: string } = {}) {
  const clientOrderId = newClientOrderId()
  const { type = 'STOP_MARKET', symbol = 'BTC/USDT', exchangeOrderId = `x${++numbers}` } = of
  await inTransaction(async (tx) => {
    const positionId = await ensurePosition(tx, { userId, brokerId, symbol })
    const draft = { clientOrderId, userId, brokerId, positionId, symbol, type, side: 'SELL' as const }
    const terms = { quantity: d('0.1'), stopPrice: d('55000'), source: 'MANUAL' as const, purpose: 'OTHER' as const }
    await insertOrders(tx, [{ ...draft, ...terms, sendBefore: createdAt + 60_000 }], createdAt)
    await tx.query(
      `UPDATE trades SET status = 'ACCEPTED', submitted_at = created_at, exchange_order_id = $2 WHERE client_order_id = $1`,
      [clientOrderId, exchangeOrderId],
    )
  })
  return {
    clientOrderId,
    exchangeOrderId,
    symbol,
    type,
    side: 'SELL' as const,
    quantity: d('0.1'),
    stopPrice: d('55000'),
  }
}

interface Row {
  id: string
  exchange: string
  source: string
  status: string
  quantity: string | null
  filled: string
}
const journal = async (id = brokerId): Promise<Row[]> =>
  installation.query<Row & Record<string, never>>(
    `SELECT client_order_id AS id, exchange_order_id AS exchange, source, status, trim_scale(quantity)::text AS quantity,
       trim_scale(filled_quantity)::text AS filled FROM trades WHERE broker_id = $1 ORDER BY created_at, client_order_id`,
    [id],
  )
const recorded = async (id = brokerId): Promise<string[]> =>
  (
    await installation.query('SELECT exchange_trade_id AS id FROM fills WHERE broker_id = $1 ORDER BY trade_time', [id])
  ).map((row) => row['id'] ?? '')
const ids = (fills: Fill[]): string[] => fills.map(({ exchangeTradeId }) => exchangeTradeId)

const position = async (symbol = 'BTC/USDT') => {
  const [row] = await installation.query(
    'SELECT trim_scale(quantity)::text AS quantity, trim_scale(current_price)::text AS price FROM positions WHERE broker_id = $1 AND symbol = $2',
    [brokerId, symbol],
  )
  return row
}
const refusal = (code: 'BAD_REQUEST' | 'EXCHANGE_UNAVAILABLE', message: string) =>
  new TradingError(code, message, { outcome: 'REFUSED', isRetryable: code === 'EXCHANGE_UNAVAILABLE' })

beforeAll(async () => {
  installation = await openInstallation('tracking')
  trading = openDesk(installation)
})
beforeEach(async () => {
  await installation.query('DELETE FROM users')
  const account = await openAccount()
  userId = account.userId
  brokerId = account.brokerId
  now = NOW
  exchange = openStandIn()
  exchange.prices.set('BTC/USDT', d('60000')).set('ETH/USDT', d('3000'))
  exchange.balances.set('USDT', d('10000'))
  desk = newDesk()
})
afterAll(async () => {
  await trading.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe('executions of orders placed elsewhere', () => {
  it('are read from where the last look ended, whatever newer ones are recorded', async () => {
    // Down from nine to eleven. By hand at ten, our stop at half past.
    await syncedAt(at('09:00'))
    const stop = await ours(at('08:50'))
    const byHand = orderAt(at('10:00'))
    const bought = fillOf(byHand, at('10:00'))
    const sold = orderAt(at('08:50'), { ...stop, status: 'FILLED' })
    exchange.orders.push(sold, byHand)
    exchange.fills.push(bought, fillOf(sold, at('10:30')))
    await look()
    expect(await recorded()).toEqual(ids(exchange.fills))
    expect((await journal()).map(({ exchange, source }) => [exchange, source])).toEqual([
      [stop.exchangeOrderId, 'MANUAL'],
      [byHand.exchangeOrderId, 'EXTERNAL'],
    ])
  })

  it('are read from the time that a reconciliation names', async () => {
    await syncedAt(at('10:59'))
    const [old, recent] = [orderAt(at('07:00')), orderAt(at('10:58'))]
    exchange.orders.push(old, recent)
    exchange.fills.push(fillOf(recent, at('10:58')))
    await compareFills(desk, await brokerNow(), 'BTC/USDT')
    expect(await recorded()).toEqual(ids(exchange.fills))
    // The exchange tells of one only now.
    exchange.fills.unshift(fillOf(old, at('07:00')))
    await compareFills(desk, await brokerNow(), 'BTC/USDT', at('06:00'))
    expect(await recorded()).toEqual(ids(exchange.fills))
  })

  it('bring an order that was placed long before', async () => {
    await syncedAt(at('10:50'))
    const resting = orderAt(at('10:00', '2026-04-20'), { type: 'LIMIT', limitPrice: d('60000') })
    exchange.orders.push(resting)
    exchange.fills.push(fillOf(resting, at('10:55')))
    exchange.balances.set('BTC', d('0.1'))
    await look()
    expect(await recorded()).toEqual(ids(exchange.fills))
    expect(await journal()).toMatchObject([{ exchange: resting.exchangeOrderId, source: 'EXTERNAL', status: 'FILLED' }])
  })

  it('bring their own order where the exchange has forgotten it, but not before it had time to tell', async () => {
    await syncedAt(at('10:59'))
    const forgotten = orderAt(at('10:59'))
    exchange.fills.push(fillOf(forgotten, now - 5000, { quantity: d('0.04') }))
    exchange.fills.push(fillOf(forgotten, now - 4000, { quantity: d('0.06') }))
    exchange.balances.set('BTC', d('0.1'))
    await look()
    expect(await journal()).toEqual([])
    now += 90_000
    await look()
    expect(await journal()).toMatchObject([{ exchange: forgotten.exchangeOrderId, status: 'FILLED', filled: '0.1' }])
    expect(await recorded()).toEqual(ids(exchange.fills))
  })

  it('are not taken for foreign while an order of ours may be what they belong to', async () => {
    await syncedAt(at('10:50'))
    const limit = await ours(at('10:40'), { type: 'LIMIT', exchangeOrderId: 'parent' })
    exchange.orders.push(orderAt(at('10:40'), { ...limit, status: 'ACCEPTED', limitPrice: d('1') }))
    exchange.fills.push(fillOf(orderAt(at('10:55'), { side: 'SELL' }), at('10:55')))
    await expect(look()).rejects.toThrow('belongs to no known order')
    expect(await recorded()).toEqual([])
    expect(await journal()).toHaveLength(1)
  })

  it('of a holding sold by hand while the tracker was down are read at its first look', async () => {
    // Bought weeks ago, sold by hand three days ago: nothing of it is among the balances, and no order is recent.
    const long = at('10:00', '2026-04-01')
    const bought = orderAt(long, { symbol: 'ETH/USDT' })
    exchange.orders.push(bought)
    exchange.fills.push(fillOf(bought, long))
    await compareFills(desk, await brokerNow(), 'ETH/USDT', long)
    await installation.query('UPDATE trades SET updated_at = created_at WHERE broker_id = $1', [brokerId])
    await syncedAt(at('10:00', '2026-04-30'))
    const sold = orderAt(at('10:00', '2026-05-01'), { symbol: 'ETH/USDT', side: 'SELL' })
    exchange.orders.push(sold)
    exchange.fills.push(fillOf(sold, at('10:00', '2026-05-01')))
    desk = newDesk()
    await look()
    expect(await recorded()).toEqual(ids(exchange.fills))
    expect(await position('ETH/USDT')).toMatchObject({ quantity: '0' })
  })
})

describe('one order or market that cannot be recorded', () => {
  it('is no reason to leave out the others', async () => {
    await syncedAt(at('10:50'))
    const lost = await ours(at('10:00'))
    const other = orderAt(at('10:55'), { symbol: 'ETH/USDT' })
    const resting = orderAt(at('10:56'), { status: 'ACCEPTED', type: 'LIMIT', limitPrice: d('50000') })
    // The database takes no limit order without a price.
    const broken = orderAt(at('10:54'), { status: 'ACCEPTED', type: 'LIMIT', limitPrice: d('0') })
    exchange.orders.push(broken, other, resting)
    exchange.fills.push(fillOf(other, at('10:55')))
    exchange.balances.set('ETH', d('0.1'))
    exchange.refused.set('get_order BTC/USDT', refusal('BAD_REQUEST', 'not told'))
    await expect(look()).rejects.toThrow('trades_limit_price')
    const known = (await journal()).map((row) => row.exchange)
    expect(known).toEqual([lost.exchangeOrderId, other.exchangeOrderId, resting.exchangeOrderId])
    expect(await recorded()).toEqual(ids(exchange.fills))
  })

  it('is come back to at the next look, from where it was read last', async () => {
    await syncedAt(at('10:50'))
    const byHand = orderAt(at('10:55'))
    exchange.orders.push(byHand)
    exchange.fills.push(fillOf(byHand, at('10:55')))
    exchange.balances.set('BTC', d('0.1'))
    exchange.refused.set('my_trades BTC/USDT', refusal('BAD_REQUEST', 'not now'))
    await expect(look()).rejects.toThrow('not now')
    exchange.refused.clear()
    now += 600_000
    // Nothing has changed since.
    await look()
    expect(await recorded()).toEqual(ids(exchange.fills))
  })

  it('may be a pair without a price: the others are valued, and the account counts as read', async () => {
    for (const symbol of ['SOL/USDT', 'BTC/USDT', 'ETH/USDT']) {
      const order = orderAt(at('10:55'), { symbol })
      exchange.orders.push(order)
      exchange.fills.push(fillOf(order, at('10:55')))
      exchange.balances.set(symbol.split('/')[0] ?? '', d('0.1'))
    }
    await look()
    expect(await position()).toEqual({ quantity: '0.1', price: '60000' })
    expect(await position('ETH/USDT')).toEqual({ quantity: '0.1', price: '3000' })
    expect(await position('SOL/USDT')).toEqual({ quantity: '0.1', price: null })
  })

  it('does not keep asking an exchange that answers nothing', async () => {
    for (const symbol of SYMBOLS) exchange.balances.set(symbol.split('/')[0] ?? '', d('1'))
    exchange.refused.set('my_trades', refusal('EXCHANGE_UNAVAILABLE', 'down'))
    await expect(look()).rejects.toThrow('down')
    expect(exchange.asked.filter(({ kind }) => kind === 'my_trades')).toHaveLength(3)
  })
})

describe('orders placed elsewhere', () => {
  it('that spend quote funds are adopted without a quantity', async () => {
    const plan = orderAt(at('10:00'), {
      status: 'ACCEPTED',
      type: 'STOP_MARKET',
      stopPrice: d('70000'),
      quantity: d('0'),
    })
    exchange.orders.push(plan)
    await look()
    expect(await journal()).toMatchObject([{ exchange: plan.exchangeOrderId, status: 'ACCEPTED', quantity: null }])
    // It fires: what it bought is recorded.
    Object.assign(plan, { status: 'FILLED', quantity: d('0.02'), filledQuantity: d('0.02') })
    exchange.fills.push(fillOf(plan, at('10:59')))
    await look()
    expect(await journal()).toMatchObject([{ status: 'FILLED', filled: '0.02' }])
  })

  it('may execute more than their report said', async () => {
    // Filled amount by average price: cut off, and less than the executions.
    const bought = orderAt(at('10:00'), { quantity: d('0.099999999999') })
    exchange.orders.push(bought)
    exchange.fills.push(fillOf(bought, at('10:00'), { quantity: d('0.1') }))
    exchange.balances.set('BTC', d('0.1'))
    await look()
    expect(await journal()).toMatchObject([{ status: 'FILLED', quantity: '0.1', filled: '0.1' }])
  })

  it('grow when their quantity is raised at the exchange', async () => {
    const limit = orderAt(at('10:00'), { status: 'ACCEPTED', type: 'LIMIT', limitPrice: d('60000') })
    exchange.orders.push(limit)
    await look()
    Object.assign(limit, { quantity: d('0.3') })
    await look()
    expect(await journal()).toMatchObject([{ status: 'ACCEPTED', quantity: '0.3' }])
    Object.assign(limit, { status: 'FILLED', filledQuantity: d('0.3') })
    exchange.fills.push(fillOf(limit, at('10:30')))
    await look()
    expect(await journal()).toMatchObject([{ status: 'FILLED', quantity: '0.3', filled: '0.3' }])
    expect(toWire(d((await position())?.['quantity'] ?? '0'))).toBe('0.3')
  })
})

describe('an order placed elsewhere', () => {
  it('is its account’s own, whatever another one calls its orders', async () => {
    const other = { userId, brokerId }
    const order = orderAt(at('10:00'), { clientOrderId: 'x-1' })
    exchange.orders.push(order)
    exchange.fills.push(fillOf(order, at('10:00')))
    exchange.balances.set('BTC', d('0.1'))
    await look()
    const before = await journal(other.brokerId)
    expect(before).toMatchObject([{ id: 'x-1', filled: '0.1' }])

    const account = await openAccount()
    userId = account.userId
    brokerId = account.brokerId
    const same = orderAt(at('10:30'), {
      clientOrderId: 'x-1',
      exchangeOrderId: order.exchangeOrderId,
      quantity: d('0.7'),
    })
    exchange.orders.splice(0, 1, same)
    exchange.fills.splice(0, 1, fillOf(same, at('10:30')))
    await look()
    expect(await journal(other.brokerId)).toEqual(before)
    expect(await recorded(other.brokerId)).toHaveLength(1)
    const [row] = await journal()
    expect(row).toMatchObject({ exchange: order.exchangeOrderId, source: 'EXTERNAL', status: 'FILLED', filled: '0.7' })
    expect(row?.id).not.toBe('x-1')
    expect(await recorded()).toEqual(ids(exchange.fills))
  })

  it('is another one than that of the same name or the same number', async () => {
    const first = orderAt(at('10:00'), { clientOrderId: 'again', exchangeOrderId: '7' })
    const sameName = orderAt(at('10:10'), { clientOrderId: 'again', exchangeOrderId: '8' })
    const sameNumber = orderAt(at('10:20'), { clientOrderId: 'else', exchangeOrderId: '7', symbol: 'ETH/USDT' })
    for (const order of [first, sameName, sameNumber]) {
      exchange.orders.push(order)
      exchange.fills.push(fillOf(order, order.createdTime))
      exchange.balances.set(order.symbol.split('/')[0] ?? '', order.quantity.times(exchange.orders.length))
      exchange.balances.set('USDT', d(String(10_000 - exchange.orders.length)))
      await look()
    }
    expect((await journal()).map(({ exchange, status, filled }) => [exchange, status, filled])).toEqual([
      ['7', 'FILLED', '0.1'],
      ['8', 'FILLED', '0.1'],
      ['7', 'FILLED', '0.1'],
    ])
    expect(await recorded()).toEqual(ids(exchange.fills))
  })

  it('keeps its row when it fires and goes on under another number', async () => {
    const stop = orderAt(at('10:00'), { status: 'ACCEPTED', type: 'STOP_MARKET', stopPrice: d('70000') })
    exchange.orders.push(stop)
    await look()
    const child = { ...stop, exchangeOrderId: 'child', status: 'PARTIALLY_FILLED' as const, filledQuantity: d('0.04') }
    exchange.orders.splice(0, 1, child)
    exchange.fills.push(fillOf(child, at('10:30'), { quantity: d('0.04') }))
    await look()
    expect(await journal()).toMatchObject([{ id: stop.clientOrderId, exchange: 'child', filled: '0.04' }])
    expect(await recorded()).toEqual(ids(exchange.fills))
  })
})

it('a report on an order of another market or account is refused', async () => {
  const order = await ours(at('10:00'))
  const context = { bus: trading.bus, now, brokerId, instrument: pairOf('BTC/USDT') }
  const report = orderAt(at('10:00'), { ...order, status: 'CANCELED' })
  const refused = { ...report, symbol: 'ETH/USDT' }
  const { clientOrderId: id } = order
  await expect(recordReport({ ...context, instrument: pairOf('ETH/USDT') }, id, refused)).rejects.toThrow('ETH/USDT')
  await expect(recordReport(context, id, refused)).rejects.toThrow('ETH/USDT')
  const { brokerId: another } = await openAccount()
  await expect(recordReport({ ...context, brokerId: another }, id, report)).rejects.toThrow('another account')
  await expect(recordLateFills(context, id, [fillOf(refused, at('10:01'))])).rejects.toThrow('ETH/USDT')
  expect(await journal()).toMatchObject([{ status: 'ACCEPTED', filled: '0' }])
  expect(await recordReport(context, id, report)).toMatchObject({ status: 'CANCELED' })
})

describe('fees in a third asset', () => {
  /** A purchase by hand with this fee, and what the fee is recorded to be worth. */
  const feeOf = async (time: number, fee: string, feeAsset: string, symbol = 'BTC/USDT'): Promise<string | null> => {
    const order = orderAt(time, { symbol })
    const fill = fillOf(order, time, { fee: d(fee), feeAsset })
    exchange.orders.push(order)
    exchange.fills.push(fill)
    await compareFills(desk, await brokerNow(), symbol, time)
    return valueOf(fill)
  }
  const valueOf = async (fill: Fill | undefined): Promise<string | null> => {
    const [row] = await installation.query<{ value: string | null }>(
      'SELECT trim_scale(fee_in_quote)::text AS value FROM fills WHERE broker_id = $1 AND exchange_trade_id = $2',
      [brokerId, fill?.exchangeTradeId],
    )
    return row?.value ?? null
  }

  it('are worth what they were at the time of the fill', async () => {
    exchange.prices.set('BNB/USDT', d('600'))
    exchange.closes.set(`BNB/USDT ${at('10:00')}`, d('500')).set(`BNB/USDT ${at('10:20')}`, d('550'))
    expect(await feeOf(at('10:00') + 30_000, '0.01', 'BNB')).toBe('5')
    // Nothing was traded in the minutes since: the last price is that of before.
    expect(await feeOf(at('10:17'), '0.01', 'BNB')).toBe('5')
    expect(await feeOf(now - 30_000, '0.01', 'BNB')).toBe('6')
    // Of so long ago the exchange has no candles.
    expect(await feeOf(at('10:00', '2024-01-01'), '0.01', 'BNB')).toBe('6')
  })

  it('are valued by the pair the other way round, or by way of dollars', async () => {
    exchange.prices.set('USDT/EUR', d('0.8')).set('KCS/USDT', d('12'))
    expect(await feeOf(now, '4', 'EUR')).toBe('5')
    // 2 KCS are 24 USDT, 0.0004 BTC at 60,000.
    expect(await feeOf(now, '2', 'KCS', 'ETH/BTC')).toBe('0.0004')
  })

  it('that nobody can value are told of once, and valued when somebody can, each at its own time', async () => {
    const warn = vi.spyOn(desk.log, 'warn')
    const unvalued = () => warn.mock.calls.filter((call) => String(call.at(-1)).includes('worth'))
    expect(await feeOf(at('10:00'), '0.01', 'BNB')).toBeNull()
    expect(await feeOf(at('10:30'), '0.01', 'BNB')).toBeNull()
    await look()
    await look()
    expect(unvalued()).toHaveLength(1)
    exchange.closes.set(`BNB/USDT ${at('10:00')}`, d('500')).set(`BNB/USDT ${at('10:30')}`, d('550'))
    await look()
    expect(await Promise.all(exchange.fills.map(valueOf))).toEqual(['5', '5.5'])
    const [row] = await installation.query<{ cost: string }>(
      'SELECT trim_scale(cost)::text AS cost FROM positions WHERE broker_id = $1',
      [brokerId],
    )
    expect(row?.cost).toBe('12010.5')
  })
})

it('a trade of an account with itself is recorded on both sides', async () => {
  // Sides of one trade have one number.
  const [buying, selling] = [orderAt(at('10:00')), orderAt(at('10:00'), { side: 'SELL' })]
  const bought = fillOf(buying, at('10:30'))
  exchange.orders.push(buying, selling)
  exchange.fills.push(bought, fillOf(selling, at('10:30'), { exchangeTradeId: bought.exchangeTradeId }))
  await compareFills(desk, await brokerNow(), 'BTC/USDT')
  await compareFills(desk, await brokerNow(), 'BTC/USDT')
  expect(await recorded()).toEqual(ids(exchange.fills))
  expect((await journal()).map(({ filled }) => filled)).toEqual(['0.1', '0.1'])
  // Bought before sold, however they arrive.
  expect(await position()).toMatchObject({ quantity: '0' })
  expect((await rebuildLedger(true, now)).differences).toEqual([])
})

it('a deposit that arrives while the first balance is read explains the next one', async () => {
  const transfer = { kind: 'DEPOSIT', asset: 'USDT', note: '', isReturned: false } as const
  exchange.transfers.push({ ...transfer, exchangeTransferId: 'before', amount: d('10000'), time: at('09:00') })
  const check = async (gateway = exchange.gateway): Promise<string[]> => {
    const id = await askCheck(brokerId, false, now)
    await reconcileBalances({ ...desk, gateway, stopping: new AbortController().signal }, { id, brokerId })
    const rows = await installation.query(
      `SELECT kind || ' ' || trim_scale(amount) AS found FROM balance_differences WHERE check_id = $1`,
      [id],
    )
    return rows.map((row) => row['found'] ?? '')
  }
  // It was seen on its chain a while ago, and is told once it is there: after the second of two balances was read.
  let readings = 0
  const call: typeof exchange.gateway.call = async (...asked) => {
    const answer = await exchange.gateway.call(...asked)
    if (asked[1] === 'get_balance' && ++readings === 2)
      exchange.transfers.push({ ...transfer, exchangeTransferId: 'now', amount: d('100'), time: at('10:30') })
    return answer
  }
  // What was there before is told, and explains nothing any more.
  expect(await check({ call })).toEqual(['DEPOSIT 10000'])
  exchange.balances.set('USDT', d('10100'))
  now += 86_400_000
  expect(await check()).toEqual(['DEPOSIT 100'])
}, 30_000)
