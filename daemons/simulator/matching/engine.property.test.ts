import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Amount } from '@/lib/domain/money/decimal'
import { ONE, ZERO } from '@/lib/domain/money/decimal'
import { commandOf, testEngine } from '../testing/engine'
import type { Changes } from './changes'
import type { Execution, ListCommand, Order } from './order'
import { isOpen } from './order'
import { Rejection } from './rejection'

type Step =
  | {
      kind: 'PLACE'
      who: number
      side: 'BUY' | 'SELL'
      type: 'MARKET' | 'LIMIT' | 'STOP_MARKET' | 'STOP_LIMIT' | 'TAKE_PROFIT_MARKET'
      quantity: number
      limit: number
      stop: number
      tif: 'GTC' | 'IOC' | 'FOK'
      /** Parts of an iceberg; 1 for none. */
      parts: number
      life: number
    }
  | {
      kind: 'CHAIN'
      who: number
      quantity: number
      limit: number
      near: number
      far: number
      isPair: boolean
      isPaid: boolean
    }
  | { kind: 'REDUCE'; who: number; at: number; share: number }
  | { kind: 'TRAIL'; who: number; side: 'BUY' | 'SELL'; quantity: number; delta: number }
  | { kind: 'OCO'; who: number; side: 'BUY' | 'SELL'; quantity: number; near: number; far: number }
  | { kind: 'CANCEL'; who: number; at: number }
  | { kind: 'PRINT'; price: number; quantity: number }

const price = fc.integer({ min: 60, max: 140 })
const who = fc.integer({ min: 0, max: 2 })
const side = fc.constantFrom('BUY' as const, 'SELL' as const)
const quantity = fc.integer({ min: 1, max: 40 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('PLACE' as const),
    who,
    side,
    type: fc.constantFrom(
      'MARKET' as const,
      'LIMIT' as const,
      'LIMIT' as const,
      'STOP_MARKET' as const,
      'STOP_LIMIT' as const,
      'TAKE_PROFIT_MARKET' as const,
    ),
    quantity,
    limit: price,
    stop: price,
    tif: fc.constantFrom('GTC' as const, 'GTC' as const, 'IOC' as const, 'FOK' as const),
    parts: fc.constantFrom(1, 1, 2, 4),
    life: fc.integer({ min: 5, max: 200 }),
  }),
  fc.record({
    kind: fc.constant('CHAIN' as const),
    who,
    quantity,
    limit: fc.integer({ min: 90, max: 104 }),
    near: fc.integer({ min: 1, max: 20 }),
    far: fc.integer({ min: 1, max: 20 }),
    isPair: fc.boolean(),
    isPaid: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('REDUCE' as const), who, at: fc.nat(20), share: fc.integer({ min: 1, max: 9 }) }),
  fc.record({
    kind: fc.constant('TRAIL' as const),
    who,
    side,
    quantity,
    delta: fc.integer({ min: 100, max: 2000 }),
  }),
  fc.record({
    kind: fc.constant('OCO' as const),
    who,
    side,
    quantity,
    near: fc.integer({ min: 1, max: 20 }),
    far: fc.integer({ min: 1, max: 20 }),
  }),
  fc.record({ kind: fc.constant('CANCEL' as const), who, at: fc.nat(20) }),
  fc.record({ kind: fc.constant('PRINT' as const), price, quantity }),
)

function chainOf(one: Extract<Step, { kind: 'CHAIN' }>, time: number): ListCommand {
  const quantity = String(one.quantity / 10)
  const unsized = one.isPaid ? { quantity: null } : {}
  const target = commandOf('SELL', 'LIMIT', { quantity, limit: String(one.limit + one.near) }, { isPostOnly: true })
  const stop = commandOf('SELL', 'STOP_MARKET', { quantity, stop: String(one.limit - one.far) })
  const pending = one.isPair ? [target, stop] : [stop]
  return {
    working: commandOf('BUY', 'LIMIT', { quantity, limit: String(one.limit) }),
    pending: pending.map((command) => ({ ...command, ...unsized })),
    clientListId: `l${time}`,
    isPaidByWorking: one.isPaid,
  }
}

const START = { USDT: '5000', BTC: '30' }

