import { describe, expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { commandOf, testEngine } from '../testing/engine'
import type { Account } from './account'
import type { OrderCommand } from './order'

const funds = (account: Account, asset: string) => {
  const { free, locked } = account.ledger.of(asset)
  return `${free.toFixed()}/${locked.toFixed()}`
}
const buy = (limit: string, quantity = '1') => commandOf('BUY', 'LIMIT', { quantity, limit })
const chain = (working: OrderCommand, pending: OrderCommand[], isPaidByWorking = false) => ({
  working,
  pending,
  clientListId: 'list',
  isPaidByWorking,
})
const target = (limit: string, quantity = '0.9') =>
  commandOf('SELL', 'LIMIT', { quantity, limit }, { isPostOnly: true })
const stop = (price: string, quantity = '0.9') => commandOf('SELL', 'STOP_MARKET', { quantity, stop: price })
const statuses = (account: Account, ids: number[], all: Map<number, string>) =>
  ids.map((id) => account.openOrders.get(id)?.status ?? all.get(id))

/** Statuses told of by the reports so far. */
const told = (reports: { kind: string; order?: { id: number; status: string } }[]) =>
  new Map(reports.flatMap(({ order }) => (order === undefined ? [] : [[order.id, order.status] as const])))

describe('an order that places another', () => {
  it('keeps the other waiting, without funds or triggers, until it is filled', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '1000' })
    const { list, orders } = engine.placeChain(account, chain(buy('95'), [stop('99')]), 1)
    expect(orders.map((order) => [order.status, order.isPending])).toEqual([
      ['ACCEPTED', false],
      ['ACCEPTED', true],
    ])
    expect([funds(account, 'USDT'), funds(account, 'BTC')]).toEqual(['905/95', '0/0'])
    print('98')
    expect(account.openOrders.size).toBe(2)
    print('95', '0.4')
    expect([...account.openOrders.values()].map((order) => order.isPending)).toEqual([false, true])
    engine.take()
    print('94', '1')
    // The purchase is filled; a stop at 99 would fire at once and is rejected.
    expect(account.openOrders.size).toBe(0)
    expect([list.isDone, funds(account, 'BTC')]).toEqual([true, '0.999/0'])
  })

  it('places it, with its funds, once it is filled', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '1000' })
    const { list } = engine.placeChain(account, chain(buy('95'), [stop('90')]), 1)
    print('94', '1')
    const [second] = [...account.openOrders.values()]
    expect([second?.isPending, second?.isWorking, funds(account, 'BTC')]).toEqual([false, false, '0.099/0.9'])
    print('89')
    expect([list.isDone, funds(account, 'BTC')]).toEqual([true, '0.099/0'])
  })

  it('shows what follows as pending even when it is filled at once', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '1000' })
    const { orders } = engine.placeChain(account, chain(buy('101'), [target('120')]), 1)
    expect(orders.map((order) => [order.status, order.isPending])).toEqual([
      ['FILLED', false],
      ['ACCEPTED', true],
    ])
    expect([...account.openOrders.values()].map((order) => order.isPending)).toEqual([false])
  })

  it('ends with all its orders, whichever of them is canceled', () => {
    for (const at of [0, 1, 2]) {
      const { engine, openAccount } = testEngine()
      const account = openAccount({ USDT: '1000' })
      const { list } = engine.placeChain(account, chain(buy('95'), [target('120'), stop('90')]), 1)
      const victim = [...account.openOrders.values()][at]!
      engine.cancel(account, victim, 'c', 2)
      const { reports } = engine.take()
      expect(statuses(account, list.orderIds, told(reports))).toEqual(['CANCELED', 'CANCELED', 'CANCELED'])
      expect([list.isDone, funds(account, 'USDT')]).toEqual([true, '1000/0'])
    }
  })

  it('lets the pair end one another, on one hold', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '1000' })
    const { list } = engine.placeChain(account, chain(buy('95'), [target('120'), stop('90')]), 1)
    print('94', '1')
    expect([account.openOrders.size, funds(account, 'BTC')]).toEqual([2, '0.099/0.9'])
    engine.take()
    print('121', '5')
    expect([account.openOrders.size, list.isDone, funds(account, 'BTC')]).toEqual([0, true, '0.099/0'])
  })

  it('rejects what the account cannot pay when its time comes', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '1000' })
    engine.placeChain(account, chain(buy('95'), [target('120', '1'), stop('90', '1')]), 1)
    const { reports } = print('94', '1')
    const rejected = reports.filter((report) => report.kind === 'ORDER' && report.execution === 'REJECTED')
    expect(rejected).toHaveLength(2)
    expect(rejected[0]).toMatchObject({ reason: 'INSUFFICIENT_BALANCE', order: { status: 'REJECTED' } })
    expect(funds(account, 'BTC')).toBe('0.999/0')
  })

  it('ends what waits when it expires unfilled', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '1000' })
    const { orders } = engine.placeChain(account, chain({ ...buy('95'), timeInForce: 'IOC' }, [stop('90')]), 1)
    expect(orders.map((order) => order.status)).toEqual(['EXPIRED', 'EXPIRED'])
    expect(account.openOrders.size).toBe(0)
  })
})