/** Runs the steps; returns all that happened. */
function run(steps: Step[]) {
  const parts = testEngine()
  const { engine, openAccount, print } = parts
  const accounts = [openAccount(START), openAccount(START), openAccount(START)]
  const all: Changes[] = []
  let last = 100
  steps.forEach((one, time) => {
    const account = accounts[one.kind === 'PRINT' ? 0 : one.who]!
    try {
      if (one.kind === 'PRINT') {
        last = one.price
        all.push(print(String(one.price), String(one.quantity / 10), time))
      } else if (one.kind === 'CANCEL') {
        const order = [...account.openOrders.values()][one.at]
        if (order !== undefined) engine.cancel(account, order, 'c', time)
      } else if (one.kind === 'REDUCE') {
        const order = [...account.openOrders.values()][one.at]
        const smaller = order?.quantity.times(one.share).div(10)
        if (order !== undefined && smaller !== undefined) engine.reduce(account, order, smaller, `r${time}`, time)
      } else if (one.kind === 'TRAIL') {
        const amounts = { quantity: String(one.quantity / 10), trailing: one.delta }
        engine.place(account, commandOf(one.side, 'STOP_MARKET', amounts), time)
      } else if (one.kind === 'CHAIN') {
        engine.placeChain(account, chainOf(one, time), time)
      } else if (one.kind === 'OCO') {
        const amounts = { quantity: String(one.quantity / 10) }
        const [up, down] = [String(last + one.near), String(last - one.far)]
        const target = commandOf(
          one.side,
          'LIMIT',
          { ...amounts, limit: one.side === 'SELL' ? up : down },
          { isPostOnly: true },
        )
        const stop = commandOf(one.side, 'STOP_MARKET', { ...amounts, stop: one.side === 'SELL' ? down : up })
        engine.placeList(
          account,
          one.side === 'SELL' ? target : stop,
          one.side === 'SELL' ? stop : target,
          `l${time}`,
          time,
        )
      } else {
        const amounts = {
          quantity: String(one.quantity / 10),
          ...(one.type === 'LIMIT' || one.type === 'STOP_LIMIT' ? { limit: String(one.limit) } : {}),
          ...(one.type === 'MARKET' || one.type === 'LIMIT' ? {} : { stop: String(one.stop) }),
        }
        engine.place(
          account,
          commandOf(one.side, one.type, amounts, {
            timeInForce: one.type.endsWith('LIMIT') ? one.tif : 'GTC',
            icebergQuantity: one.type === 'LIMIT' && one.parts > 1 ? ONE.times(one.quantity).div(10 * one.parts) : null,
            expiresAt: one.life > 60 ? null : time + one.life,
          }),
          time,
        )
      }
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
    }
    engine.expireDue(time)
    all.push(engine.take())
  })
  return {
    ...parts,
    accounts,
    fills: all.flatMap((changes) => changes.executions),
    orders: new Set(all.flatMap((changes) => changes.orders)),
  }
}

const total = (amounts: Amount[]): Amount => amounts.reduce((sum, amount) => sum.plus(amount), ZERO)
const steps = fc.array(step, { minLength: 15, maxLength: 60, size: 'max' })

it('keeps every asset: start + bought - sold - fees = free + locked, and nothing is negative', () => {
  let seen = 0
  fc.assert(
    fc.property(steps, (list) => {
      const { accounts, fills } = run(list)
      seen += fills.length
      for (const account of accounts) {
        const own = fills.filter((fill) => fill.accountId === account.record.id)
        for (const asset of ['USDT', 'BTC'] as const) {
          const moved = (fill: Execution) => {
            const amount = asset === 'BTC' ? fill.quantity : fill.quoteQuantity
            const gained = (fill.side === 'BUY') === (asset === 'BTC') ? amount : amount.negated()
            return fill.feeAsset === asset ? gained.minus(fill.fee) : gained
          }
          const { free, locked } = account.ledger.of(asset)
          expect(free.plus(locked).toFixed()).toBe(total(own.map(moved)).plus(START[asset]).toFixed())
          expect(free.gte(0) && locked.gte(0)).toBe(true)
        }
      }
    }),
    { numRuns: 120 },
  )
  // The property means nothing on runs in which nothing trades.
  expect(seen).toBeGreaterThan(200)
})