describe('an order that pays for another', () => {
  const unsized = (command: OrderCommand) => ({ ...command, quantity: null })

  it('locks what it brings in, and sells it as far as the step allows', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '1000' })
    const pending = [unsized(target('120')), unsized(stop('90'))]
    const { list } = engine.placeChain(account, chain(buy('95', '0.12345'), pending, true), 1)
    print('94', '0.1')
    // The first part: its fee is taken of itself, nothing else being there.
    expect(funds(account, 'BTC')).toBe('0/0.0999')
    print('94', '1')
    expect([...account.openOrders.values()].map((order) => order.quantity.toFixed())).toEqual(['0.12332', '0.12332'])
    expect(account.ledger.of('BTC').locked.toFixed()).toBe('0.12332')
    expect(account.ledger.of('BTC').free.plus(account.ledger.of('BTC').locked).toFixed()).toBe('0.12332655')
    expect(list.isDone).toBe(false)
  })

  it('frees it when it is canceled', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '1000', BTC: '1' })
    engine.placeChain(account, chain(buy('95'), [unsized(target('120'))], true), 1)
    print('94', '0.5')
    // The fee comes from the other funds.
    expect(funds(account, 'BTC')).toBe('0.9995/0.5')
    engine.cancel(account, [...account.openOrders.values()][0]!, 'c', 3)
    expect(funds(account, 'BTC')).toBe('1.4995/0')
  })
})

describe('icebergs', () => {
  it('show a part at a time, and go behind the others with the next', () => {
    const { engine, openAccount, print } = testEngine()
    const [first, second] = [openAccount({ USDT: '1000' }), openAccount({ USDT: '1000' })]
    const iceberg = engine.place(first, { ...buy('95', '3'), icebergQuantity: d('1') }, 1)
    const other = engine.place(second, buy('95', '1'), 2)
    const filled = () => [iceberg.filledQuantity.toFixed(), other.filledQuantity.toFixed()]
    print('95', '1')
    expect(filled()).toEqual(['1', '0'])
    print('95', '1.5')
    expect(filled()).toEqual(['1.5', '1'])
    print('95', '1.5')
    expect(iceberg.status).toBe('FILLED')
  })

  it('come back behind the others of their price also for a taker', () => {
    const { engine, openAccount } = testEngine()
    const [first, second, taker] = [
      openAccount({ USDT: '1000' }),
      openAccount({ USDT: '1000' }),
      openAccount({ BTC: '9' }),
    ]
    const iceberg = engine.place(first, { ...buy('99.5', '2'), icebergQuantity: d('0.5') }, 1)
    const other = engine.place(second, buy('99.5', '1'), 2)
    engine.place(taker, commandOf('SELL', 'LIMIT', { quantity: '1.7', limit: '99.5' }), 3)
    expect([iceberg.filledQuantity.toFixed(), other.filledQuantity.toFixed()]).toEqual(['0.7', '1'])
    expect(iceberg.visibleQuantity?.toFixed()).toBe('0.3')
  })
})

describe('reductions', () => {
  it('keep the place in the queue and free what is not needed', () => {
    const { engine, openAccount, print } = testEngine()
    const [first, second] = [openAccount({ USDT: '1000' }), openAccount({ USDT: '1000' })]
    const early = engine.place(first, buy('95', '2'), 1)
    const late = engine.place(second, buy('95', '1'), 2)
    engine.reduce(first, early, d('1'), 'renamed', 3)
    expect([early.clientOrderId, funds(first, 'USDT'), first.openByClientId.get('renamed') === early]).toEqual([
      'renamed',
      '905/95',
      true,
    ])
    print('95', '1')
    expect([early.status, late.filledQuantity.toFixed()]).toEqual(['FILLED', '0'])
  })

  it('change both of a pair', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ BTC: '2' })
    engine.placeList(account, target('120', '2'), stop('90', '2'), 'l', 1)
    const [one] = [...account.openOrders.values()]
    engine.reduce(account, one!, d('0.5'), one!.clientOrderId, 2)
    expect([...account.openOrders.values()].map((order) => order.quantity.toFixed())).toEqual(['0.5', '0.5'])
    expect(funds(account, 'BTC')).toBe('1.5/0.5')
  })

  it('refuse more, the same, less than is filled, and too many', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '1000' })
    const order = engine.place(account, buy('95', '5'), 1)
    print('95', '1')
    const reduce = (quantity: string) => () => engine.reduce(account, order, d(quantity), 'x', 2)
    expect(reduce('6')).toThrow('AMEND_INCREASE')
    expect(reduce('5')).toThrow('AMEND_NOTHING')
    expect(reduce('1')).toThrow('FILTER: LOT_SIZE')
    for (let at = 1; at <= 10; at += 1) reduce(String(5 - at / 10))()
    expect(reduce('3')).toThrow('MAX_NUM_ORDER_AMENDS')
  })
})

it('ends orders at the end of their life', () => {
  const { engine, openAccount } = testEngine()
  const account = openAccount({ USDT: '1000' })
  const order = engine.place(account, { ...buy('95'), expiresAt: 50 }, 1)
  engine.expireDue(49)
  expect(order.status).toBe('ACCEPTED')
  engine.expireDue(50)
  expect([order.status, funds(account, 'USDT')]).toEqual(['EXPIRED', '1000/0'])
})