it('locks exactly what the open orders need, and nothing when none is open', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { accounts, engine } = run(list)
      for (const account of accounts) {
        const groups = new Map<string, Order[]>()
        for (const order of account.openOrders.values()) {
          const key = order.isPaired ? `l${order.listId}` : `o${order.id}`
          groups.set(key, [...(groups.get(key) ?? []), order])
        }
        const need = (order: Order) => {
          if (order.isPending) return ZERO
          const rest = order.quantity.minus(order.filledQuantity)
          return order.side === 'BUY' ? rest.times(order.reservePrice) : rest
        }
        const held = (side: 'BUY' | 'SELL') =>
          total(
            [...groups.values()]
              .filter(([first]) => first?.side === side)
              .map((members) => members.map(need).reduce((a, b) => (a.gt(b) ? a : b))),
          )
        const brought = total([...account.openOrders.values()].map((order) => order.proceeds ?? ZERO))
        expect(account.ledger.of('BTC').locked.toFixed()).toBe(held('SELL').plus(brought).toFixed())
        expect(account.ledger.of('USDT').locked.toFixed()).toBe(held('BUY').toFixed())
      }
      for (const account of accounts)
        for (const order of [...account.openOrders.values()])
          if (account.openOrders.has(order.id)) engine.cancel(account, order, 'c', 999)
      for (const account of accounts)
        for (const asset of account.ledger.assets()) expect(account.ledger.of(asset).locked.isZero()).toBe(true)
    }),
    { numRuns: 120 },
  )
})

it('fills no order beyond its quantity nor beyond its limit, and the fills add up to the order', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { orders, fills } = run(list)
      for (const order of orders) {
        const own = fills.filter((fill) => fill.orderId === order.id)
        expect(total(own.map((fill) => fill.quantity)).toFixed()).toBe(order.filledQuantity.toFixed())
        expect(order.filledQuantity.lte(order.quantity)).toBe(true)
        // What was never placed has no quantity yet.
        if (order.quantity.gt(0)) expect(order.status === 'FILLED').toBe(order.filledQuantity.eq(order.quantity))
        const { limitPrice } = order
        if (limitPrice !== null)
          for (const fill of own)
            expect(order.side === 'BUY' ? fill.price.lte(limitPrice) : fill.price.gte(limitPrice)).toBe(true)
      }
    }),
    { numRuns: 120 },
  )
})

it('keeps lists whole: what waits is open only while its first order is, and of a pair one at most trades', () => {
  let chains = 0
  fc.assert(
    fc.property(steps, (list) => {
      const { orders, engine, accounts } = run(list)
      const byList = new Map<number, Order[]>()
      for (const order of orders)
        if (order.listId !== null) byList.set(order.listId, [...(byList.get(order.listId) ?? []), order])
      for (const [id, members] of byList) {
        const open = members.filter(isOpen)
        expect(engine.open.listOf(id) === undefined).toBe(open.length === 0)
        const pair = members.filter((order) => order.isPaired)
        expect(pair.filter((order) => order.filledQuantity.gt(0)).length).toBeLessThanOrEqual(1)
        const first = members.find((order) => !order.isPaired && !order.isPending && order.side === 'BUY')
        if (members.some((order) => order.isPending && isOpen(order))) {
          chains += 1
          expect(first !== undefined && isOpen(first)).toBe(true)
        }
      }
      // An order that is open stands in its account's book, and nowhere else.
      for (const account of accounts)
        for (const order of account.openOrders.values()) expect(isOpen(order) && orders.has(order)).toBe(true)
    }),
    { numRuns: 120 },
  )
  expect(chains).toBeGreaterThan(20)
})

it('serves resting orders by price, then by age', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 80, max: 95 }), { minLength: 2, maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      (limits, volume) => {
        const { engine, openAccount, print } = testEngine()
        const account = openAccount({ USDT: '100000' })
        const orders = limits.map((limit, time) =>
          engine.place(account, commandOf('BUY', 'LIMIT', { quantity: '0.5', limit: String(limit) }), time),
        )
        print('80', String(volume / 10), 100)
        const byPriority = [...orders].sort((a, b) => b.limitPrice!.cmp(a.limitPrice!) || a.id - b.id)
        // Once one order is left short, none after it got anything.
        const firstShort = byPriority.findIndex((order) => order.status !== 'FILLED')
        if (firstShort >= 0)
          for (const order of byPriority.slice(firstShort + 1)) expect(order.filledQuantity.isZero()).toBe(true)
        const filled = total(orders.map((order) => order.filledQuantity))
        expect(filled.toFixed()).toBe(total([ONE.times(Math.min(volume, limits.length * 5)).div(10)]).toFixed())
      },
    ),
    { numRuns: 100 },
  )
})
